"""One table of a product policy file: hands out checked values, and knows in the end which keys nobody asked for.

Used by `reading` alone. Whatever is wrong is one InvalidPolicy that names the file, the line and the key.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from arrears.rules import toml_lines
from arrears.rules.ageing.policy import RATIO_LIMIT, Component, InvalidPolicy

Choice = TypeVar("Choice", bound=IntEnum)
DAYS_MAX = 3660


class Section:
    """One table of the file: hands out checked values, and knows in the end which keys nobody asked for."""

    def __init__(self, source: toml_lines.Source, path: str, table: object) -> None:
        self.source, self.path = source, path
        if not isinstance(table, dict):
            self.refuse("", "must be a table")
        self.table: dict[str, Any] = dict(table)

    def refuse(self, key: str, problem: str) -> NoReturn:
        where = ".".join(part for part in (self.path, key) if part) or "(top)"
        raise InvalidPolicy(file=self.source.at(_place(where)), key=where, problem=problem)

    def take(self, key: str, default: object = None) -> Any:
        if key not in self.table and default is None:
            self.refuse(key, "is missing")
        return self.table.pop(key, default)

    def text(self, key: str) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"must be text, not {value!r}")
        return str(value)

    def whole(self, key: str, default: int | None = None, *, low: int = 0, high: int = DAYS_MAX) -> int:
        value = self.take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(key, f"must be a whole number from {low} to {high}, not {value!r}")
        return int(value)

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        value = self.take(key, default)
        if isinstance(value, kind):
            return value
        words = {member.name.lower().replace("_", "-"): member for member in kind}
        if not isinstance(value, str) or value not in words:
            self.refuse(key, f"must be one of {', '.join(words)}, not {value!r}")
        return words[value]

    def words(self, key: str, default: list[str] | None = None) -> list[str]:
        value = self.take(key, default)
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.refuse(key, f"must be a list of words, not {value!r}")
        if len(set(value)) != len(value):
            self.refuse(key, "names something twice")
        return list(value)

    def components(self, key: str, default: list[str] | None = None) -> tuple[Component, ...]:
        names = {member.name.lower(): member for member in Component}
        words = self.words(key, default)
        for word in words:
            if word not in names:
                self.refuse(key, f"{word!r} is none of {', '.join(names)}")
        return tuple(names[word] for word in words)

    def ratio(self, key: str, default: str | None = None, *, high: Fraction) -> Fraction:
        """Decimal text, or two of them with a slash ("0.24/360"): exact, never a float."""
        value = self.take(key, default)
        if not isinstance(value, str):
            self.refuse(key, f'must be decimal text such as "0.0005" or "0.24/360", not {value!r}')
        try:
            over, _, under = value.partition("/")
            ratio = Fraction(Decimal(over.strip())) / Fraction(Decimal(under.strip() or "1"))
        except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError):
            self.refuse(key, f"is not a decimal or a fraction of two: {value!r}")
        if not 0 <= ratio <= high:
            self.refuse(key, f"must lie from 0 to {high}, not {value}")
        if ratio.denominator >= RATIO_LIMIT:
            self.refuse(key, f"has more digits than can be computed exactly: {value}")
        return ratio

    def tables(self, key: str) -> list[Section]:
        value = self.take(key)
        if not isinstance(value, list) or not value:
            self.refuse(key, "must be one or more tables")
        return [
            Section(self.source, f"{self.path}{'.' if self.path else ''}{key}[{i}]", one) for i, one in enumerate(value)
        ]

    def section(self, key: str) -> Section | None:
        if key not in self.table:
            return None
        return Section(self.source, f"{self.path}{'.' if self.path else ''}{key}", self.take(key))

    def done(self) -> None:
        for key in self.table:
            self.refuse(key, "is not a key of a product policy")


def _place(key: str) -> toml_lines.Path:
    """A key as the messages write it ("allocation.orders[1].order") as a path of toml_lines."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))
