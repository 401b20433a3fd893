"""Reads one CSV file (plain or gzipped) into columns of text, and names the lines that are not rows.

Called by `reading`. All values stay text: what they mean is judged later, so no amount ever passes through a float.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import mmap
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.decisions.tape import contract, csv_header, csv_scan, reasons, refusals, source
from arrears.decisions.tape.policy import TapePolicy

_KINDS = {
    csv_scan.FIELDS: reasons.MALFORMED_FIELDS,
    csv_scan.QUOTE: reasons.MALFORMED_QUOTE,
    csv_scan.ENCODING: reasons.BAD_ENCODING,
}
#: A piece of a large file: some ten thousand lines, so that work on columns pays.
PIECE_BYTES = 4 << 20
#: With so many broken lines it is asked before the end whether the file is in another encoding.
EARLY_REFUSAL_LINES = 100_000
#: A packed file may unpack to so many bytes whatever its size.
UNPACKED_BYTES_LEAST = 16 << 20
#: How much of a malformed line is looked at before it is masked, and how much to find whose row it was.
_SHOWN_BYTES = 200
_READ_BYTES = 1 << 16


def read(path: Path, *, table: str, policy: TapePolicy) -> source.RawFile:
    """One CSV file as columns of text.

    raises  : EmptyFile, WrongEncoding, UnreadableFile, UnpacksTooLarge, MemoryTooSmall, MissingColumns, RepeatedColumns
    """
    try:
        return _read(path, table=table, policy=policy)
    except MemoryError:
        raise refusals.MemoryTooSmall(file=path.name) from None


def _read(path: Path, *, table: str, policy: TapePolicy) -> source.RawFile:
    data = _bytes_of(path, policy)
    begin, names = csv_header.read(data, file=path.name)
    known = source.known_columns(names, table=table, file=path.name)
    found = csv_scan.scan(data, begin=begin, fields=len(names), record_lines=policy.record_lines)
    malformed = _malformed(data, found, names, table=table, file=path.name)
    _refuse_encoding(data, found, malformed, found.records, file=path.name, policy=policy)
    frame = _frame(data, found, names, file=path.name)
    return source.RawFile(
        name=path.name,
        sha256=hashlib.sha256(data.data).hexdigest(),
        frame=frame.select(pl.col(name).alias(bare) for name, bare in known.items()),
        aside=frame.drop(list(known)),
        jumps=found.jumps if len(found.jumps) else np.array([[0, 2]], dtype=np.int64),
        malformed=malformed,
    )


def _bytes_of(path: Path, policy: TapePolicy) -> NDArray[np.uint8]:
    _refuse_unreadable(path)
    if path.suffix.lower() != ".gz":
        with path.open("rb") as file:
            return _mapped(file)
    with tempfile.TemporaryFile() as plain:
        return _mapped(plain) if _unpack(path, plain, policy) else np.zeros(0, dtype=np.uint8)


def _mapped(file: IO[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype=np.uint8)


def _unpack(path: Path, plain: IO[bytes], policy: TapePolicy) -> int:
    """Write a packed file out as plain text, piece by piece; how many bytes it has.

    raises : UnpacksTooLarge as soon as it does, UnreadableFile
    """
    length, longest = 0, max(UNPACKED_BYTES_LEAST, policy.unpacked_times * path.stat().st_size)
    try:
        with gzip.open(path) as packed:
            while piece := packed.read(1 << 20):
                length += len(piece)
                if length > longest:
                    raise refusals.UnpacksTooLarge(file=path.name, times=policy.unpacked_times)
                plain.write(piece)
        plain.flush()
    except (EOFError, OSError, zlib.error) as error:
        raise refusals.UnreadableFile(file=path.name, why=f"gzip: {error}") from None
    return length


def _refuse_unreadable(path: Path) -> None:
    """A file that is empty, or that this process may not read."""
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise refusals.EmptyFile(file=path.name)
    except OSError as error:
        raise refusals.UnreadableFile(file=path.name, why=error.strerror) from None


def _malformed(
    data: NDArray[np.uint8], found: csv_scan.Scan, names: list[str], *, table: str, file: str
) -> list[source.Malformed]:
    lines, columns = [], [name.strip().lower() for name in names]
    first = columns.index(next(column.name for column in contract.FILES[table] if column.required))
    for (start, end), line, kind in zip(found.cuts, found.lines, found.kinds, strict=True):
        if kind != csv_scan.BLANK:
            if kind == csv_scan.FIELDS:
                _refuse_line_ends(data[start:end].tobytes(), int(line), fields=len(names), file=file)
            shown = data[start : min(end, start + _SHOWN_BYTES)].tobytes()
            rows = _rows(data[start : min(end, start + _READ_BYTES)].tobytes(), len(columns))
            gbk = kind == csv_scan.ENCODING and csv_header.reads_as_chinese(shown)
            lines.append(
                source.Malformed(
                    line=int(line),
                    text=shown.decode("utf-8", "replace").rstrip("\r\n"),
                    reason=_KINDS[int(kind)],
                    identifier=rows[0][first] or None if len(rows[0]) > first + 1 else None,
                    rows=[dict(zip([*columns, *map(str, range(len(row)))], row, strict=False)) for row in rows],
                    gbk_bytes=_high(data[start:end]) if gbk else 0,
                )
            )
    return lines


def _rows(cut: bytes, columns: int) -> list[list[str]]:
    """The fields of a broken line as they stand, the last one perhaps cut short; those that are no text are empty.

    A stray quotation mark makes one field of all up to the next, and that may be lines away: where the marks do not
    make a whole row they are left out, and each line is read for itself.
    """
    text = cut.decode("utf-8", "replace").rstrip("\r\n")
    try:
        rows = [next(csv.reader([text]), [])]
    except csv.Error:
        rows = [[]]
    if '"' in text and len(rows[0]) != columns:
        rows = [line.split(",") for line in text.replace('"', "").split("\n")]
    return [[field.strip() if "\ufffd" not in field else "" for field in row] for row in rows]


def _refuse_line_ends(cut: bytes, line: int, *, fields: int, file: str) -> None:
    """Several records in one line, kept apart by lone carriage returns: cutting it out would lose them all."""
    if b"\r" in cut[:-2].replace(b"\r\n", b"") and cut.count(b",") >= fields:
        raise refusals.WrongLineEnds(file=file, line=line)


def _refuse_encoding(
    data: NDArray[np.uint8],
    found: csv_scan.Scan,
    malformed: Sequence[source.Malformed],
    records: int,
    *,
    file: str,
    policy: TapePolicy,
) -> None:
    """A few broken lines are quarantined; many mean another encoding, and so do a few that are good Chinese in GBK."""
    broken = [row for row in malformed if row.reason == reasons.BAD_ENCODING]
    if _is_gbk(data, broken):
        raise csv_header.gbk(file=file, offset=found.bad_byte, line=broken[0].line)
    if broken and policy.refuses(quarantined=len(broken), read=records + len(malformed)):
        raise csv_header.wrong_encoding(data, file=file, offset=found.bad_byte, line=broken[0].line)


def _is_gbk(data: NDArray[np.uint8], broken: Sequence[source.Malformed]) -> bool:
    """Do most of the bytes above ASCII stand in broken lines that are Chinese in GBK, and few in sound UTF-8?"""
    inside = sum(row.gbk_bytes for row in broken)
    return inside > 0 and 2 * inside > _high(data)


def _high(data: NDArray[np.uint8]) -> int:
    """How many bytes lie above ASCII."""
    return sum(int((data[at : at + PIECE_BYTES] >= 0x80).sum()) for at in range(0, data.size, PIECE_BYTES))


def _frame(data: NDArray[np.uint8], found: csv_scan.Scan, names: list[str], *, file: str) -> pl.DataFrame:
    """The sound records as text columns; an empty field is null."""
    kept, position = [], found.begin
    for start, end in found.cuts:
        kept.append(data[position:start])
        position = int(end)
    kept.append(data[position : found.end])
    body = b"".join(piece.data for piece in kept)
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frame = pl.read_csv(BytesIO(body), has_header=False, new_columns=names, infer_schema=False)
    if frame.height != found.records:
        raise refusals.UnreadableFile(file=file, why=f"{found.records} records read as {frame.height}")
    return frame


class Pieces:
    """One CSV file that is too large to be held, as a run of RawFiles of some thousand lines each.

    Iterate once; then `sha256`, `malformed` and `unknown_columns` say of the whole file what `read` would have said;
    the pieces themselves carry none of these. A gzipped file is unpacked into `beside` first.

    raises : as `read`; a file in another encoding is refused as soon as that is certain
    """

    def __init__(self, path: Path, *, table: str, policy: TapePolicy, beside: Path) -> None:
        self.path, self.table, self.policy, self.beside = path, table, policy, beside
        self.malformed: list[source.Malformed] = []
        self.unknown_columns: tuple[str, ...] = ()
        self._seen = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._seen.hexdigest()

    def __iter__(self) -> Iterator[source.RawFile]:
        file, mapped = self.path.name, self._mapped()
        data = np.frombuffer(mapped, dtype=np.uint8)
        begin, names = csv_header.read(data, file=file)
        known = source.known_columns(names, table=self.table, file=file)
        self.unknown_columns = tuple(name for name in names if name not in known)
        self._seen.update(data[:begin].data)
        records, broken_max = 0, EARLY_REFUSAL_LINES
        found = None
        for found in csv_scan.pieces(
            data, begin=begin, fields=len(names), record_lines=self.policy.record_lines, piece_bytes=PIECE_BYTES
        ):
            self._seen.update(data[found.begin : found.end].data)
            records += found.records
            self.malformed += _malformed(data, found, names, table=self.table, file=file)
            if len(self.malformed) > broken_max:
                _refuse_encoding(data, found, self.malformed, records, file=file, policy=self.policy)
                broken_max *= 2
            frame = _frame(data, found, names, file=file).select(pl.col(n).alias(bare) for n, bare in known.items())
            mapped.madvise(mmap.MADV_DONTNEED)
            if frame.height:
                yield source.RawFile(file, "", frame, pl.DataFrame(), found.jumps, ())
        if found is not None:
            _refuse_encoding(data, found, self.malformed, records, file=file, policy=self.policy)

    def _mapped(self) -> mmap.mmap:
        path = self.path
        _refuse_unreadable(path)
        if path.suffix.lower() == ".gz":
            path = self.beside / path.stem
            with path.open("wb") as plain:
                if not _unpack(self.path, plain, self.policy):
                    raise refusals.EmptyFile(file=self.path.name)
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
