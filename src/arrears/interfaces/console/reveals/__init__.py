"""Opening what is sealed."""
