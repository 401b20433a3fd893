"""Signing in: tries counted, second factors, recovery codes, open sessions."""
