"""A master key behind a program of the operator's."""
