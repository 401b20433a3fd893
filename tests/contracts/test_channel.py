"""The promises of `channels.base`, kept by every adapter against its own far end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.contracts import rigs
from tests.peers import smsc

from arrears.channels import registry
from arrears.channels.base import Accepted, InDoubt, Outcome, Outgoing, Rejected
from arrears.kernel.errors import ChannelError

RIGS = {"sandbox": rigs.SandboxRig, "sms_smpp": rigs.SmppRig}


@pytest.fixture(params=["sandbox", pytest.param("sms_smpp", marks=pytest.mark.smsc)])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[rigs.Rig]:
    try:
        opened = RIGS[request.param](tmp_path)
    except smsc.NoSmsc as absent:
        pytest.skip(f"SMPP not tested here: {absent}")
    yield opened
    opened.close()


def message(number: int, **changes: object) -> Outgoing:
    plain = {
        "contact_id": f"contact-{number}",
        "to": f"+86138000{number:05}",
        "text": f"您好，第{number}号账单已到期。",
        "language": "zh-Hans",
        "sender": "10690000",
    }
    return Outgoing(**(plain | changes))


def test_every_registered_adapter_has_a_rig() -> None:
    assert set(RIGS) == set(registry.ADAPTERS)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(registry.UnknownChannel, match="pigeon"):
        registry.open_channel("pigeon")


class TestSend:
    def test_answers_once_for_each_contact_in_order(self, rig: rigs.Rig) -> None:
        batch = [message(number) for number in range(40)]
        results = rig.open().send(batch, at=rig.at)
        assert [one.contact_id for one in results] == [one.contact_id for one in batch]
        assert all(isinstance(one, Accepted) for one in results)
        assert len({one.vendor_ref for one in results}) == 40
        assert rig.arrivals() == {one.text: 1 for one in batch}

    def test_only_those_with_leave_are_spoken_and_the_others_may_be_later(self, rig: rigs.Rig) -> None:
        batch, asked = [message(number, text="长" * 150) for number in range(1, 4)], list[str]()

        @contextmanager
        def leave(contact_ids: Sequence[str], at: datetime) -> Iterator[set[str]]:
            asked.extend(contact_ids)
            assert at >= rig.at
            yield set(contact_ids) - {"contact-2"}

        channel = rig.open()
        first, held_back, last = channel.send(batch, at=rig.at, leave=leave)

        assert sorted(asked) == ["contact-1", "contact-2", "contact-3"]
        assert isinstance(first, Accepted)
        assert isinstance(last, Accepted)
        assert isinstance(held_back, Rejected)
        assert (held_back.code, held_back.permanent) == ("NO_LEAVE", False)
        assert sum(rig.arrivals().values()) == 2
        assert isinstance(channel.send(batch[1:2], at=rig.at)[0], Accepted)
        assert sum(rig.arrivals().values()) == 3

    def test_nothing_is_spoken_when_nobody_can_tell_whether_it_may_be(self, rig: rigs.Rig) -> None:
        @contextmanager
        def silence(contact_ids: Sequence[str], at: datetime) -> Iterator[set[str]]:
            raise ChannelError("the books are away")
            yield set()

        channel = rig.open()
        with suppress(ChannelError):
            assert not any(isinstance(one, Accepted) for one in channel.send([message(1)], at=rig.at, leave=silence))
        assert not rig.arrivals()
        assert isinstance(channel.send([message(1)], at=rig.at)[0], Accepted)

    def test_nothing_to_say_is_no_trouble(self, rig: rigs.Rig) -> None:
        assert list(rig.open().send([], at=rig.at)) == []

    def test_the_same_contact_is_never_spoken_twice(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        first = channel.send([message(1)], at=rig.at)
        again, _ = channel.send([message(1), message(2)], at=rig.at)
        assert [again] == list(first)
        assert set(rig.arrivals().values()) == {1}

    def test_the_same_contact_is_never_spoken_twice_after_a_restart(self, rig: rigs.Rig) -> None:
        before = rig.open()
        first = before.send([message(1)], at=rig.at)
        before.close()
        assert list(rig.open().send([message(1)], at=rig.at)) == list(first)
        assert rig.arrivals() == {message(1).text: 1}

    def test_a_refused_contact_says_why_and_may_be_tried_again(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        rig.refuse_next()
        (refused,) = channel.send([message(1)], at=rig.at)
        assert isinstance(refused, Rejected)
        assert refused.permanent
        assert refused.code
        assert rig.arrivals() == {}
        (taken,) = channel.send([message(1)], at=rig.at)
        assert isinstance(taken, Accepted)

    def test_a_contact_past_its_last_moment_is_not_spoken(self, rig: rigs.Rig) -> None:
        late, timely = (
            message(1, not_after=rig.at - timedelta(seconds=1)),
            message(2, not_after=rig.at + timedelta(hours=1)),
        )
        refused, taken = rig.open().send([late, timely], at=rig.at)
        assert (refused.code, refused.permanent) == ("TOO_LATE", False)
        assert isinstance(taken, Accepted)
        assert rig.arrivals() == {timely.text: 1}


class TestDoubt:
    def test_silence_leaves_a_doubt_that_is_not_sent_again(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        rig.silence_next()
        (doubt,) = channel.send([message(1)], at=rig.at)
        assert isinstance(doubt, InDoubt)
        channel.send([message(1)], at=rig.at)
        assert rig.arrivals() == {message(1).text: 1}

    def test_resolving_answers_once_for_each_contact(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        rig.silence_next()
        channel.send([message(1), message(2)], at=rig.at)
        resolved = channel.resolve(["contact-2", "contact-1"], at=rig.at)
        assert [one.contact_id for one in resolved] == ["contact-2", "contact-1"]
        assert isinstance(resolved[0], Accepted)
        assert isinstance(resolved[1], Accepted | InDoubt)


class TestHearing:
    def test_a_receipt_names_the_accepted_contact(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        (taken,) = channel.send([message(1)], at=rig.at)
        (receipt,) = rigs.hear(lambda: channel.receipts(at=rig.at), 1)
        assert (receipt.vendor_ref, receipt.contact_id) == (taken.vendor_ref, "contact-1")
        assert receipt.outcome is Outcome.DELIVERED
        assert receipt.at.tzinfo is not None

    def test_receipts_come_again_until_they_are_confirmed(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        channel.send([message(1), message(2)], at=rig.at)
        heard = rigs.hear(lambda: channel.receipts(at=rig.at), 2)
        assert list(channel.receipts(at=rig.at)) == heard
        channel.confirm(heard[:1])
        assert list(channel.receipts(at=rig.at)) == heard[1:]

    def test_an_unconfirmed_receipt_survives_a_restart(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        channel.send([message(1)], at=rig.at)
        heard = rigs.hear(lambda: channel.receipts(at=rig.at), 1)
        channel.close()
        assert list(rig.open().receipts(at=rig.at)) == heard

    def test_a_person_who_writes_in_is_heard_until_confirmed(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        channel.send([message(1)], at=rig.at)
        rig.write_in(from_="+8613800000001", to="10690000", text="退订")
        (heard,) = rigs.hear(lambda: channel.inbound(at=rig.at), 1)
        assert (heard.from_, heard.to, heard.text) == ("+8613800000001", "10690000", "退订")
        channel.confirm([heard])
        assert list(channel.inbound(at=rig.at)) == []

    def test_the_vendor_can_be_asked_or_says_nothing(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        (taken,) = channel.send([message(1)], at=rig.at)
        rigs.hear(lambda: channel.receipts(at=rig.at), 1)
        asked = channel.inquire([taken.vendor_ref, "nobody-knows-this"], at=rig.at)
        assert [(one.vendor_ref, one.outcome) for one in asked] in ([], [(taken.vendor_ref, Outcome.DELIVERED)])


class TestClose:
    def test_closing_twice_is_harmless(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        channel.close()
        channel.close()

    def test_a_closed_channel_sends_nothing(self, rig: rigs.Rig) -> None:
        channel = rig.open()
        channel.close()
        with pytest.raises(ChannelError):
            channel.send([message(1)], at=rig.at)
