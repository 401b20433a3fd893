"""A carrier on a bad day: late, silent, saying things twice, hanging up, throttling. Each text arrives once or not at
all, and what the carrier told us in the end is what our books say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from tests import cast
from tests.fire import town
from tests.fire.crew import until
from tests.fire.house import House, choose, open_channels

from arrears.actions import contact_receipts, contact_resolve, contact_send
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_send import SendReport
from arrears.channels.base import Channel
from arrears.channels.sms_smpp.adapter import SmppChannel
from arrears.records.audit.models import Event
from arrears.records.contacts import queries
from arrears.records.contacts.models import Contact, ContactEvent, ContactStatus

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.smsc]

PEOPLE = [f"R-{number}" for number in range(1, 9)]
ONCE = dict.fromkeys(map(town.number_of, PEOPLE), 1)
#: More than any test sends.
ALWAYS = 10_000
LATER = cast.NOW + contact_resolve.LEASE + contact_send.RETRY


@pytest.fixture
def open_channel(house: Callable[..., House]) -> Iterator[Callable[..., SmppChannel]]:
    """The channel of the test's house, opened anew at each call; all are closed in the end."""
    opened: list[SmppChannel] = []

    def open_one(**changes: object) -> SmppChannel:
        choose(house(**changes))
        channel = open_channels()["SMS"]
        assert isinstance(channel, SmppChannel)
        opened.append(channel)
        return channel

    yield open_one
    for channel in opened:
        channel.close()


class Desk:
    """What the worker does in a tick, duty by duty, so that a test may ask between them."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def send(self, channel: Channel, *, at: datetime = cast.NOW) -> SendReport:
        return contact_send.send_due(at=at, limit=500, channels={"SMS": channel}, worker="test", gate=self._gate)

    def hear(self, channel: Channel, *, at: datetime = LATER) -> None:
        contact_receipts.take(at=at, channels={"SMS": channel}, worker="test", gate=self._gate)

    def resolve(self, channel: Channel, *, at: datetime = LATER) -> None:
        contact_resolve.resolve_in_doubt(at=at, channels={"SMS": channel}, worker="test")

    def until_all_are(self, status: ContactStatus, channel: Channel) -> None:
        """Hear and ask, as the worker does, until every contact stands so."""

        def asked() -> bool:
            self.hear(channel)
            self.resolve(channel)
            return statuses() == {status}

        until(asked)


@pytest.fixture
def desk(gate: Gate) -> Desk:
    """Eight people who are due a text of two short messages."""
    town.settle(PEOPLE)
    town.plan(PEOPLE, gate, templates=town.TEMPLATES[:1])
    return Desk(gate)


def statuses() -> set[str]:
    return set(Contact.objects.values_list("status", flat=True))


def afters() -> set[tuple[str, ...]]:
    """The ways that contacts went."""
    ways: dict[str, list[str]] = {}
    for contact_id, after in ContactEvent.objects.order_by("id").values_list("contact_id", "after"):
        ways.setdefault(contact_id, []).append(after)
    return {tuple(way) for way in ways.values()}


class TestAnswers:
    def test_late_ones_clear_the_doubt(self, desk, open_channel, far_end):
        far_end.plan(late=ALWAYS, lateMs=600, latePart=2)
        channel = open_channel(response_seconds=0.2)

        assert desk.send(channel).in_doubt == len(PEOPLE)
        assert desk.send(channel, at=LATER).sent == 0
        desk.until_all_are(ContactStatus.DELIVERED, channel)

        assert far_end.contacts() == ONCE
        assert not far_end.repeats()

    def test_those_that_never_come_leave_it_to_a_person(self, desk, gate, open_channel, far_end):
        """In doubt, it counts against the caps: of the six texts of a day, three may have been read."""
        far_end.plan(silent=ALWAYS, silentPart=2, receipts=False)
        town.plan(PEOPLE, gate)
        channel = open_channel(response_seconds=0.2)
        while desk.send(channel).sent:
            pass
        for later in (LATER, cast.NOW + timedelta(hours=8)):
            desk.resolve(channel, at=later)
            assert desk.send(channel, at=later).sent == 0

        assert far_end.contacts() == dict.fromkeys(ONCE, 3)
        assert queries.in_doubt_count() == 3 * len(PEOPLE)
        shown = queries.log_of_day(cast.supervisor(), cast.TODAY, status=ContactStatus.IN_DOUBT, size=100)
        assert len(shown) == 3 * len(PEOPLE)

    def test_those_given_twice_are_heard_once(self, desk, open_channel, far_end):
        far_end.plan(twice=True, receiptTwice=True)
        channel = open_channel()

        assert desk.send(channel).accepted == len(PEOPLE)
        desk.until_all_are(ContactStatus.DELIVERED, channel)
        until(lambda: far_end.acks() == 4 * len(PEOPLE))
        desk.hear(channel)

        assert far_end.contacts() == ONCE
        assert afters() == {("PLANNED", "SENDING", "SENT", "DELIVERED")}

    def test_a_refusal_is_no_contact_and_a_half_said_text_is_a_doubt(self, desk, open_channel, far_end):
        far_end.plan(refuse=4, refusePart=1, refuseStatus=0x0B)
        assert desk.send(open_channel()).rejected == 4
        assert far_end.contacts().total() == len(PEOPLE) - 4

    def test_a_text_refused_in_the_middle_is_a_doubt(self, desk, open_channel, far_end):
        far_end.plan(refuse=ALWAYS, refusePart=2, refuseStatus=0x0B)
        channel = open_channel()
        assert desk.send(channel).in_doubt == len(PEOPLE)
        desk.resolve(channel)
        assert desk.send(channel, at=LATER).sent == 0
        assert far_end.contacts() == ONCE


class TestLinks:
    def test_one_that_breaks_in_the_middle_of_sending(self, desk, open_channel, far_end):
        far_end.plan(dieAfter=5)
        channel = open_channel()

        report = desk.send(channel)

        assert report.in_doubt >= 1
        assert report.in_doubt + report.accepted == len(PEOPLE)
        desk.resolve(channel)
        assert desk.send(channel, at=LATER).sent == 0
        assert far_end.contacts() == ONCE

    def test_one_that_is_taken_and_dropped_at_once(self, desk, open_channel, far_end):
        far_end.plan(hangUp=3)
        assert desk.send(open_channel()).accepted == len(PEOPLE)
        assert far_end.contacts() == ONCE

    def test_one_that_never_holds_says_nothing_until_it_does(self, desk, open_channel, far_end):
        far_end.plan(hangUp=ALWAYS)
        channel = open_channel(patience_seconds=0.3)
        assert desk.send(channel).recalled == len(PEOPLE)
        assert not far_end.contacts()
        far_end.plan(hangUp=0)
        until(lambda: channel.wait_bound(1))
        assert desk.send(channel, at=LATER).accepted == len(PEOPLE)
        assert far_end.contacts() == ONCE

    def test_one_that_throttles_is_tried_again_later(self, desk, open_channel, far_end):
        far_end.plan(throttle=ALWAYS)
        channel = open_channel()
        assert desk.send(channel).recalled == len(PEOPLE)
        far_end.plan(throttle=0)
        assert desk.send(channel).sent == 0
        assert desk.send(channel, at=LATER).accepted == len(PEOPLE)
        assert far_end.contacts() == ONCE


class TestReceipts:
    def test_those_that_came_while_nobody_was_there_are_heard(self, desk, open_channel, far_end):
        far_end.plan(keep=True, hold=True)
        channel = open_channel()
        assert desk.send(channel).accepted == len(PEOPLE)
        channel.close()
        far_end.order("release")
        assert far_end.owes() == 2 * len(PEOPLE)

        desk.until_all_are(ContactStatus.DELIVERED, open_channel())

        assert far_end.owes() == 0
        assert far_end.contacts() == ONCE

    def test_those_that_come_before_the_answer_are_heard(self, desk, open_channel, far_end):
        far_end.plan(receiptFirst=True, receiptTwice=True)
        channel = open_channel()
        assert desk.send(channel).accepted == len(PEOPLE)
        desk.until_all_are(ContactStatus.DELIVERED, channel)
        assert afters() == {("PLANNED", "SENDING", "SENT", "DELIVERED")}

    def test_one_of_a_message_whose_answer_was_lost_is_kept_as_nobodys(self, desk, open_channel, far_end):
        far_end.plan(keep=True, silent=ALWAYS, silentPart=2)
        channel = open_channel(response_seconds=0.2)
        assert desk.send(channel).in_doubt == len(PEOPLE)
        until(lambda: far_end.acks() == 2 * len(PEOPLE))

        desk.hear(channel, at=cast.NOW + timedelta(hours=8))

        assert Event.objects.filter(kind="receipt.orphan").count() == len(PEOPLE)
        assert statuses() == {ContactStatus.IN_DOUBT}

    def test_one_that_comes_after_a_person_said_that_nothing_was_spoken_counts(self, desk, gate, open_channel, far_end):
        far_end.plan(keep=True, hold=True, late=ALWAYS, lateMs=600, latePart=2)
        channel = open_channel(response_seconds=0.2)
        assert desk.send(channel).in_doubt == len(PEOPLE)
        for contact_id in Contact.objects.values_list("contact_id", flat=True):
            contact_resolve.settle(contact_id=contact_id, was_spoken=False, at=cast.NOW, actor="user:1")
        far_end.plan(late=0)
        until(lambda: far_end.owes() == 2 * len(PEOPLE))
        far_end.order("release")

        desk.until_all_are(ContactStatus.DELIVERED, channel)

        town.plan(PEOPLE, gate)
        while desk.send(channel, at=LATER).sent:
            pass
        assert far_end.contacts() == dict.fromkeys(ONCE, 3)
