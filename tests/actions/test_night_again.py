"""A night that runs again by a corrected tape says what is true now: nothing goes out that the first run had wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import night_contacts
from arrears.records.contacts.models import Contact, ContactEvent

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


def tape(**paid: str) -> market.Tape:
    """Three people a week late and one whose payment falls due; each may have paid yesterday."""
    made = market.Tape()
    for name, due in (("C1", -7), ("C2", -7), ("C3", -7), ("C4", 1)):
        made.customer(name, mobile=f"1380000000{name[1]}")
        made.account(f"A{name[1]}", name, first_due=DAY + timedelta(days=due), instalments=1)
        if name in paid:
            made.payment(f"P{name[1]}", f"A{name[1]}", DAY - timedelta(days=1), paid[name])
    return made


@pytest.fixture(autouse=True)
def lake(settings, tmp_path):
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2


def run(folder, made: market.Tape) -> dict[str, int]:
    nights.take(made, folder, DAY)
    [report] = nights.run(DAY)
    return report.figures["contacts"]


def planned() -> dict[str, int]:
    found = Contact.objects.filter(status="PLANNED", channel="SMS")
    return {contact.person_id: contact.facts["amount_minor"] for contact in found}


def test_texts_are_withdrawn_and_planned_anew_with_what_is_true(tmp_path):
    run(tmp_path / "first", tape())
    assert planned() == {"C1": 10_500, "C2": 10_500, "C3": 10_500, "C4": 10_500}
    kept = Contact.objects.get(person_id="C3", status="PLANNED").pk

    run(tmp_path / "second", tape(C1="50.00", C2="105.00", C4="105.00"))
    assert planned() == {"C1": 5_500, "C3": 10_500}
    assert Contact.objects.get(person_id="C3", status="PLANNED").pk == kept, "what is still true stays"
    why = ContactEvent.objects.filter(contact__person_id__in=["C1", "C4"], after="CANCELLED")
    assert {event.reason for event in why} == {"planned anew"}

    run(tmp_path / "third", tape(C1="50.00", C2="105.00", C4="105.00"))
    assert planned() == {"C1": 5_500, "C3": 10_500}
    assert Contact.objects.filter(person_id="C1", channel="SMS").count() == 2, "the same again changes nothing"

    run(tmp_path / "fourth", tape(C1="60.00", C2="105.00", C4="105.00"))
    assert planned() == {"C1": 4_500, "C3": 10_500}


def test_killed_between_the_two_it_plans_them_when_it_is_run_again(tmp_path, monkeypatch):
    run(tmp_path / "first", tape())
    nights.take(tape(C1="50.00"), tmp_path / "second", DAY)
    with monkeypatch.context() as killed:
        killed.setattr(night_contacts.contact_plan, "plan", _killed)
        with pytest.raises(KeyboardInterrupt):
            nights.run(DAY)
    assert "C1" not in planned()

    nights.run(DAY)
    assert planned()["C1"] == 5_500


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_was_sent_is_said_and_not_said_again(tmp_path):
    run(tmp_path / "first", tape())
    Contact.objects.filter(person_id="C1", status="PLANNED").update(status="SENT", sent_at=nights.moment(DAY))

    run(tmp_path / "second", tape(C1="50.00"))
    assert "C1" not in planned()
