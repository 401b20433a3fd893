"""The privacy desk: who looked at whom, consents, retention, legal holds, and requests about one's own data."""
