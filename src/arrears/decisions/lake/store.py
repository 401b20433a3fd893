"""Where is a table of a business date, and which customer's rows are in which file? The lake's folders.

    <root>/<table>/as_of=YYYY-MM-DD/part=NN/data.parquet     LZ4, 64k rows a group, sorted by customer
    <root>/manifests/as_of=YYYY-MM-DD/<step>[.part=NN].json  what a finished step made, and from what
    <root>/.staging/                                         what is being published; see `publishing`

Called by the exchange, the night, the console's queries and notebooks. Files are written beside and renamed, never
changed in place. Nothing here knows what a column means, and no name, telephone or ID number may be given to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from arrears.decisions.lake import publishing, shelf
from arrears.decisions.schemas import tape as schemas
from arrears.kernel import identifiers
from arrears.kernel.errors import Refusal

COMPRESSION: Literal["lz4"] = "lz4"
ROW_GROUP = 65_536
TAPE_STEP = "tape"
#: What `merge_tape` publishes as one: a date counts only when its manifest is there.
TAPE_TABLES = (*schemas.TABLES, "quarantine", "doubtful")


class NotInLake(Refusal):
    code = "not_in_lake"
    message = "The lake has no {table} as of {as_of}."


class DamagedFile(Refusal):
    """A file of the lake is not what was written: by a full disk, a bad one, or somebody's hand."""

    code = "lake_file_damaged"
    message = "{file} in the lake is damaged or cut short. {mend}"


#: What the libraries raise for a file that is no whole Parquet file.
DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
MEND_TAPE = "Take the tape of its date in again (arrears ingest FOLDER --as-of {as_of}): nothing else mends it."
MEND_NIGHT = "A night made it: restore it from your backup."


@contextmanager
def reading(paths: Sequence[Path]) -> Iterator[None]:
    """Read these files of the lake; raises DamagedFile with the name of the first that cannot be read."""
    try:
        yield
    except DAMAGE as error:
        for path in paths:
            try:
                pl.read_parquet(path, glob=False, hive_partitioning=False)
            except DAMAGE:
                raise damaged(path) from error
        raise


def damaged(path: Path) -> DamagedFile:
    """The refusal of a damaged file, with what mends it."""
    name = "/".join(path.parts[-4:])
    as_of = next((part[6:] for part in path.parts if part.startswith("as_of=")), "")
    return DamagedFile(file=name, mend=(MEND_TAPE if path.parts[-4] in TAPE_TABLES else MEND_NIGHT).format(as_of=as_of))


@dataclass(frozen=True)
class Manifest:
    """What a step made on a date (or one part of it), and the fingerprint of everything it was made from.

    rows       : per table
    files      : sha256 per path relative to the root
    parameters : plain values worth knowing, such as the number of partitions
    """

    step: str
    as_of: str
    fingerprint: str
    part: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """Canonical bytes: the same manifest is the same file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode() + b"\n"


class Lake:
    """The lake under one root folder. Opening it finishes what a killed process had already decided to publish.

    durable : a published tape has reached the disk, so it outlives a power cut; a demo can do without, and is quicker
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = Path(root)
        self.durable = durable
        publishing.recover(self.root)

    # Where things are

    def path(self, table: str, as_of: date, part: int) -> Path:
        """The one file of a table's partition."""
        return self.root / table / f"as_of={as_of}" / f"part={part:02d}" / "data.parquet"

    def manifest_path(self, step: str, as_of: date, part: int | None = None) -> Path:
        name = f"{step}.json" if part is None else f"{step}.part={part:02d}.json"
        return self.root / "manifests" / f"as_of={as_of}" / name

    def parts(self, table: str, as_of: date) -> list[int]:
        """The partitions there are, in order."""
        folders = (self.root / table / f"as_of={as_of}").glob("part=*/data.parquet")
        return sorted(int(path.parent.name.removeprefix("part=")) for path in folders)

    def dates(self, table: str) -> list[date]:
        """Business dates of a table, oldest first; a tape's tables count once the whole tape is in."""
        return sorted(self._newest_first(table))

    def latest(self, table: str, *, on_or_before: date | None = None) -> date | None:
        """The newest date of a table, or the newest that is not after the one given."""
        return next(
            (as_of for as_of in self._newest_first(table) if on_or_before is None or as_of <= on_or_before), None
        )

    def _newest_first(self, table: str) -> Iterator[date]:
        """Only the dates asked for are looked into: a lake of years answers as quickly as one of days."""
        publishing.recover(self.root)
        try:
            names = sorted((entry.name for entry in os.scandir(self.root / table)), reverse=True)
        except FileNotFoundError:
            return
        for name in names:
            if not name.startswith("as_of="):
                continue
            as_of = date.fromisoformat(name.removeprefix("as_of="))
            is_whole = table not in TAPE_TABLES or self.manifest_path(TAPE_STEP, as_of).exists()
            if is_whole and any((self.root / table / name).iterdir()):
                yield as_of

    # Reading

    def read(
        self, table: str, as_of: date, part: int | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """All partitions of a table, or one, in partition order.

        raises : NotInLake
        """
        parts = self.parts(table, as_of) if part is None else [part]
        paths = [self.path(table, as_of, each) for each in parts]
        if not paths or not all(path.exists() for path in paths):
            raise NotInLake(table=table, as_of=as_of)
        wanted = list(columns) if columns is not None else None
        with reading(paths):
            if len(paths) == 1 and (kept := shelf.found(paths[0])) is not None:
                return kept.select(wanted) if wanted else kept
            return pl.read_parquet(paths, columns=wanted, glob=False, hive_partitioning=False)

    def read_customer(self, table: str, as_of: date, customer_id: str) -> pl.DataFrame:
        """One customer's rows, reading only the row groups that can hold them.

        raises : NotInLake
        """
        partitions = len(self.parts(table, as_of))
        if not partitions:
            raise NotInLake(table=table, as_of=as_of)
        path = self.path(table, as_of, identifiers.partition_of(customer_id, partitions))
        with reading([path]):
            rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
            return rows.filter(pl.col("customer_id") == customer_id).collect()

    def read_where(
        self, table: str, as_of: date, wanted: pl.Expr, columns: Sequence[str], *, part: int | None = None
    ) -> pl.DataFrame:
        """The rows of every partition, or one, that are wanted, without holding the others."""
        paths = [self.path(table, as_of, each) for each in (self.parts(table, as_of) if part is None else [part])]
        with reading(paths):
            return pl.concat([scan(path).filter(wanted).select(columns) for path in paths]).collect()

    # Writing

    def write(self, table: str, as_of: date, part: int, frame: pl.DataFrame) -> str:
        """Write one partition beside and rename it into place; returns its sha256. Same frame, same bytes."""
        return write_parquet(self.path(table, as_of, part), frame)

    def mark_done(self, manifest: Manifest) -> None:
        """Say that a step is finished: last of all, so that what it names is there."""
        path = self.manifest_path(manifest.step, date.fromisoformat(manifest.as_of), manifest.part)
        publishing.replace(path, manifest.as_json(), durable=self.durable)

    def manifest(self, step: str, as_of: date, part: int | None = None) -> Manifest | None:
        """The manifest of a finished step, or None."""
        publishing.recover(self.root)
        path = self.manifest_path(step, as_of, part)
        return Manifest(**json.loads(path.read_bytes())) if path.exists() else None

    def is_done(
        self, step: str, as_of: date, fingerprint: str, part: int | None = None, *, verify: bool = False
    ) -> bool:
        """Whether a step was finished from just these inputs and its files are still there.

        verify : also hash the files, to find damage
        """
        manifest = self.manifest(step, as_of, part)
        if manifest is None or manifest.fingerprint != fingerprint:
            return False
        if not all((self.root / name).exists() for name in manifest.files):
            return False
        return not verify or self.damage(manifest) is None

    def damage(self, manifest: Manifest) -> Path | None:
        """The first file of a step that is not, byte for byte, what was written; None when all are."""
        for name, expected in manifest.files.items():
            path = self.root / name
            if not path.is_file() or sha256(path) != expected:
                return path
        return None


def scan(path: Path) -> pl.LazyFrame:
    """The rows of a file of the lake, from memory where this process handled it last."""
    kept = shelf.found(path)
    return pl.scan_parquet(path, glob=False, hive_partitioning=False) if kept is None else kept.lazy()


def write_parquet(path: Path, frame: pl.DataFrame) -> str:
    """A Parquet file of the lake's own form, written beside and renamed; returns its sha256."""
    beside = publishing.beside(path)
    frame = frame.rechunk()
    try:
        frame.write_parquet(beside, compression=COMPRESSION, row_group_size=ROW_GROUP, statistics=True)
    except pl.exceptions.PolarsError as error:
        raise _of_the_disk(error, path) from error
    digest = sha256(beside)
    beside.replace(path)
    shelf.keep(path, frame)
    return digest


def _of_the_disk(error: pl.exceptions.PolarsError, path: Path) -> Exception:
    """What the operating system said, which the library wraps as if the data were wrong."""
    number = re.search(r"\(os error (\d+)\)", str(error))
    return OSError(int(number[1]), os.strerror(int(number[1])), str(path)) if number else error


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
