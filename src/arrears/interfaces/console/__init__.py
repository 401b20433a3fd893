"""Staff pages, one folder per noun."""
