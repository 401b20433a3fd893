"""Borrowers and the ways to reach them; identity only sealed."""
