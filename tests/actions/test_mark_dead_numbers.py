"""A number that failed for good as often as the policy says is used no more, and who knows better takes that back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_call, contact_plan, contact_receipts, contact_send, mark_contact_point
from arrears.actions.contact_gate import Gate
from arrears.channels.base import Outcome
from arrears.channels.sandbox import adapter
from arrears.channels.sandbox.responders import Door, Reaction
from arrears.config.checks import dead_numbers_in_force
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.people.models import ContactPoint

pytestmark = pytest.mark.django_db

NOBODYS = Reaction(outcome=Outcome.FAILED, code="UNKNOWN_SUBSCRIBER")
ASLEEP = Reaction(outcome=Outcome.FAILED, code="SWITCHED_OFF")
REFUSED = Reaction(door=Door.REFUSE, code="UNKNOWN_SUBSCRIBER")


@pytest.fixture
def case() -> Case:
    cast.borrower()
    return cast.open_case()


def morning(number: int) -> datetime:
    return cast.NOW + timedelta(days=number)


def send(gate: Gate, sandbox: adapter.Sandbox, case: Case, *reactions: Reaction, first: int = 0) -> None:
    """A message a day to the borrower's own number; each comes back as it says."""
    for day, reaction in enumerate(reactions, start=first):
        at = morning(day)
        facts = {"planned_for": at, "as_of": at.date(), "expires_at": at + timedelta(hours=9)}
        contact_plan.plan([draft(case_id=case.pk, **facts)], at=at, actor="test", gate=gate)
        sandbox.responder = lambda batch, at, reaction=reaction: [reaction] * len(batch)
        contact_send.send_due(at=at, limit=9, channels={"SMS": sandbox}, worker="test", gate=gate)
        contact_receipts.take(at=at + timedelta(minutes=5), channels={"SMS": sandbox}, worker="test", gate=gate)


def invalid_since() -> datetime | None:
    return ContactPoint.objects.get().invalid_since


class TestFailuresForGood:
    @pytest.mark.parametrize("failure", [NOBODYS, REFUSED])
    def test_the_second_in_a_row_marks_the_number(
        self, gate: Gate, sandbox: adapter.Sandbox, case: Case, failure: Reaction
    ) -> None:
        send(gate, sandbox, case, failure)
        assert invalid_since() is None
        send(gate, sandbox, case, failure, first=1)

        assert invalid_since() is not None
        assert CaseEvent.objects.get(kind="point_invalid").reason == "UNDELIVERABLE"
        assert Event.objects.get(kind="point.invalid").data["reason"] == "UNDELIVERABLE"

    @pytest.mark.parametrize(
        "reactions",
        [
            (ASLEEP, ASLEEP, ASLEEP),
            (NOBODYS, Reaction(), NOBODYS),
        ],
    )
    def test_a_phone_that_is_off_or_was_reached_between_is_not_dead(
        self, gate: Gate, sandbox: adapter.Sandbox, case: Case, reactions: tuple[Reaction, ...]
    ) -> None:
        send(gate, sandbox, case, *reactions)
        assert invalid_since() is None

    def test_what_is_planned_there_is_cancelled_and_the_gate_clears_nothing_more(
        self, gate: Gate, sandbox: adapter.Sandbox, case: Case
    ) -> None:
        later = {"planned_for": morning(3), "expires_at": morning(4), "as_of": morning(3).date()}
        send(gate, sandbox, case, NOBODYS)
        contact_plan.plan([draft(case_id=case.pk, **later)], at=morning(0), actor="test", gate=gate)
        send(gate, sandbox, case, NOBODYS, first=1)

        assert not Contact.objects.filter(status=ContactStatus.PLANNED).exists()
        with pytest.raises(contact_call.NotYourContactPoint):
            contact_call.clear_call(
                customer_id=cast.PAYS,
                case_id=case.pk,
                contact_point_id=cast.own_point(cast.PAYS),
                at=morning(2),
                actor="user:1",
                gate=gate,
            )

    def test_a_colleague_takes_the_mark_back_and_the_count_begins_anew(
        self, gate: Gate, sandbox: adapter.Sandbox, case: Case
    ) -> None:
        send(gate, sandbox, case, NOBODYS, NOBODYS)
        whose = {"customer_id": cast.PAYS, "case_id": case.pk, "contact_point_id": cast.own_point(cast.PAYS)}
        mark_contact_point.mark_valid(**whose, reason="they wrote to us", at=morning(2), actor="user:1")
        send(gate, sandbox, case, NOBODYS, first=3)
        assert invalid_since() is None
        send(gate, sandbox, case, NOBODYS, first=4)
        assert invalid_since() is not None


class TestPolicy:
    def test_the_lender_says_how_often_and_a_bad_edit_changes_nothing(
        self, gate: Gate, sandbox: adapter.Sandbox, case: Case, settings, tmp_path
    ) -> None:
        settings.HOME = tmp_path
        own = tmp_path / "policies" / "dead_numbers.toml"
        own.parent.mkdir()
        own.write_text('failures = 1\n[[vendor]]\nkind = "sandbox"\ncodes = ["SWITCHED_OFF"]\n')
        assert dead_numbers_in_force() == []
        own.write_text(own.read_text() + "threshold = 3\n")

        (told,) = dead_numbers_in_force()
        assert "dead_numbers.toml:5: vendor[sandbox].threshold: unknown key; there are codes, kind" in told.msg
        send(gate, sandbox, case, ASLEEP)
        assert invalid_since() is not None
