"""Teams: who shares which cases."""
