"""A visit by two colleagues: cleared by the gate, then told how it went."""
