"""Quality checks: what was said to borrowers, and should not have been."""
