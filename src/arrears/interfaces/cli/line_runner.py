"""A file of lines in, a file of answers out: the one way of `permit`, `screen` and `listen`.

The answers stand under their own name only when all are written; a file that cannot be read or written is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from arrears.interfaces.cli import same_file, whole_file
from arrears.kernel import json_lines
from arrears.kernel.errors import InvalidInput

#: Lines answered at a time, and the characters after which fewer will do.
PIECE, CHARACTERS = 8_000, 4_000_000
Rows = Iterator[Mapping[str, Any]]

#: Names of files that hold another form than ours.
TABLES = (".csv", ".tsv", ".parquet", ".xlsx")


def run(given: Path, made: Path, answers: Callable[[Iterator[bytes]], Rows]) -> None:
    """Answer the lines of a file, in order, into another; blank lines are none. Raises InvalidInput."""
    if made.suffix in TABLES:
        raise InvalidInput(f"{made}: the answers are lines of JSON and no table; name the file NAME.jsonl")
    try:
        same_file.refuse(made, [given])
        with given.open("rb") as lines:
            filled = (line for line in lines if line.strip())
            whole_file.write(made, map(json_lines.written, answers(filled)))
    except OSError as wrong:
        # What is written stands beside its name until it is whole; the name is what tells.
        where = given if wrong.filename == str(given) else made
        raise InvalidInput(f"{where}: {wrong.strerror or wrong}") from None


def pieces(lines: Iterator[bytes], most: int = PIECE) -> Iterator[list[bytes]]:
    """Lines, as many at a time as memory bears, and no more than `most`."""
    while piece := list(islice(lines, 1)):
        size = len(piece[0])
        while len(piece) < most and size < CHARACTERS and (more := next(lines, None)) is not None:
            piece.append(more)
            size += len(more)
        yield piece
