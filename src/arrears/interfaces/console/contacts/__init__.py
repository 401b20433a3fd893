"""The log of contacts."""
