"""Fifty senders at once over the same due contacts: every cap is reached and none is passed, as the far end counts."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from tests import cast
from tests.fire import town
from tests.fire.crew import Crew, until
from tests.fire.house import House
from tests.fire.town import FarEnd

from arrears.actions.contact_gate import Gate
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.smsc]

CAP = 3
PEOPLE = [f"R-{number}" for number in range(1, 17)]


@pytest.fixture
def one_below(gate: Gate, crew: Crew, house: Callable[..., House], far_end: FarEnd) -> list[str]:
    """People who were each written to as often as a day allows but once, with four messages more that are due."""
    town.settle(PEOPLE)
    town.plan(PEOPLE, gate, templates=town.TEMPLATES[: CAP - 1])
    crew.run("tick", house())
    while set(far_end.contacts().values()) != {CAP - 1}:
        crew.run("tick", house())
    town.plan(PEOPLE, gate)
    return [town.number_of(customer_id) for customer_id in PEOPLE]


def test_fifty_threads(one_below: list[str], crew: Crew, house: Callable[..., House], far_end: FarEnd) -> None:
    crew.run("many", house(), threads=50, limit=3)

    assert far_end.contacts() == dict.fromkeys(one_below, CAP)
    assert not far_end.repeats()


def test_ten_processes_of_five_threads(
    one_below: list[str], crew: Crew, house: Callable[..., House], far_end: FarEnd
) -> None:
    """Five binds over one journal, as the workers of one house have it; and five with a journal each, as houses do."""
    journals = ["shared"] * 5 + [f"own-{number}" for number in range(5)]
    senders = [
        crew.start("many", house(journal=f"{house().journal}.{journal}"), threads=5, limit=3) for journal in journals
    ]
    for sender in senders:
        sender.end()

    assert far_end.contacts() == dict.fromkeys(one_below, CAP)
    assert not far_end.repeats()


def test_two_workers(one_below: list[str], crew: Crew, house: Callable[..., House], far_end: FarEnd) -> None:
    """The command `arrears worker`, twice, until SIGTERM."""
    workers = [crew.start("worker", house(), once=False) for _ in range(2)]
    until(lambda: far_end.contacts() == dict.fromkeys(one_below, CAP) and not outbox_is_due())
    until(lambda: far_end.acks() == far_end.centre.seen()["taken"])
    for worker in workers:
        worker.signal(signal.SIGTERM)
        worker.end()

    assert far_end.contacts() == dict.fromkeys(one_below, CAP)
    assert not far_end.repeats()


def outbox_is_due() -> bool:
    """Is anybody still to be judged? What may not be sent any more today was put off."""
    return Contact.objects.filter(status=ContactStatus.PLANNED, not_before__lte=cast.NOW).exists()
