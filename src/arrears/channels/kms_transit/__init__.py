"""A master key in a key management service with the transit API."""
