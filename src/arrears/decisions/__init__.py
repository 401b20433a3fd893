"""The night: pure steps over columns, tables in and tables out. No framework, no database."""
