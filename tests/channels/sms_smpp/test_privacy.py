"""No number and no text of a borrower's reaches the log or stays in the journal."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from arrears.channels.base import Inbound
from arrears.channels.sms_smpp import journal, mailbox, segments

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRETS = ("13800000001", "您好", "退订", "secret")


def test_the_log_names_contacts_only(bind, smsc, message, eventually):
    smsc.plan(throttle=2, late=1, lateMs=700, word="PURPLE", receiptFields=False)
    with capture_logs() as lines:
        channel = bind(response_seconds=0.4)
        channel.send([message(1)], at=AT)
        smsc.order("write", to="10690000", text="退订", coding=8, **{"from": "8613800000001"})
        smsc.order("garbage")
        eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        smsc.order("kick")
        eventually(lambda: smsc.seen()["binds"], lambda count: count == 2)
        channel.close()
    events = {line["event"] for line in lines}
    assert {"smpp.bound", "smpp.throttled", "smpp.late_answer", "smpp.unknown_code", "smpp.link_lost"} <= events
    assert not [line for line in lines for secret in SECRETS if secret in str(line)]


def test_the_journal_keeps_no_number_and_no_text_once_confirmed(bind, smsc, message, tmp_path, eventually):
    channel = bind()
    channel.send([message(1)], at=AT)
    smsc.order("write", to="10690000", text="stop please", coding=0, **{"from": "8613800000001"})
    heard = eventually(lambda: channel.inbound(at=datetime.now(UTC)), lambda found: len(found) == 1)
    beside = list(Path(tmp_path).iterdir())
    assert b"stop please" in b"".join(path.read_bytes() for path in beside), "until it is confirmed"
    channel.confirm(heard)
    kept = b"".join(path.read_bytes() for path in Path(tmp_path).iterdir())
    assert b"c1" in kept
    secrets = (b"13800000001", "您好".encode(), b"stop please")
    assert not [secret for secret in secrets if secret in kept], "while the bind stands"
    channel.close()
    kept = b"".join(path.read_bytes() for path in Path(tmp_path).iterdir())
    assert not [secret for secret in secrets if secret in kept]


def test_a_log_that_another_process_reads_is_emptied_with_the_next_confirming(tmp_path):
    path = tmp_path / "journal.sqlite3"
    book, log = journal.Journal(path), Path(f"{path}-wal")
    piece = segments.Piece(0, 1, 1, b"stop please")
    letter = mailbox.Letter(0, "8613800000001", "10690000", AT, 0, piece)
    book._books.execute("PRAGMA busy_timeout=50")
    book.heard(taken=[], results=[], reports=[], letters=[letter], at=AT)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM letters").fetchall()
    heard = Inbound(from_="8613800000001", to="10690000", text="stop please", at=AT, token="letters:1")
    book.confirm([heard])
    assert b"stop please" in log.read_bytes()
    reader.close()
    book.confirm([])
    assert log.read_bytes() == b""
    book.close()


def test_its_files_are_their_owners_alone(tmp_path):
    path = tmp_path / "smpp" / "journal.sqlite3"
    path.parent.mkdir()
    path.touch(mode=0o644)  # as an earlier version left it
    was = os.umask(0)
    try:
        book = journal.Journal(path)
        book.heard(taken=[], results=[], reports=[], letters=[], at=AT)
        assert {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()} == {
            one.name: 0o600 for one in path.parent.iterdir()
        }
        assert len(list(path.parent.iterdir())) >= 3
        book.close()
    finally:
        os.umask(was)
