"""Identifiers that are a function of what they name, so planning the same thing twice makes one thing.

Also the partition of a customer: `crc32(customer_id) % P`, the same in every engine.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import date


def derived_id(kind: str, *parts: object) -> str:
    """A 32-digit hex identifier derived from its parts; the same parts always give the same identifier.

    example : derived_id("case", "C1", "CNY", "2026-11-01")
    """
    text = "\x1f".join([kind, *map(str, parts)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def dated_id(on: date, kind: str, *parts: object) -> str:
    """As derived_id, but the date comes first: what one day makes stands together in an index, on a few pages.

    example : dated_id(date(2026, 11, 1), "contact", "C1", "SMS")
    """
    return f"{on.toordinal():06x}{derived_id(kind, *parts)[6:]}"


def partition_of(customer_id: str, partitions: int) -> int:
    """The lake partition that holds a customer."""
    return zlib.crc32(customer_id.encode()) % partitions
