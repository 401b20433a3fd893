"""A far end on this machine: what a borrower would see, kept in a folder, with people who answer."""
