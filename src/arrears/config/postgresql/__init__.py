"""Django's own PostgreSQL backend without the second index that it puts on every text column."""
