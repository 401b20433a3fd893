"""On which line of a TOML file does a key stand? The standard reader tells values, not places.

Asked only when a file is refused, so that whoever edits it is sent to the line. It follows table headers and keys of
the usual written form; where a key is missing, or written in another way, its table's line is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Path = tuple[str | int, ...]

_BARE = r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'"
_NAME = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_NAME})\s*\]")
_KEY = re.compile(rf"^\s*({_NAME})\s*=")


@dataclass(frozen=True)
class Source:
    """A TOML file by name, with its text where there is one."""

    file: str
    text: str = ""

    def at(self, path: Path) -> str:
        """The file and the line of a key, as `cn.toml:12`; the file alone when no text was given.

        path    : keys from the top; in an array of tables the number of the table, from 0
        example : Source("cn.toml", '[pack]\\nid = "cn"\\n').at(("pack", "id")) -> "cn.toml:2"
        """
        return f"{self.file}:{self.line_of(path)}" if self.text else self.file

    def line_of(self, path: Path) -> int:
        """The line (from 1) of a key or an array's first table, else of the innermost table that is there, else 1."""
        tried = (known for depth in range(len(path), 0, -1) for known in (path[:depth], (*path[:depth], 0)))
        return next((self._lines[known] for known in tried if known in self._lines), 1)

    @cached_property
    def _lines(self) -> dict[Path, int]:
        """Of a path that stands twice, the first line."""
        return dict(reversed(list(_places(self.text))))


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Each header and key with its line."""
    table: Path = ()
    counts: dict[Path, int] = {}
    quotes = ""
    for number, line in enumerate(text.splitlines(), start=1):
        inside, quotes = bool(quotes), _open_quotes(line, quotes)
        if inside:
            continue
        if header := _HEADER.match(line):
            table = _numbered(_parts(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_parts(key[1])), number


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_BARE, name))


def _numbered(parts: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """A header's path, with the number of the newest table of each array that it goes through."""
    path: Path = ()
    for place, part in enumerate(parts):
        path = (*path, part)
        if path in counts and place < len(parts) - 1:
            path = (*path, counts[path])
    return path


def _open_quotes(line: str, quotes: str) -> str:
    """The mark of the text over several lines that is still open at the end of this one; blank when none is."""
    for mark in re.findall(r"\"{3}|'{3}", line):
        quotes = "" if quotes == mark else quotes or mark
    return quotes
