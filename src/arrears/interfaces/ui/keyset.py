"""Where does the next page start? Cursors for long lists: a place in an order, never a page number to count to.

Used by every list page. A cursor comes back from outside, so a broken one is simply the first page (`parts` tells it).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

#: The largest number that a column of either database takes.
WHOLE_MOST = 2**63 - 1


def _whole(part: object) -> int:
    if type(part) is not int or abs(part) > WHOLE_MOST:
        raise ValueError(part)
    return part


def _text(part: object) -> str:
    if not isinstance(part, str) or "\0" in part:
        raise ValueError(part)
    part.encode()  # half a character is none: UnicodeEncodeError, which is a ValueError
    return part


READERS: Mapping[type, Callable[[Any], object]] = {
    int: _whole,
    str: _text,
    date: lambda part: date.fromisoformat(_text(part)),
    datetime: lambda part: datetime.fromisoformat(_text(part)).astimezone(UTC),
}


def pack(place: Sequence[object]) -> str:
    """A place in an order as text for an address."""
    return base64.urlsafe_b64encode(json.dumps(list(place), default=str).encode()).decode().rstrip("=")


def unpack(cursor: str, kinds: Sequence[type]) -> tuple[object, ...] | None:
    """The place, when it has exactly these kinds (of READERS); None otherwise."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(place, list):
            return None
        return tuple(READERS[kind](part) for kind, part in zip(kinds, place, strict=True))
    except (ValueError, OverflowError, RecursionError):
        return None
