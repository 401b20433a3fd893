"""The books: one Django app per noun, all of one shape."""
