"""What we have said to a carrier and heard, on disk, so that neither a crash nor a restart forgets or repeats anything.

Called by the adapter: `claim` when a batch is handed over, `begin` right before words leave, `heard` and `settle` when
answers come, the rest when asked. What is claimed and not begun was surely not said, as long as this is the very file
and the very boot of the machine that the claim was made with: only a claim of the present epoch is `take_back`.

It holds references and outcomes, no number and no text of ours; what people wrote to us stays only until it is
confirmed. One SQLite file a house, shared by the binds of its workers: what one of them was answered, another may be
reported on. Every method is one short transaction, and may be called from any thread.

A disk that is full, locked or broken is a JournalFault. What the carrier answered meanwhile is owed: it is kept in
memory and written with the next thing that can be.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from arrears.channels.base import NOT_BEGUN, Accepted, Inbound, InDoubt, Outcome, Receipt, Rejected, Result, stamp
from arrears.channels.sms_smpp import epochs, mailbox, receipts, segments
from arrears.channels.sms_smpp.schema import SCHEMA
from arrears.kernel import private
from arrears.kernel.errors import ChannelError

PAGE = 5_000
CLAIMED, INTENDED, ACCEPTED, REJECTED, DOUBT = "CLAIMED", "INTENDED", "ACCEPTED", "REJECTED", "DOUBT"


class JournalFault(ChannelError):
    """The journal cannot be read or written just now; nothing may be said that it does not hold."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One short message that the carrier took."""

    message_id: str
    contact_id: str
    number: int
    count: int
    sender: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """name: what `begin` is asked with; standing: what is known of contacts that were begun before."""

    name: str
    standing: Mapping[str, Result]


class Journal:
    """The memory of a house's binds to one carrier."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        self._owed: tuple[list[Taken], list[Result]] = ([], [])
        self._is_log_stale = True  # what a process that was killed had confirmed may stand in it still
        with _faults():
            Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with private.file(Path(f"{path}.opening")).open("a") as lock:
                # Who makes a file one with a write-ahead log waits for nobody: processes that begin at once take turns.
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._books = sqlite3.connect(private.file(Path(path)), isolation_level=None, check_same_thread=False)
                for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
                    self._books.execute(f"PRAGMA {pragma}")
                self._books.executescript(SCHEMA)
                epochs.add_claims(self._books)
                self._begun = os.open(f"{path}.begun", os.O_RDWR | os.O_CREAT, 0o600)
                self._epoch = epochs.current(self._books, Path(path).stat(), os.pread(self._begun, 8, 0))

    def close(self) -> None:
        with self._lock:
            self._books.close()
            if self._begun >= 0:
                os.close(self._begun)
                self._begun = -1

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _faults():
            try:
                self._books.execute("BEGIN IMMEDIATE")
                _take(self._books, self._owed[0])
                _settle(self._books, self._owed[1])
                yield self._books
                self._books.execute("COMMIT")
            except BaseException:
                if self._books.in_transaction:
                    self._books.execute("ROLLBACK")
                raise
            self._owed = ([], [])

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _faults():
            yield self._books

    def owe(self, *, taken: Sequence[Taken], results: Sequence[Result]) -> None:
        """What could not be written goes with the next writing; lost with the process, it leaves an intent behind."""
        with self._lock:
            self._owed[0].extend(taken)
            self._owed[1].extend(results)

    def claim(self, contact_ids: Sequence[str], *, at: datetime) -> Claim:
        """Write down that these will be said, except those that were begun: their standing is told instead."""
        claim = f"{self._epoch}:{secrets.token_hex(8)}"
        with self._writing() as books:
            known = _standing(books, contact_ids)
            standing: dict[str, Result] = {
                one: result for one, result in known.items() if not isinstance(result, Rejected)
            }
            moment = stamp(at)
            books.executemany(
                "INSERT INTO contacts VALUES (?, ?, ?, '', '', 0, NULL, ?) ON CONFLICT (contact_id) DO UPDATE"
                " SET at = excluded.at, state = excluded.state, code = '', message = '', permanent = 0,"
                " claim = excluded.claim",
                [(one, moment, CLAIMED, claim) for one in contact_ids if one not in standing],
            )
        return Claim(claim, standing)

    def begin(self, contact_ids: Sequence[str], claim: str) -> set[str]:
        """Write down that words of these are about to leave; those that are no longer this claim's are left out."""
        with self._writing() as books:
            # Never ahead of the journal: a journal that is behind it is an older copy put back.
            count: int = books.execute("SELECT begun FROM epochs").fetchone()[0]
            os.pwrite(self._begun, count.to_bytes(8), 0)
            books.execute("UPDATE epochs SET begun = begun + 1")
            begin = "UPDATE contacts SET state = ? WHERE contact_id = ? AND state = ? AND claim = ?"
            ours = {one for one in contact_ids if books.execute(begin, (INTENDED, one, CLAIMED, claim)).rowcount}
        os.pwrite(self._begun, (count + 1).to_bytes(8), 0)
        return ours

    def take_back(self, contact_ids: Sequence[str]) -> dict[str, Result]:
        """What is known of contacts whose sender is gone; what it surely did not begin, nobody can begin any more.

        What was written before the machine began anew, or by another file's hand, may have lost its end: no word of it
        lets a contact be said again.
        """
        with self._writing() as books:
            query = "SELECT contact_id, claim FROM contacts WHERE state = 'CLAIMED' AND contact_id IN"
            ours = [row[0] for row in _select(books, query, contact_ids) if self._is_of_now(row[1])]
            back = [Rejected(one, NOT_BEGUN, "Its sender ended before it was begun.", False) for one in ours]
            _settle(books, back)
            known = _standing(books, contact_ids)
            query = "SELECT contact_id, claim FROM contacts WHERE contact_id IN"
            for contact_id, claim in _select(books, query, contact_ids):
                result = known[contact_id]
                if isinstance(result, Rejected) and not result.permanent and not self._is_of_now(claim):
                    known[contact_id] = InDoubt(contact_id, "This journal may have lost what was written last.")
        return known

    def _is_of_now(self, claim: str | None) -> bool:
        return (claim or "").partition(":")[0] == self._epoch

    def heard(
        self,
        *,
        taken: Sequence[Taken],
        results: Sequence[Result],
        reports: Sequence[receipts.Part],
        letters: Sequence[mailbox.Letter],
        at: datetime,
    ) -> None:
        """Write down one breath of the carrier's."""
        with self._writing() as books:
            _take(books, taken)
            _settle(books, results)
            final = {one.message_id: one for one in reports if one.outcome is not None}
            unowned = _report(books, final)
            books.executemany(
                "INSERT OR IGNORE INTO orphans VALUES (?, ?, ?, ?, ?)",
                [(one.message_id, one.outcome, stamp(one.at), one.code, stamp(at)) for one in unowned],
            )
            books.executemany(
                "INSERT INTO letters (sender, receiver, at, coding, reference, count, number, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                map(_letter_row, letters),
            )

    def settle(self, results: Sequence[Result]) -> None:
        """Write down how contacts ended that the carrier did not decide."""
        with self._writing() as books:
            _settle(books, results)

    def receipts(self, *, at: datetime, orphans_after: timedelta) -> list[Receipt]:
        """The oldest page of unconfirmed receipts; an orphan nobody claimed is given out under the carrier's id."""
        with self._writing() as books:
            unclaimed = (stamp(at - orphans_after),)
            books.execute(
                "INSERT INTO receipts (vendor_ref, outcome, at, code)"
                " SELECT message_id, outcome, at, code FROM orphans WHERE heard_at <= ? ORDER BY heard_at, message_id",
                unclaimed,
            )
            books.execute("DELETE FROM orphans WHERE heard_at <= ?", unclaimed)
            rows = books.execute(
                "SELECT vendor_ref, outcome, at, code, contact_id, token FROM receipts ORDER BY token LIMIT ?", (PAGE,)
            ).fetchall()
        return [
            Receipt(ref, Outcome(outcome), datetime.fromisoformat(when), code, contact_id, f"receipt:{token}")
            for ref, outcome, when, code, contact_id, token in rows
        ]

    def letters(self) -> list[mailbox.Letter]:
        """The oldest page of unconfirmed short messages from people."""
        with self._reading() as books:
            rows = books.execute("SELECT * FROM letters ORDER BY token LIMIT ?", (PAGE,)).fetchall()
        return [
            mailbox.Letter(row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4], segments.Piece(*row[5:]))
            for row in rows
        ]

    def confirm(self, heard: Iterable[Receipt | Inbound]) -> None:
        """Forget what was recorded elsewhere."""
        rows: dict[str, list[tuple[int]]] = {"receipt": [], "letters": []}
        for one in heard:
            table, _, numbers = one.token.partition(":")
            rows[table] += [(int(number),) for number in numbers.split(",")]
        with self._writing() as books:
            books.executemany("DELETE FROM receipts WHERE token = ?", rows["receipt"])
            books.executemany("DELETE FROM letters WHERE token = ?", rows["letters"])
            self._is_log_stale = self._is_log_stale or bool(rows["letters"])
        self._empty_log()

    def _empty_log(self) -> None:
        """What people wrote is overwritten where it stood, and stands in the write-ahead log until that is emptied.

        Not while another process reads what the log alone holds: then the next confirming does it.
        """
        if self._is_log_stale:
            with self._lock, _faults():
                is_busy, _pages, _moved = self._books.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._is_log_stale = bool(is_busy)

    def parts_named(self, vendor_ref: str) -> list[Taken]:
        """The short messages of the contact whose first one has this id."""
        with self._reading() as books:
            rows = books.execute(
                "SELECT message_id, contact_id, number, count, sender FROM parts WHERE contact_id ="
                " (SELECT contact_id FROM parts WHERE message_id = ?) ORDER BY number",
                (vendor_ref,),
            )
            return [Taken(*row) for row in rows]

    def prune(self, before: datetime) -> None:
        """Forget contacts so old that nobody will ask or report any more."""
        with self._writing() as books:
            moment = (stamp(before),)
            old = "SELECT contact_id FROM contacts WHERE at < ?"
            books.execute(f"DELETE FROM parts WHERE contact_id IN ({old})", moment)  # noqa: S608  a query of ours
            books.execute("DELETE FROM contacts WHERE at < ?", moment)


@contextmanager
def _faults() -> Iterator[None]:
    """Whatever the disk or its file does is one kind of trouble to who asks."""
    try:
        yield
    except (sqlite3.Error, OSError) as fault:
        raise JournalFault(f"the journal: {fault}") from fault


def _take(books: sqlite3.Connection, taken: Sequence[Taken]) -> None:
    # Carriers begin their ids anew after a restart: the newest owner of an id is the one that receipts mean.
    books.executemany(
        "INSERT OR REPLACE INTO parts (message_id, contact_id, number, count, sender) VALUES (?, ?, ?, ?, ?)",
        [(one.message_id, one.contact_id, one.number, one.count, one.sender) for one in taken],
    )
    if not taken or books.execute("SELECT 1 FROM orphans LIMIT 1").fetchone() is None:
        return
    ids = [one.message_id for one in taken]
    early = {
        row[0]: _as_part(row)
        for row in _select(books, "SELECT message_id, outcome, at, code FROM orphans WHERE message_id IN", ids)
    }
    books.executemany("DELETE FROM orphans WHERE message_id = ?", [(message_id,) for message_id in early])
    _report(books, early)


def _select(books: sqlite3.Connection, query: str, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query whose last words are `column IN`, for any number of keys."""
    for start in range(0, len(keys), 500):
        page = keys[start : start + 500]
        yield from books.execute(f"{query} ({','.join('?' * len(page))})", page).fetchall()


def _settle(books: sqlite3.Connection, results: Sequence[Result]) -> None:
    books.executemany(
        "UPDATE contacts SET state = ?, code = ?, message = ?, permanent = ? WHERE contact_id = ?",
        map(_settled, results),
    )


def _settled(result: Result) -> tuple[object, ...]:
    if isinstance(result, Rejected):
        return (REJECTED, result.code, result.message, result.permanent, result.contact_id)
    if isinstance(result, InDoubt):
        return (DOUBT, "", result.message, False, result.contact_id)
    return (ACCEPTED, "", "", False, result.contact_id)


def _report(books: sqlite3.Connection, reports: Mapping[str, receipts.Part]) -> list[receipts.Part]:
    """Note what became of short messages, and of each contact when that is now certain; nobody's reports return."""
    owners = {
        row[0]: row[1:]
        for row in _select(
            books, "SELECT message_id, contact_id, count, outcome FROM parts WHERE message_id IN", list(reports)
        )
    }
    news = [one for message_id, one in reports.items() if message_id in owners and owners[message_id][2] is None]
    books.executemany(
        "UPDATE parts SET outcome = ?, at = ?, code = ? WHERE message_id = ?",
        [(one.outcome, stamp(one.at), one.code, one.message_id) for one in news],
    )
    whole: dict[str, receipts.Part] = {}
    for one in news:
        contact_id, count, _ = owners[one.message_id]
        merged = one if count == 1 else _merged(books, contact_id, count)
        if merged is not None:
            whole[contact_id] = merged
    _tell(books, whole)
    return [one for message_id, one in reports.items() if message_id not in owners]


def _merged(books: sqlite3.Connection, contact_id: str, count: int) -> receipts.Part | None:
    rows = books.execute(
        "SELECT message_id, outcome, at, code FROM parts WHERE contact_id = ? ORDER BY number", (contact_id,)
    )
    return receipts.merge([_as_part(row) for row in rows], count)


def _tell(books: sqlite3.Connection, whole: Mapping[str, receipts.Part]) -> None:
    """Give out the receipts of contacts, once each."""
    query = "SELECT contact_id FROM contacts WHERE outcome IS NULL AND contact_id IN"
    fresh = [(row[0], whole[row[0]]) for row in _select(books, query, list(whole))]
    books.executemany("UPDATE contacts SET outcome = ? WHERE contact_id = ?", [(one.outcome, of) for of, one in fresh])
    books.executemany(
        "INSERT INTO receipts (vendor_ref, outcome, at, code, contact_id) VALUES (?, ?, ?, ?, ?)",
        [(one.message_id, one.outcome, stamp(one.at), one.code, contact_id) for contact_id, one in fresh],
    )


def _as_part(row: tuple[str, str | None, str | None, str | None]) -> receipts.Part:
    message_id, outcome, at, code = row
    when = datetime.fromisoformat(at) if at else datetime.min.replace(tzinfo=UTC)
    return receipts.Part(message_id, Outcome(outcome) if outcome else None, when, code or "")


def _letter_row(letter: mailbox.Letter) -> tuple[object, ...]:
    piece = letter.piece
    place = (piece.reference, piece.count, piece.number, piece.body)
    return (letter.from_, letter.to, stamp(letter.at), letter.coding, *place)


def _standing(books: sqlite3.Connection, contact_ids: Sequence[str]) -> dict[str, Result]:
    found: dict[str, Result] = {}
    query = "SELECT contact_id, state, code, message, permanent FROM contacts WHERE contact_id IN"
    for contact_id, state, code, message, permanent in _select(books, query, contact_ids):
        if state == CLAIMED:  # said by nobody so far
            found[contact_id] = Rejected(contact_id, NOT_BEGUN, "It was not begun.", False)
        elif state == REJECTED:
            found[contact_id] = Rejected(contact_id, code, message, bool(permanent))
        else:
            found[contact_id] = _stands(books, contact_id, message)
    return found


def _stands(books: sqlite3.Connection, contact_id: str, message: str) -> Result:
    """Accepted once every part was taken, be it late or after a crash; else a doubt."""
    rows = books.execute(
        "SELECT message_id, count FROM parts WHERE contact_id = ? ORDER BY number", (contact_id,)
    ).fetchall()
    if rows and len(rows) == rows[0][1]:
        return Accepted(contact_id, rows[0][0], rows[0][1])
    return InDoubt(contact_id, message or "It was being sent when the program ended or is being sent just now.")
