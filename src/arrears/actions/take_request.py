"""Take in what somebody asks about their own data: put it on record with its clock and the law behind it, and hear it.

Called by the console. Told twice it is one request. Who asks is known before: how that was made sure of is part of it;
so the words are the person's own, and what they tell is acted upon as if they had written it to us.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from arrears.actions import hear_person, take_complaint
from arrears.actions.contact_gate import Gate
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput
from arrears.records.rights import requests
from arrears.records.rights.requests import Intake
from arrears.rules.compliance import request_terms

LONGEST = 10_000


class TooLong(InvalidInput):
    code = "request_too_long"
    message = "A request has at most {longest} characters."


@dataclass(frozen=True)
class Taken:
    """is_new False when this very request was on record already, and answer_due_on is that of the first time.

    alerted : somebody may be in danger, and a colleague was asked to care
    """

    request_id: str
    is_new: bool
    answer_due_on: date
    alerted: bool = False


def take(*, intake: Intake, at: datetime, actor: str, gate: Gate) -> Taken:
    """Take one request in.

    raises : TooLong; requests.UnknownRequestWord, RequestDiffers; holds.NobodyToHold
    """
    if len(intake.text) > LONGEST:
        raise TooLong(longest=LONGEST)
    on = clock.business_date(at, settings.LENDER_ZONE)
    due_on, terms = running(gate, from_on=on, request=intake.kind)
    heard = hear_person.listen([intake.text] if intake.text.strip() else [])
    with transaction.atomic():
        if not requests.put_on_record(intake, terms=terms, due_on=due_on, received_on=on, at=at, actor=actor):
            return Taken(intake.request_id, False, requests.answer_due_on(intake.request_id))
        told = [hear_person.act(customer_id=intake.customer_id, heard=one, at=at, actor=actor) for one in heard]
        return Taken(intake.request_id, True, due_on, alerted=any(told))


def running(gate: Gate, *, from_on: date, request: str, is_extended: bool = False) -> tuple[date, list[dict[str, str]]]:
    """The day a request is due by the law in force, and every term with its source, as they are kept."""
    found = request_terms.terms(
        take_complaint.duties(gate),
        from_on=from_on,
        request=request,
        country=settings.LENDER_COUNTRY,
        is_extended=is_extended,
    )
    rows = [{**asdict(term), "due_on": term.due_on.isoformat()} for term in found]
    return found[0].due_on, rows
