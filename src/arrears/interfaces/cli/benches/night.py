"""`night-1m-sqlite`, `night-1m-postgresql`: a whole night over a million accounts, from the tape in the lake to
committed cases, work and planned contacts.

A synthetic lender: 1,000,000 accounts of 800,000 customers, 12 monthly instalments each, 5 % of the accounts overdue,
the others paid to the day; due days spread over the month, so a tenth of the book is due within three days and is
reminded. Lake and people are made first and not timed; each run starts from books without a case.
"""

from __future__ import annotations

from pathlib import Path

from arrears.interfaces.cli.benches import books
from arrears.interfaces.cli.benches.rows import Row, at_most

ACCOUNTS = 1_000_000
GOAL_SECONDS, GOAL_BYTES = 40, 3e9
WORK = "arrears.interfaces.cli.benches.night_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on the database that the bench's name says."""
    wanted = (name.removeprefix("night-1m-"),)
    return [row for engine in books.engines(name, wanted=wanted) for row in _on(engine, name, folder, runs)]


def _on(engine: str, name: str, folder: Path, runs: int) -> list[Row]:
    books.figures(WORK, "build", ACCOUNTS, engine=engine, home=folder)
    nights = (books.figures(WORK, "run", ACCOUNTS, engine=engine, home=folder) for _ in range(runs))
    found = sorted(nights, key=lambda one: one["seconds"])
    median = found[len(found) // 2]
    size = f"{ACCOUNTS:,} accounts, {median['cases']:,} cases, {median['contacts']:,} contacts"
    return [
        at_most(name, size, "whole night", median["seconds"], "s", GOAL_SECONDS),
        at_most(name, size, "peak memory", max(one["bytes"] for one in found), "bytes", GOAL_BYTES),
        *(Row(name, size, f"step {step}", seconds, "s", "-", True) for step, seconds in median["steps"].items()),
    ]
