"""Keeps the sound rows of one table and remembers why each of the others was set aside.

Each table's module makes one sieve per file table, rejects rows column by column, and asks for what is left. Every
row ends up either accepted or rejected for exactly one reason, the first that was found, so that
accepted + quarantined = read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from arrears.decisions.tape import contract, masking, reasons, refusals, source
from arrears.decisions.tape.parsed import Parsed

QUARANTINE = {
    "file": pl.String,
    "line": pl.Int64,
    "column": pl.String,
    "value_masked": pl.String,
    "reason": pl.String,
}
_NO_ROWS = pl.DataFrame()


@dataclass(frozen=True)
class FileCount:
    """What became of the rows of one file. accepted + quarantined == read; `collapsed` of the accepted repeat one."""

    file: str
    table: str
    sha256: str
    read: int
    accepted: int
    quarantined: int
    collapsed: int
    unknown_columns: tuple[str, ...]
    reasons: dict[str, int]


class Sieve:
    """The rows of one table with what is known against them. Rows are named by their index over all its files."""

    def __init__(self, table: str, files: Sequence[source.RawFile]) -> None:
        self.table = table
        self.files = [dataclasses.replace(file, frame=_NO_ROWS, aside=_NO_ROWS) for file in files]
        self.heights = [file.frame.height for file in files]
        self.unknown_columns = [tuple(file.aside.columns) for file in files]
        self.raw = _joined(table, [file.frame for file in files])
        self.aside = _aside(table, files)
        self.height = self.raw.height
        self.file = files[0].name if len(files) == 1 else f"{table} (of {len(files)} files)"
        self._bad = pl.repeat(False, self.height, dtype=pl.Boolean, eager=True)
        self._copies = self._bad
        self._findings: list[tuple[str, str, np.ndarray[tuple[int], np.dtype[np.int64]]]] = []

    def column(self, name: str) -> pl.Series:
        """A raw column; all null when the file does not carry it."""
        if name in self.raw.columns:
            return self.raw[name]
        return pl.repeat(None, self.height, dtype=pl.String, eager=True).alias(name)

    def reject(self, mask: pl.Series, *, column: str, reason: str) -> None:
        """Set rows aside; those already set aside keep their first reason."""
        fresh = mask.fill_null(False) & ~self._bad
        if fresh.any():
            self._findings.append((column, reason, fresh.arg_true().to_numpy().astype(np.int64)))
            self._bad = self._bad | fresh

    def take(self, name: str, parsed: Parsed) -> pl.Series:
        """The values of a parsed column, after setting aside rows with its problems or without a required value."""
        for reason, mask in parsed.problems:
            self.reject(mask, column=name, reason=reason)
        values = parsed.values
        if contract.column(self.table, name).required and values.null_count():
            self.reject(values.is_null(), column=name, reason=reasons.MISSING_VALUE)
        return values.alias(name)

    def release(self, name: str) -> None:
        """Let a wide raw column go once nothing more can be said against it, and nothing was."""
        if name in self.raw.columns and all(column != name for column, _, _ in self._findings):
            self.raw = self.raw.drop(name)

    def sound(self) -> pl.Series:
        """(height,) boolean: rows with nothing against them so far."""
        return ~self._bad

    def settle_duplicates(self, frame: pl.DataFrame, keys: Sequence[str], *, column: str) -> None:
        """Rows with one key: copies of one another collapse into the first; rows that differ are all set aside.

        frame : one row per row of the sieve, with the parsed columns that make two rows the same
        """
        sound = self.sound()
        hashed = frame.select(keys).filter(sound) if self._bad.any() else frame.select(keys)
        narrow = hashed.to_series() if len(keys) == 1 else hashed.hash_rows(seed=0)
        if narrow.is_sorted():
            if not (narrow == narrow.shift(1)).any():
                return
        elif narrow.n_unique() == len(narrow):
            return
        numbered = frame.with_row_index("_row").filter(sound)
        repeated = numbered.filter(narrow.is_duplicated())
        values = [name for name in frame.columns if name not in keys]
        judged = repeated.with_columns(
            pl.struct(values or keys).n_unique().over(keys).alias("_versions"),
            pl.col("_row").min().over(keys).alias("_first"),
        )
        conflicts = judged.filter(pl.col("_versions") > 1)["_row"]
        copies = judged.filter((pl.col("_versions") == 1) & (pl.col("_row") != pl.col("_first")))["_row"]
        self.reject(self.mask(conflicts), column=column, reason=reasons.DUPLICATE_CONFLICT)
        self.collapse(self.mask(copies))

    def collapse(self, mask: pl.Series) -> None:
        """Count rows as accepted although another row already says what they say."""
        self._copies = self._copies | (mask & ~self._bad)

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a parsed frame that are accepted, copies left out."""
        out = self._bad | self._copies
        return frame.filter(~out) if out.any() else frame

    def rejected(self) -> pl.Series:
        """(height,) boolean: rows set aside."""
        return self._bad

    def broken(self) -> pl.Series:
        """Whose rows the lines were meant to be that are no rows, as far as they tell."""
        found = [line.identifier for file in self.files for line in file.malformed]
        return pl.Series(found, dtype=pl.String).drop_nulls()

    def quarantine(self) -> pl.DataFrame:
        """One row per row set aside, lines that were no rows included, in file and line order."""
        parts = [pl.DataFrame(schema=QUARANTINE)]
        for column, reason, rows in self._findings:
            identity = any(c.vault for c in contract.FILES[self.table] if c.name == column)
            shown = self.column(column).gather(rows).cast(pl.String, strict=False) if column else None
            parts.append(self._placed(rows, column, reason, shown, identity))
        for file in self.files:
            if file.malformed:
                parts.append(_malformed_rows(file))
        return pl.concat(parts).sort("file", "line", "column")

    def counts(self) -> list[FileCount]:
        """What became of each file's rows."""
        quarantine, found, start = self.quarantine(), [], 0
        for file, height, unknown in zip(self.files, self.heights, self.unknown_columns, strict=True):
            end = start + height
            mine = quarantine.filter(pl.col("file") == file.name)["reason"].value_counts(sort=True)
            read = height + len(file.malformed)
            quarantined = int(self._bad[start:end].sum()) + len(file.malformed)
            found.append(
                FileCount(
                    file=file.name,
                    table=self.table,
                    sha256=file.sha256,
                    read=read,
                    accepted=read - quarantined,
                    quarantined=quarantined,
                    collapsed=int(self._copies[start:end].sum()),
                    unknown_columns=unknown,
                    reasons=dict(sorted(mine.iter_rows(), key=lambda pair: (-pair[1], pair[0]))),
                )
            )
            assert quarantined == sum(found[-1].reasons.values()), "every row set aside has one reason"
            start = end
        return found

    def mask(self, rows: pl.Series) -> pl.Series:
        """(height,) boolean from row indices."""
        flags = np.zeros(self.height, dtype=bool)
        flags[rows.to_numpy()] = True
        return pl.Series(flags)

    def _placed(
        self,
        rows: np.ndarray[tuple[int], np.dtype[np.int64]],
        column: str,
        reason: str,
        shown: pl.Series | None,
        identity: bool,
    ) -> pl.DataFrame:
        """Quarantine rows of one finding, with file and line."""
        names, lines = np.empty(len(rows), dtype=object), np.empty(len(rows), dtype=np.int64)
        start = 0
        for file, height in zip(self.files, self.heights, strict=True):
            mine = (rows >= start) & (rows < start + height)
            names[mine] = file.name
            lines[mine] = file.lines(rows[mine] - start)
            start += height
        frame = pl.DataFrame({"file": pl.Series(names, dtype=pl.String), "line": lines})
        text = shown if shown is not None else pl.repeat(None, len(rows), dtype=pl.String, eager=True)
        return frame.with_columns(
            pl.lit(column).alias("column"),
            text.alias("value_masked"),
            pl.lit(reason).alias("reason"),
        ).with_columns(masking.masked(pl.col("value_masked"), identity=identity).alias("value_masked"))


def _joined(table: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The parts of a table under one another; numbers may differ in width, but a date never becomes a number.

    raises : PartsDiffer
    """
    for column in {name: None for frame in frames for name in frame.columns}:
        kinds = {frame.schema[column] for frame in frames if column in frame.columns} - {pl.Null()}
        if len(kinds) > 1 and not all(kind.is_numeric() for kind in kinds):
            raise refusals.PartsDiffer(table=table, column=column)
    return pl.concat(frames, how="diagonal_relaxed")


def _aside(table: str, files: Sequence[source.RawFile]) -> pl.DataFrame:
    """Columns that the contract does not know, beside the key columns as written; no columns when there are none."""
    keys = [c.name for c in contract.FILES[table] if c.required and not c.vault]
    wide = [file.frame.select(keys).hstack(file.aside) for file in files if file.aside.width]
    return pl.concat(wide, how="diagonal_relaxed") if wide else _NO_ROWS


def _malformed_rows(file: source.RawFile) -> pl.DataFrame:
    rows = [(file.name, bad.line, "", bad.text, bad.reason) for bad in file.malformed]
    frame = pl.DataFrame(rows, schema=QUARANTINE, orient="row")
    return frame.with_columns(masking.masked(pl.col("value_masked"), identity=True).alias("value_masked"))
