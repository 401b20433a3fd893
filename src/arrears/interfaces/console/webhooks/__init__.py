"""Partners' addresses that are told of events."""
