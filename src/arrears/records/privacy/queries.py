"""The vault's keys as people may see them, and what is under each."""

from __future__ import annotations

from typing import Any

from arrears.records.privacy import fields, resealing, wrapping
from arrears.records.privacy.operations import KeyRow, all_keys

__all__ = ["all_keys", "told", "used"]


def told(row: KeyRow) -> dict[str, Any]:
    """A key in words; no part of it is told."""
    if row.is_newest:
        state = f"in use, {row.made_at:%Y-%m-%d}"
    else:
        state = f"retired {row.retired_at:%Y-%m-%d}" if row.retired_at else "to be moved"
    return {
        "key": f"{wrapping.WORDS[row.purpose]} {row.number}",
        "purpose": row.purpose,
        "number": row.number,
        "algorithm": row.algorithm,
        "master": row.master,
        "made_at": row.made_at.isoformat(),
        "retired_at": row.retired_at.isoformat() if row.retired_at else None,
        "state": state,
    }


def used() -> dict[tuple[str, int], int]:
    """(purpose, number) → how many values of the books are under that key."""
    found: dict[tuple[str, int], int] = {}
    for table in fields.registered():
        for purpose, number, count in resealing.used(table):
            found[purpose, number] = found.get((purpose, number), 0) + count
    return found
