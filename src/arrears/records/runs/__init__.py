"""Nights and days lived: progress, figures, the business date."""
