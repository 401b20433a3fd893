"""Arrears, the collections platform: from the first reminder to the last journal entry."""

__version__ = "0.1.0"
