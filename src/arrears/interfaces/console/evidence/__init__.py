"""The evidence of one case, as a page to ask for it and as what is handed over."""
