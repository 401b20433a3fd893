"""Everything said to a borrower or planned to be, and what came of it."""
