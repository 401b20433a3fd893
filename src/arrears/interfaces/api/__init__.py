"""The partner HTTP API, version 1."""
