"""Signed notices to partners over HTTP."""
