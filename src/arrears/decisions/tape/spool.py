"""Reads a table too large for memory: its rows are cast into heaps on disk, and each heap is judged by itself.

Called by `reading` for the tables that stand on accounts. All rows of one account lie in one heap, so the rules between
rows judge as they do over the whole table; payments that share an identifier, reversals and what they reverse come
together in one more. Memory holds a piece of a file, one heap and one partition; what is kept a row is a few bytes.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import csv_source, fields, source
from arrears.decisions.tape.policy import TapePolicy
from arrears.decisions.tape.sieve import FileCount
from arrears.kernel import identifiers

#: Below so many bytes of a table's CSV files it is read whole, which is quicker.
FROM_BYTES = 64 << 20
#: So many bytes of text make a heap.
HEAP_BYTES = 8 << 20
_FILE, _LINE, _HEAP, _PART = "§file", "§line", "§heap", "§part"


@dataclass(frozen=True)
class Place:
    """Where large tables are spooled.

    folder     : an empty folder on a disk that holds the text once more; whoever made it removes it after the merge
    partitions : told how many customers the tape has, says in how many partitions the result is wanted
    """

    folder: Path
    partitions: Callable[[int], int]
    from_bytes: int = FROM_BYTES
    heap_bytes: int = HEAP_BYTES

    def takes(self, paths: Sequence[Path]) -> bool:
        """Are these the CSV files of a table too large to be read whole?"""
        names = [path.name.lower() for path in paths]
        return _text_bytes(paths) > self.from_bytes and all(name.endswith((".csv", ".csv.gz")) for name in names)


def _text_bytes(paths: Sequence[Path]) -> int:
    """How long the text of some files is; packed text is about a fifth of itself."""
    return sum(path.stat().st_size * (5 if path.suffix.lower() == ".gz" else 1) for path in paths)


@dataclass
class Spooled:
    """The accepted rows of a table, partition by partition, in the lake's order."""

    table: str
    folder: Path
    partitions: int
    height: int = 0
    _runs: int = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Put accepted rows with the others of their partitions."""
        self.height += frame.height
        self._runs += 1
        parts = part_of_rows(frame["customer_id"], self.partitions).alias(_PART)
        for (part,), rows in frame.with_columns(parts).partition_by(_PART, as_dict=True, include_key=False).items():
            rows.write_parquet(self.folder / f"part={part}.{self._runs:05d}", compression="lz4")

    def part(self, part: int) -> pl.DataFrame:
        """The rows of one partition."""
        runs = [pl.read_parquet(path) for path in sorted(self.folder.glob(f"part={part}.*"))]
        if not runs:
            return pl.DataFrame(schema=cast("pl.Schema", schemas.TABLES[self.table]))
        return runs[0] if len(runs) == 1 else pl.concat(runs).sort(schemas.SORT[self.table], maintain_order=True)


def part_of_rows(customer_ids: pl.Series, partitions: int) -> pl.Series:
    """The partition of each row, computed once for each run of one customer.

    customer_ids : (n,) best sorted
    returns      : (n,) Int32, equal to identifiers.partition_of of each
    """
    if partitions == 1:
        return pl.repeat(0, len(customer_ids), dtype=pl.Int32, eager=True).alias("part")
    runs = customer_ids.rle_id()
    heads = customer_ids.filter((runs != runs.shift(1)).fill_null(True))
    parts = [identifiers.partition_of(customer, partitions) for customer in heads]
    return pl.Series("part", parts, dtype=pl.Int32).gather(runs)


@dataclass
class Heaps:
    """The rows of a table's files on disk, in heaps; and what was found of the files as a whole."""

    table: str
    folder: Path
    count: int
    files: list[csv_source.Pieces] = field(default_factory=list)
    ids: list[NDArray[np.uint64]] = field(default_factory=list)
    apart: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))

    def cast(self, paths: Sequence[Path], policy: TapePolicy) -> None:
        """Read the files piece by piece and cast their rows.

        raises : what csv_source.read raises
        """
        reversed_ids = []
        for number, path in enumerate(paths):
            self.files.append(csv_source.Pieces(path, table=self.table, policy=policy, beside=self.folder))
            for turn, piece in enumerate(self.files[-1]):
                self._cast(piece, number, turn)
                if self.table == "payments":
                    self.ids.append(_hashed(piece.frame, "payment_id").drop_nulls().to_numpy())
                    reversed_ids.append(_hashed(piece.frame, "reverses").drop_nulls().to_numpy())
        if self.ids:
            seen = np.sort(np.concatenate(self.ids))
            self.ids.clear()
            self.apart = np.unique(np.concatenate([seen[1:][seen[1:] == seen[:-1]], *reversed_ids]))

    def _cast(self, piece: source.RawFile, number: int, turn: int) -> None:
        heap = (_hashed(piece.frame, "account_id").fill_null(0) % self.count).alias(_HEAP)
        lines = pl.Series(_LINE, piece.lines(np.arange(piece.frame.height)))
        placed = piece.frame.with_columns(heap, lines, pl.lit(number, pl.UInt16).alias(_FILE))
        for (which,), rows in placed.partition_by(_HEAP, as_dict=True, include_key=False).items():
            rows.write_parquet(self.folder / f"heap={which}.{number:03d}.{turn:05d}", compression="lz4")

    def read(self) -> Iterator[list[source.RawFile]]:
        """Each heap as the files that it came from; the first tells of the lines that were no rows."""
        together = []
        for which in range(self.count):
            heap = self._heap(which)
            if len(self.apart):
                apart = _hashed(heap, "payment_id").is_in(pl.Series(self.apart).implode()).fill_null(False)
                apart |= _hashed(heap, "reverses").is_not_null()
                together.append(heap.filter(apart))
                heap = heap.filter(~apart)
            if heap.height or not which:
                yield self._files(heap, with_malformed=not which)
        if any(heap.height for heap in together):
            yield self._files(pl.concat(together, how="diagonal"), with_malformed=False)

    def _heap(self, which: int) -> pl.DataFrame:
        frames = [pl.read_parquet(path) for path in sorted(self.folder.glob(f"heap={which}.*"))]
        columns = {_FILE: pl.UInt16, _LINE: pl.Int64, "account_id": pl.String, "payment_id": pl.String}
        return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=columns)

    def _files(self, heap: pl.DataFrame, *, with_malformed: bool) -> list[source.RawFile]:
        made = []
        for number, file in enumerate(self.files):
            rows = heap.filter(pl.col(_FILE) == number).sort(_LINE)
            if not rows.height and not with_malformed:
                continue
            lines = rows[_LINE].to_numpy()
            first = np.flatnonzero(np.diff(lines, prepend=-1) != 1)
            jumps = np.stack([first, lines[first]], axis=1) if len(lines) else np.array([[0, 2]], dtype=np.int64)
            malformed = file.malformed if with_malformed else ()
            frame = rows.drop(_FILE, _LINE)
            made.append(source.RawFile(file.path.name, "", frame, pl.DataFrame(), jumps, malformed))
        return made

    def counted(self, counts: Sequence[FileCount]) -> list[FileCount]:
        """What became of each file's rows over all heaps."""
        made = []
        for file in self.files:
            mine = [count for count in counts if count.file == file.path.name]
            reasons = sum((Counter(count.reasons) for count in mine), Counter())
            made.append(
                dataclasses.replace(
                    mine[0],
                    sha256=file.sha256,
                    read=sum(count.read for count in mine),
                    accepted=sum(count.accepted for count in mine),
                    quarantined=sum(count.quarantined for count in mine),
                    collapsed=sum(count.collapsed for count in mine),
                    unknown_columns=file.unknown_columns,
                    reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
                )
            )
        return made


def heaps(paths: Sequence[Path], *, table: str, place: Place, policy: TapePolicy) -> Heaps:
    """Cast the files of one table into as many heaps as they need."""
    folder = place.folder / table
    folder.mkdir(parents=True)
    made = Heaps(table, folder, max(2, -(-_text_bytes(paths) // place.heap_bytes)))
    made.cast(paths, policy)
    return made


def _hashed(frame: pl.DataFrame, name: str) -> pl.Series:
    """(n,) UInt64 of the trimmed identifiers; null where there is none."""
    if name not in frame.columns:
        return pl.repeat(None, frame.height, dtype=pl.UInt64, eager=True)
    text = fields.as_text(frame[name], file="")
    return text.hash(seed=0).set(text.is_null(), None)
