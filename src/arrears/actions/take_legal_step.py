"""Put a legal step of a case on record, and take back one that was recorded by mistake.

Called by the console. A step says what was done, when, before whom, for how much, and when it is looked at again. It
ends the case's task for the lawyers, in the same transaction; while it rests before somebody, or until its next date,
the night asks for no other. One that is taken back stays in the story and holds nothing back any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from arrears.actions import late_lists, screen_words
from arrears.actions.place_with_agency import NotLateYet
from arrears.actions.screen_words import Words
from arrears.kernel import calendars, clock
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.cases import finishing
from arrears.records.cases import operations as cases
from arrears.records.compliance import stops
from arrears.records.matters import operations as matters
from arrears.rules import business_dates, late_steps
from arrears.rules import cases as machines


class NoSuchLegalStep(InvalidInput):
    code = "no_such_legal_step"
    message = "{kind} is no legal step of the list."


class BodyMissing(InvalidInput):
    code = "body_missing"
    message = "Before whom the matter is must be named."


class WrongTakenDate(InvalidInput):
    code = "step_taken_wrong"
    message = "The step cannot have been taken on {taken_on}: that is after today, {as_of}, or too long ago."


class WrongNextDate(InvalidInput):
    code = "step_next_wrong"
    message = "{next_on} does not come after today, {as_of}."


class NextDateFar(InvalidInput):
    code = "step_next_far"
    message = "{next_on} is too far: a matter is looked at again by {until}."


class ClaimTooLarge(InvalidInput):
    code = "claim_too_large"
    message = "A claim of {claim_minor} is far above the {owed_minor} that are owed, in minor units."


class PersonAtRisk(Refusal):
    """What was done before the danger was known is a fact, and is recorded as one."""

    code = "step_person_at_risk"
    message = "The person may harm themselves: no step is taken against them from {since} on."


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

    wish    : taken_on no later than `as_of`; next_on after `as_of`, and on a holiday moved to the next working day;
              body named where the list wants it. How far next_on and how large the claim may be, its terms say
    returns : False when this very step was on record already, whatever became of the case since
    raises  : NotLateYet, PersonAtRisk, NoSuchLegalStep, WrongTakenDate, WrongNextDate, NextDateFar, BodyMissing,
              ClaimTooLarge; matters.StepDiffers when another is on record under the identifier
    """
    case = cases.lock(case_id)
    lists = late_lists.lists()
    wish = replace(wish, next_on=_working_day(wish.next_on, as_of, lists.terms))
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
    step = lists.steps.get(wish.kind)
    if step is None:
        raise NoSuchLegalStep(kind=wish.kind[:20])
    _check_dates(wish, as_of, lists.terms)
    if step.presses:
        _refuse_at_risk(case.customer_id, wish.taken_on, at)
    if step.names_body and not wish.body:
        raise BodyMissing
    if case.is_open:  # What a closed case owed when it was sued for is not known any more.
        _check_claim(wish, case.outstanding_minor, lists.terms)
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
    words = Words(screen_words.STEP, wish.step_id, case.customer_id, case_id)
    screen_words.flag_note(wish.note, words=words, at=at, actor=actor)
    return True


@transaction.atomic
def take_back(*, case_id: str, step_id: str, reason: str, at: datetime, actor: str) -> None:
    """A step was recorded by mistake: it stays in the story with the reason, and holds nothing back from now on.

    raises : matters.NoSuchStep, NoReason, UnableToTakeBack when it was taken back already
    """
    case = cases.lock(case_id)
    matters.take_back(step_id=step_id, case_id=case_id, reason=reason, at=at, actor=actor)
    words = Words(screen_words.STEP_BACK, step_id, case.customer_id, case_id)
    screen_words.flag_note(reason, words=words, at=at, actor=actor)


def _refuse_at_risk(customer_id: str, taken_on: date, at: datetime) -> None:
    since = stops.began(customer_id, reason=stops.SELF_HARM, at=at)
    if since is not None and taken_on >= (on := clock.business_date(since, settings.LENDER_ZONE)):
        raise PersonAtRisk(since=on.isoformat())


def _check_dates(wish: StepWish, as_of: date, terms: late_steps.Terms) -> None:
    if not business_dates.EARLIEST <= wish.taken_on <= as_of:
        raise WrongTakenDate(taken_on=wish.taken_on, as_of=as_of)
    if wish.next_on is None:
        return
    if wish.next_on <= as_of:
        raise WrongNextDate(next_on=wish.next_on, as_of=as_of)
    if wish.next_on > (until := terms.rests_until(as_of)):
        raise NextDateFar(next_on=wish.next_on, until=until)


def _check_claim(wish: StepWish, owed_minor: int, terms: late_steps.Terms) -> None:
    most = terms.claim_percent_most
    if wish.claim_minor is not None and most is not None and wish.claim_minor * 100 > owed_minor * most:
        raise ClaimTooLarge(claim_minor=wish.claim_minor, owed_minor=owed_minor)


def _working_day(on: date | None, as_of: date, terms: late_steps.Terms) -> date | None:
    """The day on which a term ends; one that lies too far stays as it is, to be refused."""
    is_near = on is not None and as_of < on <= min(terms.rests_until(as_of), business_dates.LATEST)
    return calendars.next_working_day(on, terms.working_days_of) if on and is_near else on
