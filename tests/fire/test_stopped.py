"""Stopped or killed in the middle of what a slow carrier takes: nobody is stranded, and nobody hears a thing twice."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests import cast
from tests.fire import town
from tests.fire.crew import Crew, until
from tests.fire.house import House
from tests.fire.town import FarEnd

from arrears.actions import contact_resolve
from arrears.actions.contact_gate import Gate
from arrears.records.contacts.models import Contact, ContactEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.smsc]

RATE = 20
PEOPLE = [f"R-{number}" for number in range(150)]
APART = contact_resolve.LEASE + timedelta(seconds=1)


def statuses() -> dict[str, int]:
    found = list(Contact.objects.values_list("status", flat=True))
    return {one: found.count(one) for one in found}


def test_sigterm_gives_back_what_was_not_begun_within_seconds(
    gate: Gate, crew: Crew, house: Callable[..., House], far_end: FarEnd
) -> None:
    town.settle(PEOPLE)
    town.plan(PEOPLE, gate, templates=town.TEMPLATES[:1])
    worker = crew.start("worker", house(rate=RATE), once=False)
    until(lambda: far_end.contacts().total() >= 3)
    began = time.monotonic()
    worker.signal(signal.SIGTERM)
    worker.end()
    assert time.monotonic() - began < 10
    said = far_end.contacts().total()
    assert statuses().keys() <= {"PLANNED", "SENT", "DELIVERED"}
    assert statuses()["PLANNED"] == len(PEOPLE) - said
    recalls = ContactEvent.objects.filter(before="SENDING", after="PLANNED")
    assert 0 < recalls.count() < RATE * 4

    later = cast.NOW + timedelta(minutes=1)
    crew.run("worker", house(now=later.isoformat()), once=True)
    assert set(far_end.contacts().values()) == {1}
    assert far_end.contacts().total() == len(PEOPLE)


def test_kill_strands_hardly_anybody(gate: Gate, crew: Crew, house: Callable[..., House], far_end: FarEnd) -> None:
    town.settle(PEOPLE)
    town.plan(PEOPLE, gate, templates=town.TEMPLATES[:1])
    at, kills = cast.NOW, 3
    for number in range(kills):
        said = far_end.contacts().total()
        worker = crew.start("worker", house(rate=RATE, now=at.isoformat()), once=False)
        until(lambda said=said: far_end.contacts().total() >= said + 3)
        worker.signal(signal.SIGKILL)
        worker.wait()
        assert 0 < statuses()["SENDING"] <= RATE * 3 * (number + 1)
        at += APART
    crew.run("worker", house(now=at.isoformat()), once=True)
    at += timedelta(seconds=30)
    crew.run("worker", house(now=at.isoformat()), once=True)

    assert not far_end.repeats()
    assert set(far_end.contacts().values()) == {1}
    # A text has two parts here: what was half said at a death is a doubt, and what had no answer yet.
    assert statuses().get("IN_DOUBT", 0) < RATE * kills
    assert far_end.contacts().total() > len(PEOPLE) - RATE * kills
    assert statuses().keys() <= {"IN_DOUBT", "SENT", "DELIVERED"}
