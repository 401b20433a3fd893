"""A seeded market of borrowers, and an auditor that keeps its own books of it."""
