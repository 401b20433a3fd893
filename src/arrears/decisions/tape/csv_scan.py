"""Where do the records of a CSV file begin and end, and which lines are broken? One compiled pass over the bytes.

Called by `csv_source`, which cuts the broken lines out and leaves the sound ones to Polars. It follows RFC 4180: a
quotation mark opens a field only at its start, and a record may run over several lines inside quotation marks. A
mark that is never closed costs one line, not the rest of the file: the scan resumes at the next physical line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arrears.decisions.tape import compiling

SOUND, BLANK, FIELDS, QUOTE, ENCODING = 0, 1, 2, 3, 4

_COMMA, _QUOTE, _LF, _CR = 44, 34, 10, 13
#: Where the fold keeps what: next byte, its line, sound records, the line expected next, first bad byte, rows used.
_POSITION, _LINE, _RECORDS, _EXPECTED, _BAD_BYTE, _FOUND, _JUMPED = range(7)


@dataclass(frozen=True)
class Scan:
    """What the pass found.

    records : sound records
    cuts    : (n, 2) int64 byte ranges [start, end) to leave out, in order
    lines   : (n,) int64 physical line of each cut, the header being line 1
    kinds   : (n,) int64 BLANK, FIELDS, QUOTE or ENCODING
    jumps   : (m, 2) int64 pairs (record index, physical line) wherever lines stop being consecutive
    bad_byte: offset of the first byte that is not UTF-8, or -1
    begin   : offset of the first byte of these records, and of the first byte after them
    """

    records: int
    cuts: NDArray[np.int64]
    lines: NDArray[np.int64]
    kinds: NDArray[np.int64]
    jumps: NDArray[np.int64]
    bad_byte: int
    begin: int
    end: int


def scan(data: NDArray[np.uint8], *, begin: int, fields: int, record_lines: int) -> Scan:
    """Scan the bytes after the header.

    data         : (n,) uint8, the whole file; begin is the first byte after the header line
    fields       : how many fields each record must have
    record_lines : a record over more lines than this has lost a quotation mark
    returns      : Scan; every byte from begin on belongs to a sound record or to a cut
    """
    whole = pieces(data, begin=begin, fields=fields, record_lines=record_lines, piece_bytes=data.size)
    none = np.empty((0, 2), np.int64)
    return next(whole, Scan(0, none, none[:, 0], none[:, 0], none, -1, begin, begin))


def pieces(data: NDArray[np.uint8], *, begin: int, fields: int, record_lines: int, piece_bytes: int) -> Iterator[Scan]:
    """The same, piece by piece of at least `piece_bytes`, each ending with a record; rows are counted within each."""
    state = np.array([begin, 2, 0, -1, -1, 0, 0], dtype=np.int64)
    while state[_POSITION] < data.size:
        start = int(state[_POSITION])
        stop = min(start + piece_bytes, data.size)
        found, jumps = np.empty((64, 4), np.int64), np.empty((64, 2), np.int64)
        state[[_RECORDS, _EXPECTED, _FOUND, _JUMPED]] = (0, -1, 0, 0)
        while state[_POSITION] < stop:
            if state[_FOUND] == len(found):
                found = np.concatenate([found, found])
            if state[_JUMPED] == len(jumps):
                jumps = np.concatenate([jumps, jumps])
            _scan(data, state, fields, record_lines, found, jumps, stop)
        found, jumps = found[: state[_FOUND]], jumps[: state[_JUMPED]]
        yield Scan(
            records=int(state[_RECORDS]),
            cuts=found[:, :2],
            lines=found[:, 2],
            kinds=found[:, 3],
            jumps=jumps,
            bad_byte=int(state[_BAD_BYTE]),
            begin=start,
            end=int(state[_POSITION]),
        )


@compiling.compiled
def _scan(data, state, fields, record_lines, found, jumps, stop):  # type: ignore[no-untyped-def]
    """The fold itself, from `state` on, until the first record's end from `stop` on or until a table is full."""
    while state[_POSITION] < stop and state[_FOUND] < found.shape[0] and state[_JUMPED] < jumps.shape[0]:
        position, line = state[_POSITION], state[_LINE]
        kind, after, lines, high = _record(data, position, fields, record_lines)
        if high:
            offset = first_bad_byte(data, position, after)
            if offset >= 0:
                if state[_BAD_BYTE] < 0:
                    state[_BAD_BYTE] = offset
                if kind == SOUND or kind == FIELDS:  # noqa: SIM109 - a tuple is slow to compile
                    kind = ENCODING
        if kind == SOUND:
            if line != state[_EXPECTED]:
                jumps[state[_JUMPED], 0] = state[_RECORDS]
                jumps[state[_JUMPED], 1] = line
                state[_JUMPED] += 1
            state[_RECORDS] += 1
            state[_EXPECTED] = line + 1
        else:
            at = state[_FOUND]
            found[at, 0] = position
            found[at, 1] = after
            found[at, 2] = line
            found[at, 3] = kind
            state[_FOUND] = at + 1
        state[_POSITION] = after
        state[_LINE] = line + lines


@compiling.compiled
def _record(data, start, fields, record_lines):  # type: ignore[no-untyped-def]
    """Kind, end, physical lines and whether any byte is above ASCII, of the record at `start`."""
    size = data.size
    position, seen, lines, high = start, 1, 1, False
    while True:
        if position < size and data[position] == _QUOTE:
            position, crossed, above = _closing_quote(data, position, record_lines - lines)
            high = high or above
            if position < 0:
                break
            lines += crossed
        while position < size and data[position] != _COMMA and data[position] != _LF:
            line_end = data[position] == _CR and (position + 1 >= size or data[position + 1] == _LF)
            if data[position] == _QUOTE or (position > start and data[position - 1] == _QUOTE and not line_end):
                position = -1
                break
            high = high or data[position] >= 128
            position += 1
        if position < 0:
            break
        if position >= size or data[position] == _LF:
            after = min(position + 1, size)
            if seen == fields:
                return SOUND, after, lines, high
            blank = position == start or (position == start + 1 and data[start] == _CR)
            return (BLANK if blank else FIELDS), after, lines, high
        seen += 1
        position += 1
    position, high = start, False
    while position < size and data[position] != _LF:
        high = high or data[position] >= 128
        position += 1
    return QUOTE, min(position + 1, size), 1, high


@compiling.compiled
def _closing_quote(data, opening, lines_left):  # type: ignore[no-untyped-def]
    """Position after the mark that closes the one at `opening` (-1: none), lines crossed, bytes above ASCII seen."""
    position, crossed, high = opening + 1, 0, False
    while position < data.size:
        byte = data[position]
        if byte == _QUOTE:
            if position + 1 < data.size and data[position + 1] == _QUOTE:
                position += 2
                continue
            return position + 1, crossed, high
        if byte == _LF:
            crossed += 1
            if crossed > lines_left:
                return -1, 0, high
        high = high or byte >= 128
        position += 1
    return -1, 0, high


@compiling.compiled
def first_bad_byte(data, start, end):  # type: ignore[no-untyped-def]
    """Offset of the first byte in [start, end) that breaks UTF-8 (overlong and surrogate forms too), or -1."""
    position = start
    while position < end:
        lead = data[position]
        if lead < 0x80:
            position += 1
            continue
        low, high = 0x80, 0xBF
        if 0xC2 <= lead <= 0xDF:
            more = 1
        elif 0xE0 <= lead <= 0xEF:
            more = 2
            low = 0xA0 if lead == 0xE0 else 0x80
            high = 0x9F if lead == 0xED else 0xBF
        elif 0xF0 <= lead <= 0xF4:
            more = 3
            low = 0x90 if lead == 0xF0 else 0x80
            high = 0x8F if lead == 0xF4 else 0xBF
        else:
            return position
        for step in range(1, more + 1):
            if position + step >= end or data[position + step] < low or data[position + step] > high:
                return position
            low, high = 0x80, 0xBF
        position += more + 1
    return -1
