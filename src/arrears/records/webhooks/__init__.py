"""Signed notices to partners, delivered at least once."""
