"""A telephone call: cleared by the gate, then told how it went."""
