"""The stop list."""
