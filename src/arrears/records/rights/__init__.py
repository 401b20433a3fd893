"""Legal holds, requests about one's own data, corrections and deletions: the rights and ends of personal data."""
