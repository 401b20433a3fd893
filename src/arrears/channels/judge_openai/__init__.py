"""A language model behind an OpenAI-compatible address, asked for one answer at a time."""
