"""Promises to pay, and what became of each."""
