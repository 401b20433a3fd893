"""Stop entries, and every verdict of the gate."""
