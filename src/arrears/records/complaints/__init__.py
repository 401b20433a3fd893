"""Complaints: what people say was done to them, by when it is answered, and what the answer was."""
