"""How does a market too large for memory become one tape? In chunks of people, lived side by side and joined in order.

Called by `arrears simulate` and the bench. A life does not depend on the chunk, so the tape holds the same rows
for any chunk size and any number of processes. Memory is that of the chunks being lived, however many there are.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions.tape import contract
from arrears.kernel.errors import InvalidInput
from arrears.simulator.market import Market

#: People lived at once by one process: about 0.3 GB after a year.
CHUNK = 50_000


class NothingToSimulate(InvalidInput):
    code = "nothing_to_simulate"
    message = "A market needs at least one borrower and one day, not {borrowers} and {days}."


class OtherFormat(InvalidInput):
    code = "other_format"
    message = "{folder} holds {file} already: one tape is of one format, so write {format} into another folder."


@dataclass(frozen=True)
class Plan:
    """What to generate; one chunk of it when `first` and `count` are narrowed."""

    first: int
    count: int
    seed: int
    as_of: date
    days: int
    profile: str


def generate(
    folder: Path,
    *,
    borrowers: int,
    days: int,
    seed: int,
    as_of: date,
    profile: str = "superlender",
    format: str = "parquet",  # noqa: A002
    chunk: int = CHUNK,
    processes: int | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, int]:
    """Write the tape of `borrowers` people after `days` days without contacts; returns rows by file.

    told   : called with (chunks done, chunks) as the work goes on
    raises : NothingToSimulate, OtherFormat
    """
    if borrowers < 1 or days < 1:
        raise NothingToSimulate(borrowers=borrowers, days=days)
    _refuse_other_format(folder, format)
    plans = [
        Plan(first, min(chunk, borrowers - first), seed, as_of, days, profile) for first in range(0, borrowers, chunk)
    ]
    parts = folder / ".parts"
    shutil.rmtree(parts, ignore_errors=True)
    homes = [parts / f"{at:05d}" for at in range(len(plans))]
    _live_all(plans, homes, processes or min(os.cpu_count() or 1, len(plans)), told)
    rows = _join(homes, folder, format)
    shutil.rmtree(parts)
    return rows


def _refuse_other_format(folder: Path, format: str) -> None:  # noqa: A002
    """Two formats of one table side by side are no tape: nobody could say which of them holds."""
    wanted = f".{format}"
    for path in sorted(folder.glob("*")):
        if path.name.partition(".")[0] in contract.FILES and path.suffix != wanted:
            raise OtherFormat(folder=folder, file=path.name, format=format)


def _live_all(plans: list[Plan], homes: list[Path], processes: int, told: Callable[[int, int], None]) -> None:
    if processes == 1:
        for done, (plan, home) in enumerate(zip(plans, homes, strict=True), start=1):
            live_chunk(plan, home)
            told(done, len(plans))
        return
    # Polars runs threads of its own, which a forked child would inherit half alive.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(live_chunk, plans, homes), start=1):
            told(done, len(plans))


def live_chunk(plan: Plan, home: Path) -> None:
    """Live one chunk and write its tape into a folder of its own."""
    market = Market.create(
        borrowers=plan.count,
        seed=plan.seed,
        start_on=plan.as_of,
        history_days=plan.days,
        first=plan.first,
        profile=plan.profile,
    )
    market.write_tape(home, plan.as_of)


def _join(homes: list[Path], folder: Path, format: str) -> dict[str, int]:  # noqa: A002
    rows: dict[str, int] = {}
    for file in sorted(homes[0].iterdir()):
        whole = pl.scan_parquet([home / file.name for home in homes])
        beside, final = folder / f".{file.stem}.part", folder / f"{file.stem}.{format}"
        if format == "csv":
            whole.sink_csv(beside, maintain_order=True)
        else:
            whole.sink_parquet(beside, compression="lz4", maintain_order=True)
        beside.replace(final)
        rows[file.stem] = whole.select(pl.len()).collect().item()
    return rows
