"""The late steps of a case: placed with an agency, taken to law."""
