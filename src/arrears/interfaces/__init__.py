"""How the outside gets in: translate, make one call into the floors below, render. No decisions live here."""
