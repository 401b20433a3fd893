"""The sandbox beyond the contract: borrowers who answer, days that rotate, repeats that are counted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.contracts.rigs import TURNED

from arrears.channels import base, registry
from arrears.channels.base import Accepted, Outcome, Outgoing, Rejected
from arrears.channels.sandbox import far_end
from arrears.channels.sandbox.responders import Door, Reaction

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def message(number: int) -> Outgoing:
    return Outgoing(f"c{number}", f"+86138{number:08}", f"第{number}号", "zh-Hans", "10690000")


def answering(*reactions: Reaction):
    def respond(batch: Sequence[Outgoing], at: datetime) -> Sequence[Reaction]:
        return reactions[: len(batch)]

    return respond


def test_a_borrower_reads_and_replies_in_their_own_time(tmp_path: Path) -> None:
    reaction = Reaction(
        delay=timedelta(seconds=5), read_after=timedelta(minutes=2), reply="明天还", reply_after=timedelta(minutes=3)
    )
    channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(reaction), seal=TURNED)
    channel.send([message(1)], at=AT)
    assert list(channel.receipts(at=AT)) == []
    assert [one.outcome for one in channel.receipts(at=AT + timedelta(minutes=1))] == [Outcome.DELIVERED]
    assert [one.outcome for one in channel.receipts(at=AT + timedelta(minutes=2))] == [Outcome.DELIVERED, Outcome.READ]
    assert list(channel.inbound(at=AT + timedelta(minutes=2))) == []
    (reply,) = channel.inbound(at=AT + timedelta(minutes=3))
    assert (reply.text, reply.from_, reply.at) == ("明天还", message(1).to, AT + timedelta(minutes=3))
    channel.close()


def test_each_business_date_has_its_own_inbox_in_the_borrowers_zone(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path)
    channel.send([message(1)], at=datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    channel.send([message(2)], at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert [one.contact_id for one in channel.seen(date(2026, 11, 23))] == ["c1"]
    assert [one.contact_id for one in channel.seen(date(2026, 11, 24))] == ["c2"]
    channel.close()
    assert far_end.read_seen(tmp_path, date(2026, 11, 25)) == []


def test_a_repeat_is_counted_at_the_far_end_even_on_another_day(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path, trusting=True)
    channel.send([message(1), message(2)], at=AT)
    channel.send([message(1)], at=AT + timedelta(days=1))
    assert channel.far_end.doubles() == ["c1"]
    assert channel.far_end.arrival_counts() == {"c1": 2, "c2": 1}
    channel.close()


def test_a_message_lost_on_the_way_is_resolved_and_may_then_be_sent(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(Reaction(door=Door.MISSED)))
    channel.send([message(1)], at=AT)
    assert channel.seen(date(2026, 11, 23)) == []
    channel.responder = answering(Reaction())
    channel.send([message(1)], at=AT)
    assert channel.seen(date(2026, 11, 23)) == []
    (lost,) = channel.resolve(["c1"], at=AT)
    assert isinstance(lost, Rejected)
    assert not lost.permanent
    (taken,) = channel.send([message(1)], at=AT)
    assert isinstance(taken, Accepted)
    assert channel.far_end.arrival_counts() == {"c1": 1}
    channel.close()


def test_the_same_day_replays_to_the_same_receipts(tmp_path: Path) -> None:
    heard = []
    for folder in ("one", "two"):
        channel = registry.open_channel("sandbox", folder=tmp_path / folder)
        channel.send([message(number) for number in range(50)], at=AT)
        heard.append(list(channel.receipts(at=AT)))
        channel.close()
    assert heard[0] == heard[1]
    assert len(heard[0]) == 50


def at_rest(folder: Path) -> bytes:
    """All that stands in a sandbox's files, logs of SQLite included."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def open_to_all():
    """A machine that makes files for everybody to read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


class TestAtRest:
    REPLY = Reaction(reply="我叫王小明", reply_after=timedelta(days=1))

    def test_its_files_are_their_owners_alone_from_their_making(self, tmp_path: Path, open_to_all: None) -> None:
        folder = tmp_path / "sandbox"
        channel = registry.open_channel("sandbox", folder=folder)
        channel.send([message(1)], at=AT)
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
        channel.close()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {"far_end.sqlite", "far_end.sqlite-wal", "seen-2026-11-23.sqlite"} <= modes.keys()
        assert set(modes.values()) == {0o600}

    def test_no_number_and_no_words_stand_in_them(self, tmp_path: Path) -> None:
        channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(self.REPLY), seal=TURNED)
        channel.send([message(1)], at=AT)
        held = at_rest(tmp_path)
        (reply,) = channel.inbound(at=AT + timedelta(days=1))
        assert (reply.from_, reply.text) == (message(1).to, "我叫王小明")
        channel.confirm([reply])
        channel.close()
        held += at_rest(tmp_path)
        assert b"c1" in held
        for plain in (message(1).to[3:], message(1).text, "我叫王小明"):
            assert plain.encode() not in held
            assert ascii(plain)[1:-1].encode() not in held

    def test_a_reply_that_cannot_be_sealed_is_not_kept(self, tmp_path: Path) -> None:
        channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(self.REPLY))
        with pytest.raises(far_end.NoSeal):
            channel.send([message(1)], at=AT)
        assert channel.far_end.arrival_counts() == {}
        channel.close()

    def test_what_an_earlier_version_kept_in_plain_goes_and_its_replies_are_heard(self, tmp_path: Path) -> None:
        (tmp_path / "inbox-2026-11-22.sqlite").write_bytes(b"+8613800000001")
        books = sqlite3.connect(tmp_path / "far_end.sqlite")
        books.execute("PRAGMA journal_mode=WAL")
        books.execute(
            "CREATE TABLE replies (token INTEGER PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL,"
            " text TEXT NOT NULL, due_at TEXT NOT NULL)"
        )
        rows = [(f"+861380000000{number}", "10690000", "退订", base.stamp(AT)) for number in range(2)]
        books.executemany("INSERT INTO replies (sender, receiver, text, due_at) VALUES (?, ?, ?, ?)", rows)
        books.execute("DELETE FROM replies WHERE token = 1")  # confirmed long ago
        books.commit()
        books.close()
        (tmp_path / "far_end.sqlite").chmod(0o644)
        tmp_path.chmod(0o755)

        channel = registry.open_channel("sandbox", folder=tmp_path, seal=TURNED)

        held = at_rest(tmp_path)
        (reply,) = channel.inbound(at=AT)
        channel.close()
        assert (reply.from_, reply.to, reply.text, reply.at) == ("+8613800000001", "10690000", "退订", AT)
        assert b"13800000" not in held + at_rest(tmp_path)
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "far_end.sqlite").stat().st_mode & 0o777 == 0o600
