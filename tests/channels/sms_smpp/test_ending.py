"""A sender that is told to end, or is killed: what it did not begin is given back, and only where that is certain."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.fire.crew import until

from arrears.channels.base import NOT_BEGUN, Accepted, InDoubt, Rejected
from arrears.channels.sms_smpp import epochs
from arrears.channels.sms_smpp.journal import Journal

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MANY = [f"c{number}" for number in range(100)]
PROGRAM = """
import datetime, sys
from arrears.channels import registry
from arrears.channels.base import Outgoing

channel = registry.open_channel(
    "sms_smpp", host="127.0.0.1", port=int(sys.argv[1]), system_id="arrears", password="secret", journal=sys.argv[2],
    rate=20,
)
at = datetime.datetime.fromisoformat("2026-11-23T02:00:00+00:00")
channel.send([Outgoing(f"c{n}", f"+86138{n:08}", f"您好{n}", "zh-Hans") for n in range(100)], at=at)
"""


def only(kind, results):
    return [one for one in results if isinstance(one, kind)]


def not_begun(results):
    return [one.contact_id for one in only(Rejected, results) if (one.code, one.permanent) == (NOT_BEGUN, False)]


@pytest.mark.smsc
class TestTold:
    def test_what_was_not_begun_is_given_back_at_once_and_may_be_said_by_the_next(self, bind, smsc, message):
        batch, channel = [message(number) for number in range(100)], bind(rate=20)
        threading.Timer(1.0, channel.hush).start()
        began = time.monotonic()
        results = channel.send(batch, at=AT)
        assert time.monotonic() - began < 4
        back = not_begun(results)
        assert len(back) + len(only(Accepted, results)) == len(batch)
        assert len(back) > 50
        assert not_begun(channel.send(batch[-1:], at=AT)) == [batch[-1].contact_id]
        channel.close()
        rest = bind().send([one for one in batch if one.contact_id in back], at=AT)
        assert len(only(Accepted, rest)) == len(back)
        assert set(smsc.arrivals().values()) == {1}
        assert len(smsc.arrivals()) == len(batch)

    def test_a_centre_that_does_not_answer_is_not_waited_for(self, bind, smsc, message):
        smsc.plan(silent=1000)
        channel = bind(window=4, response_seconds=60)
        threading.Timer(0.5, channel.hush).start()
        began = time.monotonic()
        results = channel.send([message(number) for number in range(30)], at=AT)
        channel.close()
        assert time.monotonic() - began < 9
        assert len(only(InDoubt, results)) == 4
        assert len(not_begun(results)) == 26

    def test_nor_one_that_throttles_or_is_away(self, bind, smsc, message):
        smsc.plan(throttle=1000)
        batch = [message(number) for number in range(3)]
        channel = bind(throttle_first_seconds=60, throttle_most_seconds=60)
        threading.Timer(0.5, channel.hush).start()
        assert len(not_begun(channel.send(batch, at=AT))) == 3
        smsc.kill()
        channel = bind(patience_seconds=60)
        threading.Timer(0.5, channel.hush).start()
        assert len(not_begun(channel.send(batch, at=AT))) == 3


@pytest.mark.smsc
def test_what_a_killed_sender_did_not_begin_may_be_said_and_arrives_once(bind, smsc, message, tmp_path):
    path = tmp_path / "bind.sqlite"
    killed = subprocess.Popen([sys.executable, "-c", PROGRAM, str(smsc.port), str(path)])
    until(lambda: smsc.seen()["taken"] >= 5)
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    channel = bind()
    results = channel.resolve(MANY, at=AT)
    back = not_begun(results)
    assert len(back) >= len(MANY) - 40
    assert len(back) + len(only(InDoubt, results)) + len(only(Accepted, results)) == len(MANY)
    assert len(only(InDoubt, results)) <= 3
    arrived = {text for _, text in smsc.arrivals()}
    assert not arrived & {f"您好{one.removeprefix('c')}" for one in back}
    again = channel.send([message(int(one.removeprefix("c")), text=f"您好{one[1:]}") for one in MANY], at=AT)
    assert len(only(Accepted, again)) >= len(MANY) - 3
    assert set(smsc.arrivals().values()) == {1}


class TestCertainty:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "journal.sqlite"

    def left(self, path):
        """A journal whose sender was killed with two contacts claimed, one of which it had begun."""
        sender = Journal(path)
        claim = sender.claim(["c1", "c2"], at=AT).name
        assert sender.begin(["c1"], claim) == {"c1"}
        return sender, claim

    def told(self, path):
        journal = Journal(path)
        known = journal.take_back(["c1", "c2", "c3"])
        journal.close()
        return {contact_id: type(result) for contact_id, result in known.items()}

    def test_the_same_file_knows_what_was_not_begun(self, path):
        self.left(path)
        assert self.told(path) == {"c1": InDoubt, "c2": Rejected}

    def test_what_was_taken_back_is_not_begun_by_a_sender_that_slept(self, path):
        sender, claim = self.left(path)
        self.told(path)
        assert sender.begin(["c2"], claim) == set()
        again = Journal(path).claim(["c2"], at=AT + timedelta(minutes=10))
        assert sender.begin(["c2"], claim) == set()
        assert not again.standing

    def test_another_boot_may_have_lost_the_end(self, path, tmp_path, monkeypatch):
        self.left(path)
        other = tmp_path / "boot"
        other.write_text("another")
        monkeypatch.setattr(epochs, "BOOT", other)
        assert self.told(path) == {"c1": InDoubt, "c2": InDoubt}

    def test_a_machine_that_does_not_name_its_boots_is_never_certain(self, path, tmp_path, monkeypatch):
        monkeypatch.setattr(epochs, "BOOT", tmp_path / "nowhere")
        self.left(path)
        assert self.told(path) == {"c1": InDoubt, "c2": InDoubt}

    def test_a_copy_is_another_file(self, path, tmp_path):
        sender, _ = self.left(path)
        sender.close()
        copy = tmp_path / "copy.sqlite"
        shutil.copy(path, copy)
        shutil.copy(f"{path}.begun", f"{copy}.begun")
        assert self.told(copy) == {"c1": InDoubt, "c2": InDoubt}

    def test_an_older_copy_written_over_it_is_found_out(self, path, tmp_path):
        first = Journal(path)
        claim = first.claim(["c1", "c2"], at=AT).name
        first.close()
        older = path.read_bytes()
        later = Journal(path)
        for one in ("c1", "c2"):
            later.begin([one], claim)
        later.close()
        path.write_bytes(older)
        assert self.told(path) == {"c1": InDoubt, "c2": InDoubt}

    def test_a_journal_of_an_earlier_version_is_read_on_and_takes_nothing_back(self, path):
        sender, _ = self.left(path)
        sender.close()
        with sqlite3.connect(path) as books:
            books.execute("ALTER TABLE contacts DROP COLUMN claim")
            books.execute("DROP TABLE epochs")
        assert self.told(path) == {"c1": InDoubt, "c2": InDoubt}
