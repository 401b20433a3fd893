"""`console-200k`: how long do case list, case page and overview take with 200,000 cases on the books?

Whole requests through Django, sign-in, permission table and template included; every order and filter that the list
offers, pages deep inside it, searches, and case pages at random. p95 over all of them, on an SQLite file and on a
throw-away PostgreSQL server where there is one; each kind of page is a row of its own. The lake beside the made-up
books knows every account, so that a case page folds its customer's schedule as it does in production. The slowest pages
are named on stderr.
"""

from __future__ import annotations

from pathlib import Path

from arrears.interfaces.cli.benches import books
from arrears.interfaces.cli.benches.rows import Row, at_most

CASES = 200_000
GOAL_MS = 200
PAGES = ("list", "case", "overview")
WORK = "arrears.interfaces.cli.benches.console_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one."""
    return [row for engine in books.engines(name) for row in _on(engine, name, folder, runs)]


def _on(engine: str, name: str, folder: Path, runs: int) -> list[Row]:
    found = books.figures(WORK, CASES, runs, engine=engine, home=folder / engine)
    size = f"{CASES:,} cases, {engine}"
    return [at_most(name, size, f"{page} p95", found[page], "ms", GOAL_MS) for page in PAGES]
