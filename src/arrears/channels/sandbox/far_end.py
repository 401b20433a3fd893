"""The far end's own books: what arrived, how often, and what it still has to say back.

Called by the sandbox adapter, and by tests that look over the borrower's shoulder. `far_end.sqlite` counts arrivals per
contact_id over all days and queues receipts and replies; `seen-DATE.sqlite` tells which contacts arrived on one
business date and may be deleted when old. It trusts nobody: a contact_id that arrives twice is counted twice.

It is a vendor's memory inside our house, so it keeps no number and no text: a contact's words stand sealed in the books
and are deleted there. A reply holds both until it is confirmed, sealed by whoever opened the folder.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from arrears.channels.base import Inbound, Outcome, Outgoing, Receipt, stamp
from arrears.kernel import private
from arrears.kernel.errors import ChannelError

BOOKS = """
CREATE TABLE IF NOT EXISTS arrivals (
    contact_id TEXT PRIMARY KEY, count INTEGER NOT NULL, outcome TEXT, outcome_at TEXT, code TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipts (
    token INTEGER PRIMARY KEY, contact_id TEXT NOT NULL, outcome TEXT NOT NULL, due_at TEXT NOT NULL, code TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS receipts_due ON receipts (due_at, token);
CREATE TABLE IF NOT EXISTS sealed_replies (token INTEGER PRIMARY KEY, sealed BLOB NOT NULL, due_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sealed_replies_due ON sealed_replies (due_at, token);
"""
SEEN = """
CREATE TABLE IF NOT EXISTS day.seen (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, sender TEXT NOT NULL, language TEXT NOT NULL, contact_id TEXT NOT NULL
);
"""
PAGE = 5_000
REF_PREFIX = "sandbox-"


def ref_of(contact_id: str) -> str:
    """The far end's name for a contact."""
    return REF_PREFIX + contact_id


@dataclass(frozen=True, slots=True)
class Seen:
    """One message that lies in a borrower's inbox; who that is and what it says, the contact tells."""

    at: datetime
    sender: str
    language: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class Seal:
    """How replies are closed and opened; a channel has no keys of its own."""

    close: Callable[[str], bytes]
    open: Callable[[bytes], str]


class NoSeal(ChannelError):
    """A reply holds a number and words: without a seal it is not kept."""


#: How often, and how many seconds apart, opening a book is tried while another process is at it: ten seconds in all.
OPENING_TRIES, OPENING_PAUSE = 200, 0.05


class FarEnd:
    """One folder of books. Not thread-safe by itself: the adapter holds the lock."""

    def __init__(self, folder: Path, seal: Seal | None = None) -> None:
        private.folder(folder)  # a home of an earlier version made it for everybody to read
        self.folder = folder
        self._seal = seal
        self._day: date | None = None
        self._books = sqlite3.connect(
            private.file(folder / "far_end.sqlite"), isolation_level=None, check_same_thread=False
        )
        self._books.execute("PRAGMA busy_timeout=10000")
        self._books.execute("PRAGMA secure_delete=ON")  # of a reply that was confirmed nothing is left
        # A killed process loses nothing this way; only a power cut could, and a far end made of paper may burn.
        self._books.execute("PRAGMA synchronous=OFF")
        self._write_ahead("main")
        self._books.execute("PRAGMA cache_size=-65536")
        self._books.executescript(BOOKS)
        self._leave_plain_words()

    def _leave_plain_words(self) -> None:
        """What an earlier version wrote in plain goes: inboxes, and replies, once those that wait are sealed."""
        for old in self.folder.glob("inbox-*.sqlite*"):
            old.unlink(missing_ok=True)
        plain = "SELECT 1 FROM sqlite_master WHERE name = 'replies'"
        if self._books.execute(plain).fetchone() is None:
            return
        with self._turn():
            if self._books.execute(plain).fetchone() is None:
                return
            self._books.execute("VACUUM")  # free pages hold those that were confirmed
            with self._books:
                self._books.execute("BEGIN IMMEDIATE")
                self.queue_replies(self._books.execute("SELECT sender, receiver, text, due_at FROM replies").fetchall())
                self._books.execute("DROP TABLE replies")
            self._books.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time."""
        with private.file(self.folder / ".opening").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _write_ahead(self, book: str) -> None:
        """Turn a book to write-ahead, one process at a time.

        SQLite's own waiting does not cover this step: it says "locked" at once while another opens or leaves the book.
        """
        with self._turn():
            for left in reversed(range(OPENING_TRIES)):
                try:
                    self._books.execute(f"PRAGMA {book}.journal_mode=WAL")
                except sqlite3.OperationalError:
                    if not left:
                        raise
                    time.sleep(OPENING_PAUSE)
                else:
                    return

    def close(self) -> None:
        self._books.close()

    def begin(self, on: date) -> None:
        """Open the book of a business date and start writing."""
        if on != self._day:
            if self._day is not None:
                self._books.execute("DETACH DATABASE day")
                self._day = None
            self._books.execute("ATTACH DATABASE ? AS day", (str(private.file(_file_of(self.folder, on))),))
            self._day = on
            self._books.execute("PRAGMA day.synchronous=OFF")
            self._write_ahead("day")
            self._books.executescript(SEEN)
        self._books.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._books.execute("COMMIT")

    def rollback(self) -> None:
        self._books.execute("ROLLBACK")

    def arrive(self, rows: Iterable[tuple[str, int, str | None, str | None, str]]) -> None:
        """Count arrivals: (contact_id, 1, outcome, outcome_at, code); a count of 0 means lost on the way."""
        self._books.executemany(
            "INSERT INTO arrivals VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (contact_id) DO UPDATE SET count = count + excluded.count",
            rows,
        )

    def unlearn(self, contact_ids: Iterable[str]) -> None:
        """Forget messages that were lost on the way, so that they may be sent again."""
        self._books.execute("BEGIN IMMEDIATE")
        self._books.executemany(
            "DELETE FROM arrivals WHERE contact_id = ? AND count = 0", [(contact_id,) for contact_id in contact_ids]
        )
        self._books.execute("COMMIT")

    def show(self, batch: Iterable[Outgoing], at: datetime) -> None:
        """Put messages into the borrowers' inboxes."""
        moment = stamp(at)
        self._books.executemany(
            "INSERT INTO day.seen (at, sender, language, contact_id) VALUES (?, ?, ?, ?)",
            [(moment, one.sender or "", one.language, one.contact_id) for one in batch],
        )

    def queue_receipts(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Receipts to come: (contact_id, outcome, due_at, code)."""
        self._books.executemany("INSERT INTO receipts (contact_id, outcome, due_at, code) VALUES (?, ?, ?, ?)", rows)

    def queue_replies(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Replies to come: (sender, receiver, text, due_at). Raises NoSeal."""
        self._books.executemany(
            "INSERT INTO sealed_replies (sealed, due_at) VALUES (?, ?)",
            [(self._sealing.close(json.dumps(reply)), due_at) for *reply, due_at in rows],
        )

    def due_receipts(self, at: datetime) -> list[Receipt]:
        """The oldest page of receipts that are due."""
        rows = self._books.execute(
            "SELECT contact_id, outcome, due_at, code, token FROM receipts WHERE due_at <= ?"
            " ORDER BY due_at, token LIMIT ?",
            (stamp(at), PAGE),
        )
        return [
            Receipt(ref_of(one), Outcome(outcome), datetime.fromisoformat(due), code, one, f"receipt-{token}")
            for one, outcome, due, code, token in rows
        ]

    def due_replies(self, at: datetime) -> list[Inbound]:
        """The oldest page of replies that are due."""
        rows = self._books.execute(
            "SELECT sealed, due_at, token FROM sealed_replies WHERE due_at <= ? ORDER BY due_at, token LIMIT ?",
            (stamp(at), PAGE),
        )
        return [
            Inbound(*json.loads(self._sealing.open(sealed)), datetime.fromisoformat(due), f"reply-{token}")
            for sealed, due, token in rows
        ]

    @property
    def _sealing(self) -> Seal:
        if self._seal is None:
            raise NoSeal("The sandbox keeps no reply without a seal.")
        return self._seal

    def forget(self, tokens: Iterable[str]) -> None:
        """Drop receipts and replies that were confirmed."""
        by_kind: dict[str, list[tuple[int]]] = {"receipt": [], "reply": []}
        for token in tokens:
            kind, number = token.split("-")
            by_kind[kind].append((int(number),))
        self._books.execute("BEGIN IMMEDIATE")
        self._books.executemany("DELETE FROM receipts WHERE token = ?", by_kind["receipt"])
        self._books.executemany("DELETE FROM sealed_replies WHERE token = ?", by_kind["reply"])
        self._books.execute("COMMIT")

    def known(self, contact_ids: Sequence[str]) -> dict[str, int]:
        """contact_id → how often it arrived, of those that were ever sent."""
        found: dict[str, int] = {}
        for start in range(0, len(contact_ids), 500):
            page = contact_ids[start : start + 500]
            marks = ",".join("?" * len(page))
            query = f"SELECT contact_id, count FROM arrivals WHERE contact_id IN ({marks})"  # noqa: S608 (only marks)
            found.update(self._books.execute(query, page))
        return found

    def outcome_of(self, vendor_ref: str, at: datetime) -> Receipt | None:
        """What a borrower's phone did with a message by `at`, if that is known."""
        row = self._books.execute(
            "SELECT contact_id, outcome, outcome_at, code FROM arrivals"
            " WHERE contact_id = ? AND count > 0 AND outcome IS NOT NULL AND outcome_at <= ?",
            (vendor_ref.removeprefix(REF_PREFIX), stamp(at)),
        ).fetchone()
        if row is None:
            return None
        contact_id, outcome, outcome_at, code = row
        return Receipt(vendor_ref, Outcome(outcome), datetime.fromisoformat(outcome_at), code, contact_id)

    def arrival_counts(self) -> dict[str, int]:
        """contact_id → how often it arrived, ever."""
        return dict(self._books.execute("SELECT contact_id, count FROM arrivals"))

    def doubles(self) -> list[str]:
        """The contact_ids that arrived more than once: each is a harm done."""
        return [row[0] for row in self._books.execute("SELECT contact_id FROM arrivals WHERE count > 1")]


def read_seen(folder: Path, on: date) -> list[Seen]:
    """What borrowers saw on a business date, in order of arrival; empty when nothing arrived."""
    path = _file_of(folder, on)
    if not path.exists():
        return []
    books = sqlite3.connect(path)
    try:
        rows = books.execute("SELECT at, sender, language, contact_id FROM seen ORDER BY number")
        return [Seen(datetime.fromisoformat(at), *rest) for at, *rest in rows]
    finally:
        books.close()


def _file_of(folder: Path, on: date) -> Path:
    return folder / f"seen-{on.isoformat()}.sqlite"
