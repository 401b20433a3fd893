"""`dunning-10k`: 10,000 overdue lines of 5,000 people become reminders, written and committed; and go out.

The lines (two overdue accounts a person) are summed to one reminder a person, judged, put into words, and committed to
the books with verdicts and events, in books made for the purpose: an SQLite file, and a throw-away PostgreSQL server
where there is one. The second figure is what follows: the claim, the second judgement, the intent, the sandbox, the
record of its answers.
"""

from __future__ import annotations

from pathlib import Path

from arrears.interfaces.cli.benches import books
from arrears.interfaces.cli.benches.rows import Row, at_least

LINES, PEOPLE, BATCH = 10_000, 5_000, 1_000
GOAL_LINES, GOAL_SENT = 5_000, 2_000
WORK = "arrears.interfaces.cli.benches.dunning_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one."""
    return [row for engine in books.engines(name) for row in _on(engine, name, folder, runs)]


def _on(engine: str, name: str, folder: Path, runs: int) -> list[Row]:
    found = books.figures(WORK, runs, LINES, PEOPLE, BATCH, engine=engine, home=folder / engine)
    size = f"{LINES:,} lines, {PEOPLE:,} people, {engine}"
    return [
        at_least(name, size, "lines planned", found["lines_per_second"], "lines/s", GOAL_LINES),
        at_least(name, size, "reminders sent", found["sent_per_second"], "contacts/s", GOAL_SENT),
    ]
