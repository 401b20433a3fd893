"""A person's overdue debt in one currency: accounts, events, work."""
