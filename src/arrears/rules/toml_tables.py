"""Reads one table of a policy file, key by key, and refuses it with the file, the line and the key that is wrong.

Used by the readers of policies. A key that nobody asked for is refused like a wrong one: what was misspelt says less
than its writer meant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, ClassVar, Self

from arrears.kernel.errors import InvalidInput
from arrears.kernel.unseen import is_blank
from arrears.rules import toml_lines

Table = Mapping[str, Any]


class Reader:
    """One table of a file; knows where it is, so that each refusal says so.

    refusal : raised with file, key and why; each kind of file has its own
    path    : where the table stands in the file; where : the same in words
    """

    refusal: ClassVar[type[InvalidInput]]

    def __init__(self, source: toml_lines.Source, path: toml_lines.Path, table: object) -> None:
        self.source, self.path = source, path
        self.where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        if not isinstance(table, dict):
            raise self.wrong("", "is missing" if table is None else "must be a table")
        self.table: Table = table

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """The whole of a file; raises the refusal when it cannot be read."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise cls.refusal(file=path.name, key="-", why=str(error)) from None
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise cls.refusal(file=f"{path.name}:{line}", key="-", why=str(error)) from None
        try:
            return cls(toml_lines.Source(path.name, text), (), tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))  # else it is at the end of the document
            line = int(found[1]) if found else len(text.splitlines())
            raise cls.refusal(file=f"{path.name}:{line}", key="-", why=str(error)) from None

    def section(self, key: str, default: object = None) -> Self:
        """A table within; one that is left out is refused, where there is no default."""
        return type(self)(self.source, (*self.path, key), self.table.get(key, default))

    def rows(self, key: str, *, named_by: str) -> list[Self]:
        """An array of tables (it may be left out); each is told by what it has under `named_by`."""
        rows = self.table.get(key, [])
        if not isinstance(rows, list):
            raise self.wrong(key, f"must be tables such as [[{key}]]")
        readers = [type(self)(self.source, (*self.path, key, number), row) for number, row in enumerate(rows)]
        for one in readers:
            one.where = f"{key}[{one.text(named_by)}]"
        return readers

    def tables(self, key: str, *, named_by: str) -> dict[str, Self]:
        """The same by what each has under `named_by`, once."""
        found: dict[str, Self] = {}
        for one in self.rows(key, named_by=named_by):
            if found.setdefault(one.text(named_by), one) is not one:
                raise one.wrong(named_by, "is given twice")
        return found

    def wrong(self, key: str, why: str) -> InvalidInput:
        place = self.source.at((*self.path, key) if key else self.path)
        return self.refusal(file=place, key=".".join(part for part in (self.where, key) if part), why=why)

    def only(self, allowed: frozenset[str]) -> None:
        for key in self.table:
            if key not in allowed:
                raise self.wrong(key, f"unknown key; there are {', '.join(sorted(allowed))}")

    def text(self, key: str) -> str:
        value = self.table.get(key)
        if not isinstance(value, str) or is_blank(value):
            raise self.wrong(key, "is missing" if value is None else "must be a non-empty text")
        return value

    def flag(self, key: str) -> bool:
        value = self.table.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "is missing" if value is None else "must be true or false")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.wrong(key, f"unknown {key} {value!r}; there are {', '.join(allowed)}")
        return value

    def words(self, key: str) -> list[str]:
        value = self.table.get(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(key, "is missing" if value is None else "must be a non-empty list")
        if not all(isinstance(word, str) and word for word in value):
            raise self.wrong(key, "must be a list of words")
        return value

    def some_of(self, key: str, allowed: frozenset[str]) -> frozenset[str]:
        value = self.words(key)
        for word in value:
            if word not in allowed:
                raise self.wrong(key, f"unknown word {word!r}; there are {', '.join(sorted(allowed))}")
        return frozenset(value)

    def count(self, key: str, *, least: int) -> int:
        value = self.table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, "is missing" if value is None else f"must be a whole number of at least {least}")
        return value

    def day(self, key: str) -> date:
        value = self.table.get(key)
        if type(value) is not date:
            raise self.wrong(key, "is missing" if value is None else "must be a date such as 2025-02-28")
        return value

    def wall_time(self, key: str) -> time:
        value = self.table.get(key)
        if not isinstance(value, time):
            raise self.wrong(key, "is missing" if value is None else "must be a time such as 08:00:00")
        return value
