"""`simulate-1m`: how long does a year of a million borrowers take, from nothing to a tape on disk?"""

from __future__ import annotations

import statistics
from datetime import date
from pathlib import Path

from arrears.interfaces.cli.benches import rows
from arrears.simulator import generate

BORROWERS = 1_000_000
DAYS = 365
#: Any date does: the market takes it as an argument. Fixed, so every run makes the same bytes.
AS_OF = date(2026, 8, 1)


def measure(name: str, folder: Path, runs: int) -> list[rows.Row]:
    """Seconds of the whole generation, median, and the peak memory of its largest process."""
    taken, peaks = [], []
    for run in range(runs):
        seconds, peak = rows.in_fresh_process(one_tape, folder / str(run % 2))
        taken.append(seconds)
        peaks.append(peak)
    size = f"{BORROWERS:,} × {DAYS} days"
    return [
        rows.at_most(name, size, "wall", statistics.median(taken), "s", 300),
        rows.at_most(name, size, "peak of a process", max(peaks) / 2**30, "GiB", 2),
    ]


def one_tape(folder: Path) -> None:
    """Generate and write one tape."""
    generate.generate(folder, borrowers=BORROWERS, days=DAYS, seed=7, as_of=AS_OF)
