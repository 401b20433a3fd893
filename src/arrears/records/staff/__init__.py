"""Who works here: log-ins, roles, languages."""
