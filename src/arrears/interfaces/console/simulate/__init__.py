"""Try a contact against any rule pack."""
