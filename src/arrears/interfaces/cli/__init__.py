"""The command line: stable commands that people script against."""
