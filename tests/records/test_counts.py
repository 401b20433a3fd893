"""A day's contacts are counted once: each has one fate, and what the gate held stays counted when it has gone out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, market, nights

from arrears.actions import contact_call, contact_send, stop_contact, wired
from arrears.records.contacts import counts, queries
from arrears.records.contacts.models import Contact, ContactEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_day(settings, tmp_path):
    """A night that plans messages for three people late by a day, one of whom had asked for no more of them."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    for number in range(3):
        tape.customer(f"C{number}", mobile=f"1380000000{number}")
        tape.account(f"A{number}", f"C{number}", first_due=cast.TODAY - timedelta(days=1))
    nights.take(tape, tmp_path, cast.TODAY)
    stop_contact.stop_contact(customer_id="C0", reason="OPTED_OUT", at=nights.moment(cast.TODAY), actor="test")
    nights.run(cast.TODAY)
    return cast.TODAY


def send(at):
    gate, channels = wired.here().gate, wired.here().open_channels()
    contact_send.send_due(at=at, limit=10, channels=channels, worker="test", gate=gate)
    wired.close_channels(channels)


def test_what_is_planned_by_night_is_held_until_eight_and_stays_counted_when_sent(a_day):
    before = counts.of_day(a_day)
    assert (before.planned, before.held, before.refused, before.waiting, before.sent) == (3, 2, 1, 2, 0)
    send(cast.NOW)
    after = counts.of_day(a_day)
    assert (after.planned, after.held, after.refused, after.waiting, after.sent) == (3, 2, 1, 0, 2)


def test_the_reasons_are_those_of_the_stored_verdicts(a_day):
    [held] = counts.why_held(a_day)
    [refused] = counts.why_refused(a_day)
    assert (held.code, held.contacts) == ("CN-GBT45251-HOURS", 2)
    assert "22:00" in held.reason["text_en"]
    assert (refused.code, refused.contacts) == ("CN-CIV-1033-SMS", 1)
    assert "declined text messages" in refused.reason["text_en"]


def test_a_call_refused_before_eight_is_refused_not_held(a_day):
    contact_call.clear_call(
        customer_id="C1",
        case_id=None,
        contact_point_id=Contact.objects.filter(person_id="C1").values_list("contact_point_id", flat=True)[0],
        at=nights.moment(a_day) + timedelta(hours=7),
        actor="user:1",
        gate=wired.here().gate,
    )
    told = counts.of_day(a_day)
    assert (told.planned, told.held, told.refused) == (4, 2, 2)


def test_the_fates_add_up_and_the_log_shows_what_is_counted(a_day):
    send(cast.NOW)
    told = counts.of_day(a_day)
    assert told.planned == told.sent + told.failed + told.refused + told.expired + told.cancelled + told.waiting
    for status, number in (("HELD", told.held), ("WENT_OUT", told.sent), ("REFUSED", told.refused), ("", told.planned)):
        assert len(queries.log_of_day(cast.supervisor(), a_day, status=status, size=50)) == number


def test_a_day_without_contacts_has_zeros():
    assert counts.of_day(cast.TODAY) == counts.DayCounts()


def test_what_failed_is_no_longer_among_what_went_out_and_keeps_the_vendors_word(a_day):
    send(cast.NOW)
    contact = Contact.objects.filter(as_of=a_day, status="SENT").first() or Contact.objects.filter(as_of=a_day)[0]
    Contact.objects.filter(pk=contact.pk).update(status="FAILED")
    ContactEvent.objects.create(contact=contact, at=cast.NOW, before="SENT", after="FAILED", reason="UNDELIV:001")
    told = counts.of_day(a_day)

    assert (told.planned, told.sent, told.failed) == (3, 1, 1)
    assert (
        len(queries.log_of_day(cast.supervisor(), a_day, status="WENT_OUT", size=50))
        == queries.tried_on(a_day) - told.failed
        == told.sent
    )
    assert queries.ends_of([contact.pk]) == {contact.pk: "UNDELIV:001"}
