"""`age-1m`, `age-10m`: a lake-form tape in Parquet to positions in Parquet, in a process of its own.

Start-up of the process's own imports and the reading of the compiled kernel from its cache are in the time.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from arrears.decisions import parts, table_files
from arrears.decisions.schemas import night
from arrears.interfaces.cli.benches import rows, tapes
from arrears.rules.ageing import reading

#: name → accounts, parts, most seconds, most bytes.
SIZES = {"age-1m": (1_000_000, 10, 2.5, 1.5e9), "age-10m": (10_000_000, 100, 25.0, 2.5e9)}
WORKERS = 2


def age(folder: str, out: str) -> None:
    """The work itself, as `arrears age` does it."""
    policies = reading.read_folder(reading.products_folder())
    with table_files.Writer(Path(out), night.POSITIONS) as writer:
        for aged in parts.age(Path(folder), policies=policies, as_of=tapes.AS_OF, workers=WORKERS):
            writer.write(aged.positions)
    assert writer.rows > 0, "nothing was aged"


def measure(name: str, folder: Path, runs: int) -> list[rows.Row]:
    """Median wall seconds and the largest peak over the runs, after one that compiles."""
    accounts, count, seconds_most, bytes_most = SIZES[name]
    tapes.write_lake(folder / "lake", accounts, count)
    taken = [
        rows.in_fresh_process(age, str(folder / "lake"), str(folder / "positions.parquet")) for _ in range(runs + 1)
    ][1:]
    wall = statistics.median(seconds for seconds, _ in taken)
    peak = max(peak for _, peak in taken)
    return [
        rows.at_most(name, f"{accounts} accounts", "wall", wall, "s", seconds_most),
        rows.at_most(name, f"{accounts} accounts", "peak", peak, "bytes", bytes_most),
    ]
