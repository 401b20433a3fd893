"""The audit trail: what it holds of somebody, and the proof that it stands as it was written."""
