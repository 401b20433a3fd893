"""Nights, their reports, and the next one."""
