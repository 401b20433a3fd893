"""Payments received and the double-entry journal."""
