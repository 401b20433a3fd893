"""What was found in a tape's folder, and where each row of a table stands in its file.

Made by `csv_source` and `parquet_source`, consumed by the modules of the tables. Nothing here judges a value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.decisions.tape import contract, refusals

_NAME = re.compile(r"^(?P<table>[a-z_]+?)(?:[-_.](?:part[-_.]?)?\d+)?\.(?P<form>csv|csv\.gz|parquet)$")


#: Extensions of data: such a file is not a lender's notes, so a name close to a table's is a slip of the pen.
_DATA = {"", "csv", "gz", "parquet", "pq", "txt", "tsv", "dat", "xls", "xlsx", "zip", "json", "jsonl"}
#: How alike two words are, at least, for one to be the other misspelt: payment, instalment, custmers.
_ALIKE = 0.8


@dataclass(frozen=True)
class Malformed:
    """A line that is not even a row. `text` is shown only after masking.

    identifier : whose row it was meant to be, by the file's first required column; None where that cannot be read
    rows       : the fields that can be read, by the columns under which they stand, which may be the wrong ones (by
                 their number beyond the last column); several rows where a quotation mark made one of several lines
    gbk_bytes  : how many bytes above ASCII a line has that is not UTF-8 and reads as Chinese in GB18030
    """

    line: int
    text: str
    reason: str
    identifier: str | None = None
    rows: Sequence[Mapping[str, str]] = ()
    gbk_bytes: int = 0


@dataclass(frozen=True)
class RawFile:
    """One file as read: text or typed columns as they stand, in file order.

    frame   : one row per sound row; only columns of the contract
    aside   : columns that the contract does not know, row for row as frame; may have no columns
    jumps   : (m, 2) int64 (row index, line) wherever lines stop being consecutive; the first pair is row 0
    """

    name: str
    sha256: str
    frame: pl.DataFrame
    aside: pl.DataFrame
    jumps: NDArray[np.int64]
    malformed: Sequence[Malformed]

    def lines(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The line of each row index of this file."""
        at = np.searchsorted(self.jumps[:, 0], rows, side="right") - 1
        lines: NDArray[np.int64] = self.jumps[at, 1] + (rows - self.jumps[at, 0])
        return lines


@dataclass(frozen=True)
class FoundFiles:
    """The files of a folder by table, in name order, and those that are no part of a tape."""

    tables: Mapping[str, Sequence[Path]]
    unknown: Sequence[str]


def find_files(folder: Path) -> FoundFiles:
    """Which files of a folder belong to which table.

    folder  : `payments.csv`, `payments.csv.gz`, `payments.parquet`, or numbered parts such as `payments-001.parquet`
    raises  : NoSuchFolder; TwoFormats when a table comes in more than one format, for then one of them is stale;
              Misnamed for data under a name that is nearly a table's; NotAFile for a folder under a table's name
    notes   : names that begin with a dot are the desktop's, or a result that is being written: no part of a tape
    """
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        raise refusals.NoSuchFolder(folder=folder) from None
    tables: dict[str, list[Path]] = {}
    forms: dict[str, set[str]] = {}
    unknown = []
    for path in entries:
        match = _NAME.match(path.name.lower())
        if match is None or match["table"] not in contract.FILES:
            if meant := _meant(path):
                raise refusals.Misnamed(file=path.name, table=meant)
            unknown.append(path.name)
            continue
        if not path.is_file():
            raise refusals.NotAFile(file=path.name)
        tables.setdefault(match["table"], []).append(path)
        forms.setdefault(match["table"], set()).add(match["form"])
    for table, paths in tables.items():
        whole = [p for p in paths if p.name.lower().split(".")[0] == table]
        if len(forms[table]) > 1 or (whole and len(paths) > 1):
            raise refusals.TwoFormats(table=table, files=", ".join(p.name for p in paths))
    return FoundFiles(tables=tables, unknown=unknown)


def _meant(path: Path) -> str | None:
    """The table that a file's name is nearly the name of, by its whole name or one of its words; None for notes."""
    stem, *endings = path.name.lower().split(".")
    if not stem or path.is_dir() or (endings[-1] if endings else "") not in _DATA:
        return None
    words = re.findall(r"[a-z]+", stem)
    for word in ("_".join(words), *words):
        if alike := difflib.get_close_matches(word, contract.FILES, n=1, cutoff=_ALIKE):
            return str(alike[0])
    return None


def known_columns(names: Sequence[str], *, table: str, file: str) -> dict[str, str]:
    """The columns of a header that the contract knows, as {name in the file: name in the contract}.

    raises  : RepeatedColumns, MissingColumns
    """
    plain = [name.strip().lower() for name in names]
    repeated = sorted({name for name in plain if plain.count(name) > 1})
    if repeated:
        raise refusals.RepeatedColumns(file=file, columns=", ".join(repeated))
    missing = [c.name for c in contract.FILES[table] if c.required and c.name not in plain]
    if missing:
        raise refusals.MissingColumns(file=file, columns=", ".join(missing))
    expected = {c.name for c in contract.FILES[table]}
    return {name: bare for name, bare in zip(names, plain, strict=True) if bare in expected}
