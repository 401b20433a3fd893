"""`audit`: how many events a second do eight writers append, each in a transaction of its own; how many are verified?

In books made for the purpose: an SQLite file, and a throw-away PostgreSQL server where there is one. SQLite has one
writer at a time, so that its figure is what waiting leaves. The trail that the eight left is verified too: it stands.
"""

from __future__ import annotations

from pathlib import Path

from arrears.interfaces.cli.benches import books
from arrears.interfaces.cli.benches.rows import Row, at_least

WRITERS, EVENTS_EACH, TRAIL = 8, 250, 200_000
GOAL_APPENDED, GOAL_VERIFIED = 2_000, 200_000
WORK = "arrears.interfaces.cli.benches.audit_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one."""
    return [row for engine in books.engines(name) for row in _on(engine, name, folder, runs)]


def _on(engine: str, name: str, folder: Path, runs: int) -> list[Row]:
    found = books.figures(WORK, runs, WRITERS, EVENTS_EACH, TRAIL, engine=engine, home=folder / engine)
    appended = f"{WRITERS} writers, {engine}"
    return [
        at_least(name, appended, "appended", found["appended_per_second"], "events/s", GOAL_APPENDED),
        at_least(
            name, f"{TRAIL:,} events, {engine}", "verified", found["verified_per_second"], "events/s", GOAL_VERIFIED
        ),
    ]
