"""A number or address that does not reach the person."""
