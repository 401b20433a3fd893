"""The last look before the words are on the wire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_leave, contact_plan
from arrears.actions.contact_gate import Gate
from arrears.kernel.errors import ChannelError
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = pytest.mark.django_db
SOON = cast.NOW + timedelta(seconds=5)


@pytest.fixture
def contact_id(gate: Gate) -> str:
    """A contact whose intent is written down, and which is the last that its person's day allows."""
    cast.borrower()
    contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
    [contact_id] = Contact.objects.values_list("contact_id", flat=True)
    moves = [(contact_id, "", cast.NOW, cast.TODAY)]
    columns = ("sent_at", "local_on")
    contacts.move_many(moves, event="intend", before="PLANNED", at=cast.NOW, actor="test", columns=columns)
    return contact_id


def given(gate: Gate, contact_id: str, *, after: timedelta = timedelta(seconds=5)) -> bool:
    with contact_leave.giver(gate, judged_at=cast.NOW)([contact_id], cast.NOW + after) as allowed:
        return contact_id in allowed


def test_it_is_given_to_what_still_is_as_it_was(gate: Gate, contact_id: str) -> None:
    assert given(gate, contact_id)


def test_judged_anew_it_does_not_count_against_itself(gate: Gate, contact_id: str) -> None:
    assert given(gate, contact_id, after=contact_leave.FRESH)


@pytest.mark.parametrize(("channel", "is_given"), [("", False), ("SMS", False), ("CALL", True)])
def test_a_stop_of_its_channel_takes_it(gate: Gate, contact_id: str, channel: str, is_given: bool) -> None:
    compliance.stop(customer_id=cast.PAYS, reason="OPTED_OUT", channel=channel, at=cast.NOW, actor="test")
    assert given(gate, contact_id) is is_given


@pytest.mark.parametrize(("channel", "is_given"), [("", False), ("SMS", False), ("CALL", True)])
def test_so_does_one_set_by_a_clock_that_is_ahead(gate: Gate, contact_id: str, channel: str, is_given: bool) -> None:
    at = SOON + timedelta(seconds=2)
    compliance.stop(customer_id=cast.PAYS, reason="OPTED_OUT", channel=channel, at=at, actor="test")
    assert given(gate, contact_id) is is_given


def test_what_was_called_off_gets_none(gate: Gate, contact_id: str) -> None:
    assert contacts.cancel(customer_id=cast.PAYS, reason="paid", at=SOON, actor="test") == []
    assert not given(gate, contact_id)


def test_what_was_settled_gets_none(gate: Gate, contact_id: str) -> None:
    contacts.move_many([(contact_id, "")], event="doubt", before="SENDING", at=cast.NOW, actor="test")
    assert not given(gate, contact_id)


def test_nothing_is_begun_when_the_lease_runs_out(gate: Gate, contact_id: str) -> None:
    assert not given(gate, contact_id, after=contact_leave.BEGUN_WITHIN)


def test_hours_pass_while_it_waits(gate: Gate, contact_id: str) -> None:
    """Judged a minute before closing time, it is not spoken after it."""
    last = cast.NOW + timedelta(hours=12, minutes=29)
    Contact.objects.update(expires_at=last + timedelta(days=2))
    leave = contact_leave.giver(gate, judged_at=last)
    with (
        leave([contact_id], last + timedelta(seconds=30)) as early,
        leave([contact_id], last + contact_leave.FRESH) as late,
    ):
        assert (set(early), set(late)) == ({contact_id}, set())


def test_when_the_books_cannot_be_asked_nobody_may(
    gate: Gate, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(outbox, "lock", away)
    with pytest.raises(ChannelError, match="no leave"):
        given(gate, contact_id)


def test_what_goes_wrong_while_it_speaks_is_its_own(gate: Gate, contact_id: str) -> None:
    with pytest.raises(ValueError, match="torn"), contact_leave.giver(gate, judged_at=cast.NOW)([contact_id], SOON):
        raise ValueError("torn")


def test_what_is_proven_counts_again_from_the_moment_of_its_intent(gate: Gate, contact_id: str) -> None:
    moves = [(contact_id, "settled", "REJECTED", None, None, SOON)]
    columns = ("outcome", "sent_at", "local_on", "closed_at")
    contacts.move_many(moves, event="fail", before="SENDING", at=SOON, actor="user:1", columns=columns)

    assert contacts.prove([contact_id, "unknown"], at=SOON, actor="test") == [contact_id]

    contact = Contact.objects.get()
    assert (contact.status, contact.sent_at, contact.local_on) == (ContactStatus.SENT, cast.NOW, cast.TODAY)
    assert contacts.prove([contact_id], at=SOON, actor="test") == []
