"""The complaints desk: what came in, by when it is answered, what was found, and how it was put right."""
