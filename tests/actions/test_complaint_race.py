"""Two at once: one answer stands and the other colleague is told; the same complaint told twice is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast
from tests.actions.test_complaints import answer, intake
from tests.actions.test_late_race import both

from arrears.actions import lift_stop, stop_contact, take_complaint
from arrears.records.audit.models import Event
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Stop

pytestmark = pytest.mark.django_db(transaction=True)

LATER = cast.NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def books():
    cast.borrower()
    cast.open_case()


def take(gate, **changes: object) -> None:
    take_complaint.take(intake=intake(**changes), at=cast.NOW, actor="user:1", gate=gate)


def test_one_of_two_answers_stands(gate):
    take(gate)
    refused = both(lambda number: answer(outcome=("UPHELD", "NOT_UPHELD")[number], actor=f"user:{number + 2}"))

    assert len(refused) == 1
    assert refused[0] in {"no_such_transition", "unable_to_move_complaint"}
    assert Event.objects.filter(kind="complaint.answered").count() == 1
    assert Event.objects.filter(kind="compliance.lifted").count() == 1
    told = Event.objects.get(kind="complaint.answered")
    assert (told.data["outcome"], told.actor) == (Complaint.objects.get().outcome, Complaint.objects.get().ended_by)


def test_the_last_of_two_complaints_of_one_person_ends_the_peace(gate):
    take(gate)
    take(gate, complaint_id="2" * 32, text="利息算错了")
    assert both(lambda number: answer(f"{number + 1}" * 32)) == []

    assert Stop.objects.get(reason="COMPLAINT").to_at == cast.NOW + timedelta(days=3)
    assert Event.objects.filter(kind="compliance.lifted").count() == 1


def test_the_same_complaint_twice_at_once_is_one(gate):
    assert both(lambda number: take(gate)) == []

    assert (Complaint.objects.count(), Stop.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="complaint.received").count() == 1


def test_of_somebody_unknown_twice_at_once_is_one_too(gate):
    assert both(lambda number: take(gate, customer_id="")) == []
    assert Complaint.objects.count() == 1


def test_a_complaint_that_comes_in_while_another_is_answered_is_left_in_peace(gate):
    take(gate)

    def deed(number: int) -> None:
        if number:
            take_complaint.take(
                intake=intake(complaint_id="2" * 32, text="又来电话了"), at=LATER, actor="user:1", gate=gate
            )
        else:
            answer(at=LATER)

    assert both(deed) == []
    open_ended = [stop for stop in Stop.objects.filter(reason="COMPLAINT") if stop.to_at is None]
    assert len(open_ended) == 1


def test_a_complaint_that_comes_in_while_a_stop_is_lifted_is_left_in_peace(gate):
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="COMPLAINT", at=cast.NOW, actor="user:9")
    by_hand = Stop.objects.get()

    def deed(number: int) -> None:
        if number:
            take_complaint.take(intake=intake(), at=LATER, actor="user:1", gate=gate)
        else:
            lift_stop.lift_stop(stop_id=by_hand.pk, at=LATER, actor="user:2")

    assert both(deed) in ([], ["complaint_is_open"])
    assert Stop.objects.filter(reason="COMPLAINT", to_at=None).count() == 1
