"""The names of those who do things here, for `sentences.actor`: colleagues and the partners' keys.

Called by every page that tells who did what.
"""

from __future__ import annotations

from arrears.records.apikeys import queries as apikeys
from arrears.records.staff import queries as staff


def names() -> dict[str, str]:
    """Actor (`user:ID`, `api:ID`) → the name it was given."""
    return staff.names() | apikeys.names()
