"""Reads one Parquet file into columns as they stand. A damaged file refuses the tape; it never half-counts.

Called by `reading`. Lines are counted from 1, one per row: Parquet has no header line.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from arrears.decisions.tape import refusals, source
from arrears.decisions.tape.policy import TapePolicy

_DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)

#: A file may hold so many fields whatever its size.
FIELDS_LEAST = 10_000_000


def read(path: Path, *, table: str, policy: TapePolicy) -> source.RawFile:
    """One Parquet file, typed as it is written.

    raises  : EmptyFile, UnreadableFile, UnpacksTooLarge, MissingColumns, RepeatedColumns
    """
    try:
        if path.stat().st_size == 0:
            raise refusals.EmptyFile(file=path.name)
        names = list(pl.read_parquet_schema(path))
        known = source.known_columns(names, table=table, file=path.name)
        fields = (
            len(names) * pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
        )
        if fields > max(FIELDS_LEAST, policy.unpacked_times * path.stat().st_size):
            raise refusals.UnpacksTooLarge(file=path.name, times=policy.unpacked_times)
        frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    except _DAMAGE as error:
        raise refusals.UnreadableFile(file=path.name, why=_why(error)) from error
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return source.RawFile(
        name=path.name,
        sha256=digest,
        frame=frame.select(pl.col(name).alias(bare) for name, bare in known.items()),
        aside=frame.drop(list(known)),
        jumps=np.array([[0, 1]], dtype=np.int64),
        malformed=(),
    )


def _why(error: BaseException) -> str:
    """The first line of what the library says, without the path."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (told.strip().splitlines() or [type(error).__name__])[0][:120]
