"""What an address or a form says, as a value: a day, a whole number; None where it says no such thing.

Asked by the pages before anything below hears of it: what no calendar, clock or column of a database could hold is no
value here either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

#: The years that every clock and both databases hold whatever the zone.
YEARS = range(1970, 2200)
#: More digits than these no number of ours has.
DIGITS_MAX = 18
#: So much of what is not understood is shown again.
SHOWN = 80


def day(text: str) -> date | None:
    """A date written `YYYY-MM-DD`."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.year in YEARS else None


def unknown(query: Mapping[str, str], known: Collection[str]) -> list[str]:
    """The parts of an address that a list has no filter for: a word that is misspelt changes nothing, and says so.

    example : unknown({"stge": "EARLY", "after": "x"}, {"stage"}) -> ["stge=EARLY"]
    """
    return [f"{name}={query[name]}"[:SHOWN] for name in query if name not in known and name != "after"]


def number(text: str) -> int | None:
    """A whole number from 0 on, in plain digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None
