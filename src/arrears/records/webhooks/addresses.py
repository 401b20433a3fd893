"""The address of an endpoint: sealed in the books, and shown without what may be a secret in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from arrears.records.privacy import cipher, masking, words
from arrears.records.webhooks.models import Endpoint

#: What stands for a path and a query.
LEFT_OUT = "…"


def sealed(endpoint_id: int, url: str) -> bytes:
    """An address as the row of this endpoint keeps it."""
    return cipher.seal(url, context=_context(endpoint_id))


def opened(endpoint_id: int, kept: bytes) -> str:
    """The whole address; raises cipher.UnableToOpen."""
    return cipher.unseal(kept, context=_context(endpoint_id))


def shown(endpoint_id: int, kept: bytes | None) -> str:
    """An address for a page: its path and query left out, all of it where it does not open."""
    try:
        return masked(opened(endpoint_id, bytes(kept or b"")))
    except cipher.UnableToOpen:
        return masking.UNOPENED


def masked(url: str) -> str:
    """An address without path and query, which may hold a partner's token.

    example : masked("https://partner.example/in/s3cret?k=1") -> "https://partner.example/…"
    """
    try:
        told = urlsplit(url)
    except ValueError:
        return masking.UNOPENED
    host = told.netloc.rpartition("@")[2]
    rest = LEFT_OUT if told.path.strip("/") or told.query or told.fragment else ""
    return f"{told.scheme}://{host}/{rest}"


def _context(endpoint_id: int) -> str:
    return words.context(Endpoint, "url_sealed", endpoint_id)
