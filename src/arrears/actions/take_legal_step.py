"""Put a legal step of a case on record: what was done, when, before whom, for how much, and when it is looked at again.

Called by the console. A step ends the case's task for the lawyers, in the same transaction; while it rests before
somebody, or until its next date, the night asks for no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from arrears.actions import late_lists
from arrears.actions.place_with_agency import NotLateYet, WrongStepDate
from arrears.kernel import calendars
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import finishing
from arrears.records.cases import operations as cases
from arrears.records.matters import operations as matters
from arrears.rules import business_dates
from arrears.rules import cases as machines

#: A matter is looked at again within the limitation period, 民法典第188条 (three years): a mistyped year must not hold
#: the night back for ever.
RESTS_AT_MOST = timedelta(days=3 * 365)
#: Whose working days count: a term whose last day is a holiday ends on the day after it, 民法典第203条第1款.
CALENDAR = "CN"


class NoSuchLegalStep(InvalidInput):
    code = "no_such_legal_step"
    message = "{kind} is no legal step of the list."


class BodyMissing(InvalidInput):
    code = "body_missing"
    message = "Before whom the matter is must be named."


@dataclass(frozen=True)
class StepWish:
    """A legal step as a form says it; `step_id` was made with the form. claim_minor, next_on : None = none."""

    step_id: str
    kind: str
    taken_on: date
    body: str
    reference: str
    claim_minor: int | None
    note: str
    next_on: date | None


@transaction.atomic
def take(*, case_id: str, wish: StepWish, as_of: date, at: datetime, actor: str) -> bool:
    """Record one step of a late case, open or closed: a suit is withdrawn after the debt is paid.

    wish    : taken_on no later than `as_of`; next_on after `as_of`, within RESTS_AT_MOST, and on a holiday moved to the
              next working day; body named when pending
    returns : False when this very step was on record already, whatever became of the case since
    raises  : NotLateYet, NoSuchLegalStep, WrongStepDate, BodyMissing; matters.StepDiffers when another is on record
              under the identifier
    """
    case = cases.lock(case_id)
    wish = replace(wish, next_on=_working_day(wish.next_on, as_of))
    if matters.is_on_record(
        step_id=wish.step_id,
        case_id=case_id,
        kind=wish.kind,
        taken_on=wish.taken_on,
        body=wish.body,
        reference=wish.reference,
        claim_minor=wish.claim_minor,
        next_on=wish.next_on,
    ):
        return False
    if case.stage not in machines.LATE_STAGES:
        raise NotLateYet(case_id=case_id)
    step = late_lists.lists().steps.get(wish.kind)
    if step is None:
        raise NoSuchLegalStep(kind=wish.kind[:20])
    is_next_wrong = wish.next_on is not None and not as_of < wish.next_on <= as_of + RESTS_AT_MOST
    if not business_dates.EARLIEST <= wish.taken_on <= as_of or is_next_wrong:
        raise WrongStepDate(on=(wish.next_on or wish.taken_on).isoformat())
    if step.is_pending and not wish.body:
        raise BodyMissing
    matters.record_step(
        step_id=wish.step_id,
        case_id=case_id,
        kind=step.code,
        is_pending=step.is_pending,
        taken_on=wish.taken_on,
        body=wish.body,
        reference=wish.reference,
        claim_minor=wish.claim_minor,
        currency=case.currency,
        note=wish.note,
        next_on=wish.next_on,
        at=at,
        actor=actor,
    )
    finishing.complete_open_work(case_id=case_id, kind="LEGAL", outcome=machines.STEP_TAKEN, at=at, actor=actor)
    return True


def _working_day(on: date | None, as_of: date) -> date | None:
    """The day on which a term ends; one that lies too far stays as it is, to be refused."""
    return on and (calendars.next_working_day(on, CALENDAR) if on <= as_of + RESTS_AT_MOST else on)
