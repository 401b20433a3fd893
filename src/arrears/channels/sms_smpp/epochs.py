"""Since when has the journal surely lost nothing? Asked when it is opened, by one process at a time."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


def add_claims(books: sqlite3.Connection) -> None:
    """A journal of an earlier version knows no claims."""
    if "claim" not in {row[1] for row in books.execute("PRAGMA table_info(contacts)")}:
        books.execute("ALTER TABLE contacts ADD COLUMN claim TEXT")


def current(books: sqlite3.Connection, stat: os.stat_result, begun: bytes) -> str:
    """The name of the time in which nothing written here was lost: another file or another boot begins another one.

    begun : what the journal had come to, as told beside it
    A process that is killed loses nothing it wrote; a machine that is may, and so does a copy that is put back.
    """
    place = f"{stat.st_dev}:{stat.st_ino}:{_boot()}"
    row = books.execute("SELECT epoch, place, begun FROM epochs").fetchone()
    if row is None or row[1] != place or row[2] < int.from_bytes(begun):
        books.execute("BEGIN IMMEDIATE")
        row = (secrets.token_hex(8), place, max(row[2] if row else 0, int.from_bytes(begun)))
        books.execute("DELETE FROM epochs")
        books.execute("INSERT INTO epochs VALUES (?, ?, ?)", row)
        books.execute("COMMIT")
    return str(row[0])


def _boot() -> str:
    """The kernel's name of this boot; where it has none, each opening counts as a boot, and nothing is taken back."""
    try:
        return BOOT.read_text().strip() or secrets.token_hex(8)
    except OSError:
        return secrets.token_hex(8)
