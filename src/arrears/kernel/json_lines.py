"""Lines of JSON, as commands and pages take and give them: what may stand for an id, and how a row is written.

Used wherever a row that came from outside is answered by a row. What could not be read back is never written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn


def line_id(told: Mapping[str, Any]) -> Any:
    """The row's id as given; None without one, or when it could not be written back: an infinite number, a deep list.

    example : line_id({"id": 1e999}) -> None
    """
    given = told.get("id")
    if isinstance(given, str | int | None):
        return given
    try:
        json.dumps(given, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return given


def no_number(word: str) -> NoReturn:
    """`parse_constant` of who takes no NaN, Infinity or -Infinity for a number; raises ValueError."""
    raise ValueError(f"{word} is no number")


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` of who takes no object with a key that stands twice: which is meant, nobody can tell.

    raises : ValueError naming the key
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key `{next(name for name in names if names.count(name) > 1)}` stands twice")
    return made


#: How to read what came from outside: `json.loads(line, **STRICT)`.
STRICT: Mapping[str, Any] = {"parse_constant": no_number, "object_pairs_hook": once}


def written(row: Mapping[str, Any]) -> str:
    """A row as one line of JSON, in the characters of its texts where they can be written."""
    try:
        return json.dumps(row, ensure_ascii=False).encode().decode()
    except UnicodeEncodeError:  # an id with half a character in it
        return json.dumps(row)
