"""Money, time, identifiers, transitions, refusals: what every other floor stands on."""
