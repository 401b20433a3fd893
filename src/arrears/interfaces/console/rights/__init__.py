"""Who may see and do what: the whole table, and for one person by name."""
