"""How dates and numbers are written, language by language; Django finds these by name."""
