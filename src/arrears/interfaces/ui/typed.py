"""What an address or a form says, as a value: a day, a whole number; None where it says no such thing.

Asked by the pages before anything below hears of it: what no calendar, clock or column of a database could hold is no
value here either.
"""

from __future__ import annotations

from datetime import date

#: The years that every clock and both databases hold whatever the zone.
YEARS = range(1970, 2200)
#: More digits than these no number of ours has.
DIGITS_MAX = 18


def day(text: str) -> date | None:
    """A date written `YYYY-MM-DD`."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.year in YEARS else None


def number(text: str) -> int | None:
    """A whole number from 0 on, in plain digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None
