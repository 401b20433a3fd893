"""Partners' API keys, and what each may do; requests seen once."""
