"""Where does the next page start? Cursors for long lists: a place in an order, never a page number to count to.

Used by every list page. A cursor comes back from outside, so a broken one is simply the first page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence


def pack(place: Sequence[object]) -> str:
    """A place in an order as text for an address."""
    return base64.urlsafe_b64encode(json.dumps(list(place), default=str).encode()).decode().rstrip("=")


def unpack(cursor: str, kinds: Sequence[type]) -> tuple[object, ...] | None:
    """The place, when it has exactly these kinds; None otherwise."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        return None
    return tuple(place)
