"""Let `python -m arrears` do what the `arrears` command does."""

from arrears.interfaces.cli.main import main

if __name__ == "__main__":
    main()
