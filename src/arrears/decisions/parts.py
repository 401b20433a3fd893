"""Age a lake-form tape partition by partition, in bounded memory.

A lake-form tape is a folder of `<table>/[as_of=D/]part=NN/*.parquet` with the columns of schemas.tape, every part
sorted by schemas.tape.SORT. Called by `arrears age`; reads Parquet, writes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import polars as pl

from arrears.decisions import isolation, positions
from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import doubtful
from arrears.kernel.errors import InvalidInput
from arrears.rules.ageing.policy import Policy

#: What ageing reads of each table; the rest of the tape stays on disk.
COLUMNS = {
    "accounts": ["account_id", "customer_id", "product_code", "currency"],
    "instalments": ["account_id", "number", "due_on", "principal_minor", "interest_minor", "fee_minor"],
    "payments": ["account_id", "paid_on", "amount_minor", "reverses"],
    "pauses": ["account_id", "from_on", "to_on", "reason"],
}
#: Read where a tape has them: tapes written before these columns were known have not.
OPTIONAL = {"instalments": ["penalty_minor"]}


class UnreadablePart(InvalidInput):
    code = "unreadable_part"
    message = "{path}: {problem}"


def is_lake(folder: Path) -> bool:
    """Is this a lake-form tape rather than a folder of a lender's files?"""
    return (folder / "accounts").is_dir()


def parts(folder: Path, *, as_of: date) -> list[str]:
    """The names of the parts of the newest tape that is not after a date.

    raises : UnreadablePart when there is none
    """
    found = sorted(path.name for path in _day(folder / "accounts", as_of).glob("part=*") if path.is_dir())
    if not found:
        raise UnreadablePart(path=folder / "accounts", problem="holds no part=NN folders")
    return found


def _day(table: Path, as_of: date) -> Path:
    days = sorted(path.name for path in table.glob("as_of=*"))
    if not days:
        return table
    past = [day for day in days if day <= f"as_of={as_of.isoformat()}"]
    if not past:
        raise UnreadablePart(path=table, problem=f"holds no tape of {as_of} or before")
    return table / past[-1]


def read(folder: Path, part: str, *, policies: Mapping[str, Policy], as_of: date) -> dict[str, pl.DataFrame]:
    """The tables of one part, only the columns that ageing needs."""
    tape: dict[str, pl.DataFrame] = {}
    for table, wanted in COLUMNS.items():
        files = sorted((_day(folder / table, as_of) / part).glob("*.parquet"))
        if files:
            by_channel = table == "payments" and _asks_channel(tape["accounts"], policies)
            tape[table] = _read(files, table, [*wanted, "channel"] if by_channel else wanted)
        elif table in ("accounts", "instalments"):
            raise UnreadablePart(path=folder / table / part, problem="is missing")
    return tape


def doubted(folder: Path, *, as_of: date) -> pl.DataFrame:
    """The accounts that the tape leaves in doubt (tape.doubtful); none where a tape does not say."""
    table = folder / "doubtful"
    files = sorted(_day(table, as_of).glob("part=*/*.parquet")) if table.is_dir() else []
    if not files:
        return pl.DataFrame(schema=doubtful.DOUBTFUL)
    try:
        return pl.read_parquet(files, columns=list(doubtful.DOUBTFUL))
    except (OSError, pl.exceptions.PolarsError) as wrong:
        raise UnreadablePart(path=files[0], problem=str(wrong).splitlines()[0]) from None


def _asks_channel(accounts: pl.DataFrame, policies: Mapping[str, Policy]) -> bool:
    """Does it matter to any of these accounts by which channel it was paid?"""
    codes = accounts["product_code"].unique().to_list()
    return any(policies[code].channels for code in codes if code in policies)


def _read(files: list[Path], table: str, wanted: list[str]) -> pl.DataFrame:
    try:
        lazy = pl.scan_parquet(files)
        wanted = [*wanted, *(column for column in OPTIONAL.get(table, ()) if column in lazy.collect_schema())]
        frame = lazy.select(wanted).collect()
        if table == "payments" and frame["reverses"].null_count() < frame.height:
            frame = lazy.select("payment_id", *wanted).collect()
    except (OSError, pl.exceptions.PolarsError) as wrong:
        raise UnreadablePart(path=files[0], problem=str(wrong).splitlines()[0]) from None
    promised = cast("dict[str, type[pl.DataType]]", schemas.TABLES[table])
    for column, kind in frame.schema.items():
        if kind != promised[column]:
            raise UnreadablePart(path=files[0], problem=f"{column} is {kind}, not {promised[column]}")
    return frame


def age(
    folder: Path, *, policies: Mapping[str, Policy], as_of: date, workers: int, by_instalment: bool = False
) -> Iterator[positions.Aged]:
    """The positions of each part in the order of `parts`; at most `workers` parts are held at once.

    An account in doubt has no position: it is among the refused. Threads are enough: reading, decoding and the
    compiled fold all run outside the interpreter's lock.
    """
    waiting = deque(parts(folder, as_of=as_of))
    in_doubt = doubted(folder, as_of=as_of)

    def one(part: str) -> positions.Aged:
        tape = read(folder, part, policies=policies, as_of=as_of)
        sound, apart = isolation.without_doubted(tape, in_doubt)
        aged = positions.age(sound, policies=policies, as_of=as_of, by_instalment=by_instalment)
        return replace(aged, refused=pl.concat([aged.refused, apart]))

    running: deque[Future[positions.Aged]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        while waiting or running:
            while waiting and len(running) < workers:
                running.append(pool.submit(one, waiting.popleft()))
            yield running.popleft().result()
