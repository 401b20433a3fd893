"""One file per verb that crosses nouns; each runs in one transaction and leaves its events in it."""
