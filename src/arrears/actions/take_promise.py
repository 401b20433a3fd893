"""Take a promise to pay; `judge_promises` finds out what became of it.

Called by the console and the demo's desk. The person is left in peace until the promised day is over: what
is planned waits at the gate, and work that would reach them is asked for again by the first night after.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from arrears.actions import hear_person
from arrears.kernel import clock, identifiers
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.policies import last_good
from arrears.records.cases import operations as cases
from arrears.records.promises import operations, queries
from arrears.records.promises.models import ToldBy
from arrears.rules import promises


class WrongPromise(InvalidInput):
    """This cannot be promised; each kind says why."""


class PromiseAmountWrong(WrongPromise):
    code = "promise_amount_wrong"
    message = "A promise is of more than nothing, and of no more than the {outstanding_minor} owed, in minor units."


class PromiseDayWrong(WrongPromise):
    code = "promise_day_wrong"
    message = "The promised day {due_on} lies before {from_on} or after {to_on}."


class UnknownPromiseChannel(WrongPromise):
    code = "unknown_promise_channel"
    message = "{channel} is not how a promise is told."


class NothingToPromise(Refusal):
    code = "nothing_to_promise"
    message = "The case {case_id} is closed: nothing is left to promise."


class NoPromiseTerms(Refusal):
    code = "no_promise_terms"
    message = "There are no terms of promises that can be used: {fault}"


def in_force() -> last_good.Found[promises.Policy]:
    """The terms, and what is wrong with their newest edit; without any good ones none is taken or judged."""
    return last_good.current(Path(settings.HOME), name="promises", read=promises.read)


@transaction.atomic
def take(*, case_id: str, channel: str, amount_minor: int, due_on: date, as_of: date, at: datetime, actor: str) -> bool:
    """Put a promise on record.

    channel : ToldBy
    due_on  : the day by whose end it is to be paid, from as_of to days_ahead_max later
    as_of   : today's business date
    returns : False when the very same promise stands already; an open one is replaced by another
    raises  : WrongPromise, NothingToPromise, NoPromiseTerms, cases.NoSuchCase
    """
    terms = _terms()
    if channel not in ToldBy.values:
        raise UnknownPromiseChannel(channel=channel[:20])
    last_on = as_of + timedelta(days=terms.days_ahead_max)
    if not as_of <= due_on <= last_on:
        raise PromiseDayWrong(due_on=due_on, from_on=as_of, to_on=last_on)
    standing = cases.lock(case_id)
    if not standing.is_open:
        raise NothingToPromise(case_id=case_id)
    if not 0 < amount_minor <= standing.outstanding_minor:
        raise PromiseAmountWrong(outstanding_minor=standing.outstanding_minor)
    is_new = operations.make(
        promise_id=identifiers.derived_id("promise", case_id, at.isoformat(), due_on, amount_minor),
        case_id=case_id,
        channel=channel,
        amount_minor=amount_minor,
        currency=standing.currency,
        made_on=as_of,
        due_on=due_on,
        paid_before_minor=queries.paid_total(case_id),
        at=at,
        actor=actor,
    )
    if is_new:
        over_at = clock.at_local(due_on + timedelta(days=1), time(0), settings.LENDER_ZONE)
        hear_person.rest(standing.customer_id, to_at=over_at, at=at, actor=actor)
    return is_new


def _terms() -> promises.Policy:
    found = in_force()
    if found.state is None:
        raise NoPromiseTerms(fault=found.fault)
    return found.state
