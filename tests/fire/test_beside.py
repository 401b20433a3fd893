"""Two things at one moment: a stop, a payment or a closed case beside a message on its way; agents beside workers.

The carrier keeps the first person's answer to itself, so the second one's message stands at the very door, its intent
written down and no word of it said, when the other thing is committed. After that commit nothing may arrive.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.db import transaction
from tests import cast, market, nights
from tests.fire import town
from tests.fire.crew import Crew, Sender, until
from tests.fire.house import House
from tests.fire.town import FarEnd

from arrears.actions import contact_resolve, contact_send, stop_contact, take_payment
from arrears.actions.contact_gate import Gate
from arrears.records.contacts import operations as contacts
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.smsc]

TWO = ("R-1", "R-2")
NO_CASES: Mapping[str, str] = {}
CAP = 3


class Door:
    """A worker whose second message waits for the first one's answer; `second` is whose it is."""

    def __init__(self, crew: Crew, house: Callable[..., House], far_end: FarEnd) -> None:
        self._crew, self._house, self._far_end = crew, house, far_end
        self.first = self.second = ""

    def settled(self) -> tuple[str, ...]:
        town.settle(TWO)
        return TWO

    def reach(self, gate: Gate, cases: Mapping[str, str] = NO_CASES) -> Sender:
        for customer_id in self.settled():
            town.plan([customer_id], gate, templates=town.TEMPLATES[:1], case_id=cases.get(customer_id))
        self._far_end.plan(mute=True)
        worker = self._crew.start("tick", self._house(window=1, response_seconds=120))
        until(lambda: self._far_end.contacts().total() == 1)
        self.first, self.second = sorted(TWO, key=lambda one: -self._far_end.contacts()[town.number_of(one)])
        assert ends_of(self.second) == {ContactStatus.SENDING}
        return worker

    def said(self) -> list[str]:
        """Who was spoken to, once each."""
        return sorted(one for one in TWO for _ in range(self._far_end.contacts()[town.number_of(one)]))

    def open(self, worker: Sender) -> None:
        """Let the carrier answer; the worker ends what it was doing, and another one does what is left today."""
        self._far_end.order("speak")
        worker.end()
        later = cast.NOW + contact_send.RETRY + timedelta(minutes=1)
        self._crew.run("tick", self._house(now=later.isoformat()))


@pytest.fixture
def door(crew: Crew, house: Callable[..., House], far_end: FarEnd) -> Door:
    return Door(crew, house, far_end)


@pytest.fixture
def late(settings, tmp_path):
    """The two are late with an account each, as the lender's tape tells."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    for customer_id in TWO:
        tape.customer(customer_id, mobile=town.number_of(customer_id)[2:])
        tape.account(f"A-{customer_id}", customer_id, first_due=cast.TODAY - timedelta(days=7))
    nights.take(tape, tmp_path, cast.TODAY)


def ends_of(customer_id: str) -> set[str]:
    return set(Contact.objects.filter(person_id=customer_id).values_list("status", flat=True))


class TestAtTheDoor:
    def test_without_anything_beside_it_it_goes_out(self, door, gate, far_end):
        door.open(door.reach(gate))
        assert door.said() == list(TWO)

    @pytest.mark.parametrize("channel", ["", "SMS"])
    def test_a_stop_that_is_committed_holds(self, door, gate, far_end, channel):
        worker = door.reach(gate)
        stop_contact.stop_contact(
            customer_id=door.second, reason="OPTED_OUT", channel=channel, at=cast.NOW, actor="test"
        )
        door.open(worker)

        assert door.said() == [door.first]
        assert ends_of(door.second) <= {ContactStatus.EXPIRED, ContactStatus.REFUSED}

    def test_a_stop_of_another_channel_lets_it_go(self, door, gate, far_end):
        worker = door.reach(gate)
        stop_contact.stop_contact(
            customer_id=door.second, reason="OPTED_OUT", channel="CALL", at=cast.NOW, actor="test"
        )
        door.open(worker)
        assert door.said() == list(TWO)

    def test_a_payment_that_is_taken_holds_what_was_said_of_the_old_amount(self, door, gate, late):
        worker = door.reach(gate)
        take_payment.take_payment(
            payment_id="P1",
            account_id=f"A-{door.second}",
            amount_minor=4_000,
            currency="CNY",
            paid_on=cast.TODAY,
            channel="BANK",
            source="API",
            as_of=cast.TODAY,
            at=cast.NOW,
            actor="api:1",
        )
        door.open(worker)

        assert door.said() == [door.first]
        assert ends_of(door.second) == {ContactStatus.EXPIRED}

    def test_a_case_that_closes_lets_go_of_it(self, door, gate):
        cases = {customer_id: cast.open_case(customer_id).case_id for customer_id in door.settled()}
        worker = door.reach(gate, cases)
        contacts.cancel_of_cases(case_ids=[cases[door.second]], reason="case closed", at=cast.NOW, actor="night")
        door.open(worker)

        assert door.said() == [door.first]
        assert ends_of(door.second) == {ContactStatus.EXPIRED}

    def test_what_was_let_go_does_not_come_back_when_the_carrier_gives_it_back(self, door, gate, far_end, crew, house):
        """It was begun, and refused: what is tried again later is only what is still wanted then."""
        town.settle(TWO[:1])
        town.plan(TWO[:1], gate, templates=town.TEMPLATES[:1])
        far_end.plan(mute=True, refuse=1, refuseStatus=0x14)  # its queue is full
        worker = crew.start("tick", house())
        until(lambda: far_end.centre.seen()["submits"] == 1)
        contacts.cancel(customer_id=TWO[0], reason="payment taken", at=cast.NOW, actor="test")
        door.open(worker)

        assert not far_end.contacts()
        assert ends_of(TWO[0]) == {ContactStatus.EXPIRED}

    def test_a_sender_that_slept_says_nothing_that_others_gave_up(self, door, gate, far_end, crew, house):
        """Stopped for longer than its lease: a person settled that nothing was said, and another message went out."""
        worker = door.reach(gate)
        with transaction.atomic():  # it does not fall asleep with these rows, or on SQLite the books, locked
            list(Contact.objects.select_for_update())
            worker.signal(signal.SIGSTOP)
        later = cast.NOW + contact_resolve.LEASE + timedelta(minutes=1)
        second = Contact.objects.get(person_id=door.second)
        crew.run("tick", house(now=later.isoformat(), journal=f"{house().journal}.other"))
        contact_resolve.settle(contact_id=second.contact_id, was_spoken=False, at=later, actor="user:1")
        town.plan([door.second], gate, templates=["EARLY_D7", "EARLY_D15", "EARLY_D30"], at=later)
        far_end.order("speak")
        for minute in range(3):
            at = later + timedelta(minutes=minute)
            crew.run("tick", house(now=at.isoformat(), journal=f"{house().journal}.other"))
        assert far_end.contacts()[town.number_of(door.second)] == CAP

        worker.signal(signal.SIGCONT)
        worker.end()

        assert far_end.contacts()[town.number_of(door.second)] == CAP
        second.refresh_from_db()
        assert second.status == ContactStatus.FAILED


class TestAgents:
    """Each person may be contacted once more today, by whichever medium."""

    def test_agents_and_workers_share_a_cap(self, gate, far_end, crew, house):
        people = [f"R-{number}" for number in range(1, 9)]
        town.settle(people)
        town.plan(people, gate, templates=town.TEMPLATES[: CAP - 1])
        for minute in range(CAP - 1):
            crew.run("tick", house(now=(cast.NOW + timedelta(minutes=minute)).isoformat()))
        assert far_end.contacts() == dict.fromkeys(map(town.number_of, people), CAP - 1)
        town.plan(people, gate)
        points = [cast.own_point(customer_id) for customer_id in people]

        desks = [
            crew.start("call", house(), customer_ids=people[::step], points=points[::step], agents=4)
            for step in (1, -1)
        ]
        workers = [crew.start("many", house(), threads=4, limit=2) for _ in range(2)]
        for sender in desks + workers:
            sender.end()

        dialled = Counter(line.split()[1] for desk in desks for line in desk.words().splitlines())
        written = far_end.contacts()
        assert {one: written[town.number_of(one)] + dialled[one] for one in people} == dict.fromkeys(people, CAP)
