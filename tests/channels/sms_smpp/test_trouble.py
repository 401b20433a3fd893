"""What happens when the message centre is late, dies, falls silent or talks nonsense."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fire.crew import until
from tests.peers import smsc as peers

from arrears.channels import registry
from arrears.channels.base import Accepted, InDoubt, Rejected
from arrears.kernel.errors import ChannelError

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG = "长" * 150
PROGRAM = """
import datetime, sys
from arrears.channels import registry
from arrears.channels.base import Outgoing

channel = registry.open_channel(
    "sms_smpp", host="127.0.0.1", port=int(sys.argv[1]), system_id="arrears", password="secret", journal=sys.argv[2]
)
at = datetime.datetime.fromisoformat("2026-11-23T02:00:00+00:00")
channel.send([Outgoing("c1", "+8613800000001", "您好", "zh-Hans")], at=at)
"""


def only(kind, results):
    return [one for one in results if isinstance(one, kind)]


class TestLate:
    def test_a_late_answer_resolves_the_doubt(self, bind, smsc, message, eventually):
        smsc.plan(late=1, lateMs=900)
        channel = bind(response_seconds=0.5)
        (doubt,) = channel.send([message()], at=AT)
        assert isinstance(doubt, InDoubt)
        (taken,) = eventually(lambda: channel.resolve(["c1"], at=AT), lambda found: isinstance(found[0], Accepted))
        (receipt,) = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        assert (receipt.contact_id, receipt.vendor_ref) == ("c1", taken.vendor_ref)
        assert smsc.seen()["taken"] == 1

    def test_a_late_refusal_resolves_the_doubt_too(self, bind, smsc, message, eventually):
        smsc.plan(late=1, lateMs=900, refuse=1, refuseStatus=0x0B)
        channel = bind(response_seconds=0.5)
        assert isinstance(channel.send([message()], at=AT)[0], InDoubt)
        (refused,) = eventually(lambda: channel.resolve(["c1"], at=AT), lambda found: isinstance(found[0], Rejected))
        assert (refused.code, refused.permanent) == ("ESME_RINVDSTADR", True)

    def test_a_late_answer_to_the_first_of_three_parts_leaves_the_doubt(self, bind, smsc, message):
        smsc.plan(late=1, lateMs=700)
        channel = bind(response_seconds=0.5)
        channel.send([message(text=LONG)], at=AT)
        time.sleep(0.5)
        assert channel.resolve(["c1"], at=AT) == [InDoubt("c1", "part 1 of 3: the carrier did not answer in time")]
        assert smsc.seen()["submits"] == 1

    def test_a_silent_one_does_not_hold_up_the_others(self, bind, smsc, message):
        smsc.plan(silent=3)
        results = bind(window=4, response_seconds=2).send([message(number) for number in range(30)], at=AT)
        assert len(only(InDoubt, results)) == 3
        assert len(only(Accepted, results)) == 27

    def test_a_contact_whose_moment_passes_while_it_waits_is_not_said(self, bind, smsc, message):
        smsc.plan(throttle=1000)
        late = message(not_after=AT + timedelta(milliseconds=300))
        (refused,) = bind(throttle_attempts=1000).send([late], at=AT)
        assert (refused.code, refused.permanent) == ("TOO_LATE", False)
        assert smsc.order("shorts") == []


class TestDeath:
    def test_dying_in_the_middle_leaves_doubts_reconnects_and_goes_on(self, bind, smsc, message, eventually):
        smsc.plan(dieAfter=40)
        channel = bind()
        batch = [message(number) for number in range(200)]
        results = channel.send(batch, at=AT)
        doubts, taken = only(InDoubt, results), only(Accepted, results)
        assert len(doubts) + len(taken) == 200
        assert 1 <= len(doubts) <= 20
        assert smsc.seen()["binds"] == 2
        arrivals = smsc.arrivals()
        assert set(arrivals.values()) == {1}
        arrived = {text for _, text in arrivals}
        assert {one.text for one in batch if one.contact_id in {t.contact_id for t in taken}} <= arrived
        again = channel.send(batch, at=AT)
        assert {type(one) for one in only(InDoubt, again)} == {InDoubt}
        assert set(smsc.arrivals().values()) == {1}

    def test_a_centre_that_is_away_is_waited_for(self, bind, smsc, message):
        channel = bind()
        assert channel.wait_bound(5)
        port = smsc.port
        smsc.kill()
        until(lambda: not channel.wait_bound(0))  # what is sent before that is in doubt, and rightly so
        reborn: list[peers.Smsc] = []
        timer = threading.Timer(0.4, lambda: reborn.append(peers.Smsc(port)))
        timer.start()
        (taken,) = channel.send([message()], at=AT)
        timer.join()
        assert isinstance(taken, Accepted)
        assert reborn[0].seen()["binds"] == 1
        channel.close()
        reborn[0].close()

    def test_patience_ends_and_everything_is_given_back_unsaid(self, bind, smsc, message):
        smsc.kill()
        channel = bind(patience_seconds=0.3)
        began = time.monotonic()
        results = channel.send([message(number) for number in range(50)], at=AT)
        assert {(one.code, one.permanent) for one in results} == {("NOT_CONNECTED", False)}
        assert time.monotonic() - began < 2

    def test_a_carrier_that_unbinds_is_bound_again(self, bind, smsc, message, eventually):
        channel = bind()
        assert channel.wait_bound(5)
        smsc.order("unbind")
        eventually(lambda: smsc.seen()["binds"], lambda count: count == 2)
        (taken,) = channel.send([message()], at=AT)
        assert isinstance(taken, Accepted)


class TestKeepAlive:
    def test_a_quiet_link_is_kept_and_asked(self, bind, smsc, eventually):
        channel = bind(enquire_seconds=0.2)
        assert eventually(lambda: smsc.seen()["enquiries"], lambda count: count >= 2) >= 2
        assert smsc.seen()["binds"] == 1
        assert channel.wait_bound(0)

    def test_a_carrier_that_does_not_answer_any_more_is_left_and_bound_again(self, bind, smsc, eventually):
        smsc.plan(deaf=True)
        bind(enquire_seconds=0.2, response_seconds=0.5)
        assert eventually(lambda: smsc.seen()["binds"], lambda count: count >= 2) >= 2

    def test_the_carriers_own_question_is_answered(self, bind, smsc, message):
        channel = bind()
        assert channel.wait_bound(5)
        smsc.order("enquire")
        (taken,) = channel.send([message()], at=AT)
        assert isinstance(taken, Accepted)


class TestNonsense:
    def test_frames_that_cannot_be_read_do_not_break_the_link(self, bind, smsc, message):
        channel = bind()
        assert channel.wait_bound(5)
        smsc.order("garbage")
        (taken,) = channel.send([message()], at=AT)
        assert isinstance(taken, Accepted)
        assert smsc.seen()["binds"] == 1


class TestKilled:
    def test_what_was_being_said_when_the_program_was_killed_is_a_doubt(self, smsc, bind, message, tmp_path):
        smsc.plan(silent=1000)
        arguments = [sys.executable, "-c", PROGRAM, str(smsc.port), str(tmp_path / "bind.sqlite")]
        source = str(Path(registry.__file__).parents[2])
        child = subprocess.Popen(arguments, env=os.environ | {"PYTHONPATH": source}, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while smsc.seen()["taken"] < 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
        child.wait()
        smsc.plan(silent=0)
        channel = bind()
        (doubt,) = channel.send([message(1)], at=AT)
        assert isinstance(doubt, InDoubt)
        assert smsc.seen()["taken"] == 1


class TestJournalLost:
    """The disk takes nothing more, another program holds the file, it is torn: only what is written down is said."""

    def spoil(self, channel, how: str, path: Path) -> Callable[[], None]:
        """Make the journal unusable in one way; returns what mends it."""
        books = channel._journal._books
        if how == "read-only":
            books.execute("PRAGMA query_only=ON")
            return lambda: books.execute("PRAGMA query_only=OFF")
        books.execute("PRAGMA busy_timeout=50")
        holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        return holder.close

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "bind.sqlite"

    def test_a_batch_is_given_back_unsaid_and_said_once_when_the_journal_is_back(self, bind, smsc, message, path):
        channel = bind()
        assert channel.wait_bound(5)
        mend = self.spoil(channel, "locked", path)
        with pytest.raises(ChannelError, match="journal") as fault:
            channel.send([message()], at=AT)
        assert not fault.value.permanent
        assert smsc.seen()["submits"] == 0
        mend()
        (taken,) = channel.send([message()], at=AT)
        assert isinstance(taken, Accepted)
        assert smsc.seen()["submits"] == 1

    @pytest.mark.parametrize("how", ["read-only", "locked"])
    def test_an_answer_that_cannot_be_written_is_a_doubt_and_resolved_later(
        self, bind, smsc, message, path, eventually, how
    ):
        """The journal fails between the question and its answer: nobody waits for ever, and no answer is lost."""
        smsc.plan(late=10, lateMs=400)
        channel = bind()
        assert channel.wait_bound(5)
        mends: list[Callable[[], None]] = []
        threading.Timer(0.2, lambda: mends.append(self.spoil(channel, how, path))).start()
        batch = [message(number, text="长" * 60) for number in range(3)]
        results = channel.send(batch, at=AT)
        assert [type(one) for one in results] == [InDoubt] * 3
        mends[0]()
        again = channel.send(batch, at=AT)
        assert [type(one) for one in again] == [Accepted] * 3
        resolved = channel.resolve([one.contact_id for one in batch], at=AT)
        assert resolved == again
        assert set(smsc.arrivals().values()) == {1}

    def test_the_second_part_of_a_text_is_not_said_when_the_first_ones_answer_is_lost(self, bind, smsc, message, path):
        smsc.plan(late=10, lateMs=400)
        channel = bind()
        assert channel.wait_bound(5)
        threading.Timer(0.2, lambda: self.spoil(channel, "locked", path)).start()
        (doubt,) = channel.send([message(text=LONG)], at=AT)
        assert isinstance(doubt, InDoubt)
        assert smsc.seen()["submits"] == 1

    def test_what_a_person_wrote_is_not_acknowledged_until_it_is_kept(self, bind, smsc, path, eventually):
        channel = bind()
        assert channel.wait_bound(5)
        mend = self.spoil(channel, "locked", path)
        smsc.order("write", to="10690000", text="退订", coding=8, **{"from": "8613800000001"})
        eventually(lambda: smsc.seen()["binds"], lambda binds: binds > 1)
        assert smsc.seen()["acks"] == 0
        with pytest.raises(ChannelError):
            channel.receipts(at=AT)
        mend()
        eventually(lambda: channel.wait_bound(5), bool)
        smsc.order("write", to="10690000", text="退订", coding=8, **{"from": "8613800000001"})
        heard = eventually(lambda: channel.inbound(at=AT), bool)
        assert [one.text for one in heard] == ["退订"]

    def test_a_torn_file_is_said_when_it_is_opened(self, bind, path):
        path.write_bytes(b"this is no database" * 1000)
        with pytest.raises(ChannelError, match="journal"):
            bind()


def test_a_closed_channel_says_nothing(bind, smsc, message):
    channel = bind()
    channel.close()
    with pytest.raises(ChannelError):
        channel.send([message()], at=AT)


def test_refused_and_resolved_agree(bind, smsc, message):
    smsc.plan(refuse=1, refuseStatus=0x0B)
    channel = bind()
    (refused,) = channel.send([message()], at=AT)
    assert channel.resolve(["c1"], at=AT) == [refused]
    assert isinstance(refused, Rejected)
    assert isinstance(channel.resolve(["never-heard-of"], at=AT)[0], InDoubt)
