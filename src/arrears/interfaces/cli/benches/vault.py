"""`vault-100k`, `vault-1m`: identity taken into the vault and read out of it, a person found, and all keys changed.

Each person has four sealed fields and one number, two of the fields and the number indexed. Written is what a tape's
take-in does to the books, read is every field out of the books and opened. While the keys are changed, a colleague
beside searches people and opens a page of one, over and over: the goal of the page is ours, the others were promised.
"""

from __future__ import annotations

from pathlib import Path

from arrears.interfaces.cli.benches import books
from arrears.interfaces.cli.benches.rows import Row, at_least, at_most

SIZES = {"vault-100k": 100_000, "vault-1m": 1_000_000}
GOAL_WRITTEN, GOAL_READ, GOAL_SEARCH_MS = 20_000, 50_000, 50
#: Of a million people; of fewer, as many fewer.
GOAL_ROTATED_SECONDS_1M, GOAL_PAGE_MS = 600, 200
WORK = "arrears.interfaces.cli.benches.vault_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one; each cipher is timed by itself too."""
    return [row for engine in books.engines(name) for row in _on(engine, name, folder, runs)]


def _on(engine: str, name: str, folder: Path, runs: int) -> list[Row]:
    people = SIZES[name]
    found = books.figures(WORK, runs, people, engine=engine, home=folder / engine)
    size = f"{people:,} people, {engine}"
    seconds = GOAL_ROTATED_SECONDS_1M * people / 1_000_000
    return [
        at_least(name, size, "written", found["written_per_second"], "fields/s", GOAL_WRITTEN),
        at_least(name, size, "read", found["read_per_second"], "fields/s", GOAL_READ),
        at_most(name, size, "search", found["search_ms"], "ms", GOAL_SEARCH_MS),
        at_most(name, size, "all keys changed", found["rotated_seconds"], "s", seconds),
        at_most(name, size, "page meanwhile", found["page_ms"], "ms", GOAL_PAGE_MS),
        Row(name, size, "slowest page", found["page_ms_most"], "ms", "-", True),
        *(
            at_least(name, algorithm, what, rate, "fields/s", {"sealed": GOAL_WRITTEN, "opened": GOAL_READ}[what])
            for algorithm, rates in found["ciphers"].items()
            for what, rate in rates.items()
        ),
    ]
