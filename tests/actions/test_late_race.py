"""Two colleagues at once: one placement stands, one mark, one stop, and the other colleague is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from tests import cast

from arrears.actions import finish_work, mark_contact_point, place_with_agency, stop_contact
from arrears.kernel.errors import Refusal
from arrears.records.audit.models import Event
from arrears.records.cases import operations as cases
from arrears.records.cases.models import Case, CaseEvent, Stage, WorkItem
from arrears.records.people import operations as people
from arrears.records.placements.models import Placement

pytestmark = pytest.mark.django_db(transaction=True)


def both(deed: Callable[[int], object]) -> list[str]:
    """Do it twice at the same moment; the codes of what was refused."""
    gate, refused = threading.Barrier(2), []

    def run(number: int) -> None:
        try:
            gate.wait()
            deed(number)
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_a_case_is_placed_once() -> None:
    cast.borrower()
    case = cast.open_case(dpd=100)
    Case.objects.update(stage=Stage.LATE)

    def place(number: int) -> None:
        wish = place_with_agency.PlacementWish(
            placement_id=f"{number}" * 32,
            agency=("EXAMPLE_EAST", "EXAMPLE_SOUTH")[number],
            placed_on=cast.TODAY,
            amount_minor=50_000,
            reference="",
            note="",
        )
        actor = f"user:{number}"
        place_with_agency.place(case_id=case.case_id, wish=wish, as_of=cast.TODAY, at=cast.NOW, actor=actor)

    assert both(place) == ["placed_already"]
    assert Placement.objects.count() == 1
    assert CaseEvent.objects.filter(kind="agency.placed").count() == 1
    assert Event.objects.filter(kind="agency.placed").count() == 1


def test_nobody_is_placed_beside_a_stop_that_is_being_put() -> None:
    cast.borrower()
    case = cast.open_case(dpd=100)
    Case.objects.update(stage=Stage.LATE)
    stopped, refused = threading.Event(), []

    def place() -> None:
        stopped.wait()
        wish = place_with_agency.PlacementWish("1" * 32, "EXAMPLE_EAST", cast.TODAY, 50_000, "", "")
        try:
            place_with_agency.place(case_id=case.case_id, wish=wish, as_of=cast.TODAY, at=cast.NOW, actor="user:1")
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connections.close_all()

    placing = threading.Thread(target=place)
    placing.start()
    with transaction.atomic():
        stop_contact.stop_contact(customer_id=cast.PAYS, reason="SELF_HARM", at=cast.NOW, actor="user:2")
        stopped.set()
        placing.join(timeout=1)  # it waits for the stop, or is done beside it
    placing.join()
    assert (refused, Placement.objects.count()) == (["person_is_stopped"], 0)


def test_whoever_finishes_work_takes_the_person_before_it() -> None:
    """Their note tells of a risk to life, which stops all; a colleague holds the person and ends the same work."""
    cast.borrower()
    case = cast.open_case()
    why = {"kind": "LEGAL", "priority": 1, "reason": "LATE_LEGAL"}
    cases.open_work(case_id=case.pk, on=cast.TODAY, at=cast.NOW, actor="test", **why)
    work_id, refused = WorkItem.objects.get(kind="LEGAL").pk, []

    def finish() -> None:
        how, note = "NO_STEP_OTHER", "客户说不想活了，想自杀"
        try:
            finish_work.finish_work(work_id=work_id, how=how, note=note, at=cast.NOW, actor="user:1")
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connections.close_all()

    finishing = threading.Thread(target=finish)
    with transaction.atomic():
        people.lock(cast.PAYS)
        finishing.start()
        finishing.join(timeout=1)  # it waits for the person, with nothing in hand
        cases.cancel_work(work_id=work_id, note="", at=cast.NOW, actor="user:2")
    finishing.join()
    assert refused == ["not_open_work"]


def test_a_number_is_marked_once() -> None:
    cast.borrower()
    case = cast.open_case()

    def mark(number: int) -> None:
        mark_contact_point.mark_invalid(
            customer_id=cast.PAYS,
            case_id=case.case_id,
            contact_point_id=cast.own_point(cast.PAYS),
            reason="WRONG_PARTY",
            at=cast.NOW,
            actor=f"user:{number}",
        )

    assert both(mark) == ["unable_to_mark_point"]
    assert CaseEvent.objects.filter(kind="point_invalid").count() == 1
    assert Event.objects.filter(kind="point.invalid").count() == 1
