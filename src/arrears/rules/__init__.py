"""What the business decides, as pure functions of frozen data."""
