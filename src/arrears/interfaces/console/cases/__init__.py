"""The case list and one case."""
