"""Place a case with an agency, and take it back.

Called by the console. A placement ends the case's task to place it, in the same transaction, and lets go of our own
calls, visits and planned contacts: while it stands, the night asks for none, so that nobody is pressed by two at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from arrears.actions import late_lists, screen_words
from arrears.actions.screen_words import Words
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.cases import finishing
from arrears.records.cases import operations as cases
from arrears.records.compliance import stops
from arrears.records.contacts import operations as contacts
from arrears.records.placements import operations as placements
from arrears.rules import cases as machines

#: Why our own contacts and work in a case that was placed were cancelled.
LET_GO = "placed with an agency"


class NotLateYet(Refusal):
    code = "not_late_yet"
    message = "The case {case_id} is closed, or not in late collection."


class NoSuchAgency(InvalidInput):
    code = "no_such_agency"
    message = "There is no contract with {agency} on {on}."


class WrongPlacedDate(InvalidInput):
    code = "placed_on_wrong"
    message = "{placed_on} does not lie between the opening of the case, {opened_on}, and today, {as_of}."


class WrongStepDate(InvalidInput):
    code = "wrong_step_date"
    message = "{on} is not a day on which this can have happened, or not one that comes after it."


class PersonIsStopped(Refusal):
    """Whom we leave alone altogether, nobody collects from for us."""

    code = "person_is_stopped"
    message = "This person is not contacted at all at present, and so not placed with an agency either."


class MoreThanOwed(InvalidInput):
    code = "more_than_owed"
    message = "The amount must be above zero and no more than is owed."


@dataclass(frozen=True)
class PlacementWish:
    """A placement as a form says it; `placement_id` was made with the form."""

    placement_id: str
    agency: str
    placed_on: date
    amount_minor: int
    reference: str
    note: str


@transaction.atomic
def place(*, case_id: str, wish: PlacementWish, as_of: date, at: datetime, actor: str) -> bool:
    """Place an open late case with an agency of the list.

    wish    : amount_minor > 0 and no more than the case owes; placed_on from the day it opened to `as_of`
    returns : False when this very placement was on record already, whatever became of the case since
    raises  : NotLateYet, PersonIsStopped, NoSuchAgency, WrongPlacedDate, MoreThanOwed;
              placements.PlacedAlready when an agency has it,
              PlacementDiffers when another is on record under the identifier
    """
    case = cases.lock(case_id)
    if placements.is_on_record(
        placement_id=wish.placement_id,
        case_id=case_id,
        agency=wish.agency,
        placed_on=wish.placed_on,
        amount_minor=wish.amount_minor,
        reference=wish.reference,
    ):
        return False
    if not case.is_open or case.stage not in machines.LATE_STAGES:
        raise NotLateYet(case_id=case_id)
    if not case.opened_on <= wish.placed_on <= as_of:
        raise WrongPlacedDate(placed_on=wish.placed_on, opened_on=case.opened_on, as_of=as_of)
    if any(stop.is_of_all for stop in stops.active([case.customer_id], at=at).get(case.customer_id, ())):
        raise PersonIsStopped
    agency = late_lists.lists().agencies.get(wish.agency)
    if agency is None or not agency.works(wish.placed_on):
        raise NoSuchAgency(agency=wish.agency[:20], on=wish.placed_on.isoformat())
    if not 0 < wish.amount_minor <= case.outstanding_minor:
        raise MoreThanOwed
    placements.place(
        placement_id=wish.placement_id,
        case_id=case_id,
        agency=agency.code,
        placed_on=wish.placed_on,
        amount_minor=wish.amount_minor,
        currency=case.currency,
        reference=wish.reference,
        note=wish.note,
        at=at,
        actor=actor,
    )
    finishing.complete_open_work(case_id=case_id, kind="AGENCY", outcome=machines.PLACED, at=at, actor=actor)
    finishing.cancel_open_work(case_id=case_id, kinds=machines.ATTEMPTED, note=LET_GO, at=at, actor=actor)
    contacts.cancel_of_cases(case_ids=[case_id], reason=LET_GO, at=at, actor=actor)
    words = Words(screen_words.PLACEMENT, wish.placement_id, case.customer_id, case_id)
    screen_words.flag_note(wish.note, words=words, at=at, actor=actor)
    return True


@transaction.atomic
def end(*, placement_id: str, reason: str, ended_on: date, note: str, as_of: date, at: datetime, actor: str) -> None:
    """The agency has the case no longer.

    reason : RECALLED by us, or RETURNED by the agency
    raises : WrongStepDate; placements.UnknownEndReason, UnableToEndPlacement, NoSuchPlacement
    """
    if ended_on > as_of:
        raise WrongStepDate(on=ended_on.isoformat())
    case_id, customer_id = placements.end(
        placement_id=placement_id, reason=reason, ended_on=ended_on, note=note, at=at, actor=actor
    )
    words = Words(screen_words.PLACEMENT_END, placement_id, customer_id, case_id)
    screen_words.flag_note(note, words=words, at=at, actor=actor)
