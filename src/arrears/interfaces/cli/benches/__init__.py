"""One module a promised number; each measures the real code on data it makes itself."""
