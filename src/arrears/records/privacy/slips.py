"""A slip: a text with identity in it, sealed for one person and a short while, so that it can stand in an address.

Used where a search for a name or a number leads to a page: addresses end up in histories and access logs. It is not
stored anywhere, and opens for nobody else, nor later, nor for another purpose.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from arrears.records.privacy import cipher

#: As long as somebody may go on turning the pages of what was found.
LIFE = timedelta(hours=1)


def write(text: str, *, purpose: str, holder: str, at: datetime) -> str:
    """Seal a text for its holder; the result is safe in an address."""
    sealed = cipher.seal(json.dumps([text, int(at.timestamp())]), context=f"slip:{purpose}:{holder}")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(slip: str, *, purpose: str, holder: str, at: datetime) -> str | None:
    """The text; None when the slip is broken, another's, or too old."""
    try:
        sealed = base64.urlsafe_b64decode(slip + "=" * (-len(slip) % 4))
        text, written = json.loads(cipher.unseal(sealed, context=f"slip:{purpose}:{holder}"))
    except (binascii.Error, ValueError, cipher.UnableToOpen):
        return None
    return str(text) if at.timestamp() - written <= LIFE.total_seconds() else None
