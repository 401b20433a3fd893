"""Killed -9 at every step of sending, and started again by the same command: nobody hears a thing twice, what surely
was not begun is said by the next, what may have been heard is in doubt and waits for a person, no receipt is lost.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests import cast
from tests.fire import deaths, town
from tests.fire.crew import Crew
from tests.fire.house import House
from tests.fire.town import FarEnd

from arrears.actions import contact_resolve
from arrears.actions.contact_gate import Gate
from arrears.channels.sms_smpp.journal import Journal
from arrears.records.audit.models import Event
from arrears.records.contacts import queries
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.smsc]

DUE = 3
#: Between a death and the next run: the dead one's lease is over.
APART = contact_resolve.LEASE + timedelta(seconds=1)
SIDES = {f"{side}: {what}" for side in ("before", "after") for what in (deaths.BOOKS, deaths.JOURNAL, deaths.SAID)}


def test_at_every_step(gate: Gate, crew: Crew, house: Callable[..., House], far_end: FarEnd, tmp_path: Path) -> None:
    """The day of a worker that dies at its first step, is run again and dies at its second, until a run survives."""
    far_end.plan(keep=True)
    at, died = cast.NOW, list[str]()
    while not died or died[-1]:
        plan_for_three(len(died), gate, at)
        run = crew.start("tick", house(now=at.isoformat()), die_at=len(died) + 1)
        run.wait()
        assert run.code in {0, -signal.SIGKILL}, run.words()
        died.append(run.words().rpartition("\n")[2] if run.code else "")
        at += APART
    while far_end.owes() or Contact.objects.filter(status=ContactStatus.SENDING).exists():
        crew.run("tick", house(now=at.isoformat()))
        at += APART
    crew.run("tick", house(now=(at + timedelta(hours=1)).isoformat()))  # what nobody claims is put aside by now

    assert set(died) >= SIDES | {f"after: {deaths.HEARD}"}
    assert not far_end.repeats()
    assert set(far_end.contacts().values()) == {1}
    reached = set(far_end.contacts())
    for row in Contact.objects.select_related("person"):
        arrived = town.number_of(row.person_id) in reached
        assert row.status in ({"DELIVERED", "SENT", "IN_DOUBT"} if arrived else {"IN_DOUBT"}), row.person_id
    receipts_are_kept(far_end, tmp_path / "bind.sqlite3")
    doubts = Contact.objects.filter(status=ContactStatus.IN_DOUBT)
    assert queries.in_doubt_count() == doubts.count() > 0


def plan_for_three(number: int, gate: Gate, at: datetime) -> None:
    people = [f"R-{number * 10 + one}" for one in range(DUE)]
    town.settle(people)
    town.plan(people, gate, templates=town.TEMPLATES[:1], at=at)


def receipts_are_kept(far_end: FarEnd, path: Path) -> None:
    """Each short message that the far end reported on is known as a part of its contact, or kept as nobody's."""
    journal = Journal(path)
    orphans = set(Event.objects.filter(kind="receipt.orphan").values_list("subject_id", flat=True))
    nobodys = 0
    for short in far_end.order("shorts"):
        parts = journal.parts_named(str(short["id"]))
        if parts and len(parts) == parts[0].count:
            assert Contact.objects.get(contact_id=parts[0].contact_id).status == ContactStatus.DELIVERED
        elif not parts:
            assert str(short["id"]) in orphans
            nobodys += 1
    assert nobodys == len(orphans)
    journal.close()
