"""Work a request about one's own data: do what is asked, or refuse it with the reason; never half of it.

Called by the console. Each is one transaction with its audit row; when two do it at once one of them is told. A
deletion is refused while anything is owed or open, a legal hold stands, or a law demands that all of it be kept; what
no law keeps is deleted from the books, and what one keeps is told with its day. What the lender only chose to keep does
not stand in the way. The lake keeps the tapes as they were delivered, and that is told too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from arrears.actions import (
    correct_person,
    erase_person,
    explain_decision,
    hear_person,
    retain,
    reveal_sealed,
    stop_contact,
    take_request,
)
from arrears.actions.contact_gate import Gate
from arrears.actions.house import House
from arrears.exchange import debts, lake_holdings
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.rights import holds, requests
from arrears.records.rights.requests import Standing
from arrears.rules.compliance import request_terms, retention_terms
from arrears.rules.compliance.retention_terms import Term

#: Why a deletion is refused.
OWED, OPEN, HELD, KEPT_BY_LAW, UNKNOWN = "DEBT_LIVE", "SOMETHING_OPEN", "LEGAL_HOLD", "RETENTION_DUTY", "DEBT_UNKNOWN"
#: Why something stays after a deletion was done: nothing is deleted from tapes.
IN_LAKE = "IN_LAKE"
#: Why a colleague may refuse anything else.
BY_HAND = ("NOT_PROVEN", "NOT_HELD", "EXCESSIVE", "OTHERS_RIGHTS")
RESTRICTED, OPTED_OUT = "RESTRICTED", "OPTED_OUT"
UPHELD, OVERTURNED = "UPHELD", "OVERTURNED"
#: Channels that a person may object to.
CHANNELS = ("SMS", "CALL", "AI_CALL", "EMAIL", "VISIT")


class UnknownRefusal(InvalidInput):
    code = "unknown_refusal"
    message = "{reason!r} is no reason to refuse a request."


class UnknownChannel(InvalidInput):
    code = "unknown_channel"
    message = "{channel!r} is no way of contact."


class UnknownReview(InvalidInput):
    code = "unknown_review"
    message = "{outcome!r} is no outcome of a review."


class AlreadyExtended(Refusal):
    code = "already_extended"
    message = "No rule in force allows the request {request_id} a later answer than {due_on}."


class OwnReview(Refusal):
    """Whoever explained a decision does not review it."""

    code = "own_review"
    message = "The request {request_id} was explained by {actor}, and is reviewed by somebody else."


@dataclass(frozen=True)
class Obstacle:
    """Why something is not deleted. kind : of data, blank = all; until : the last day, None = not known"""

    code: str
    kind: str = ""
    until: date | None = None
    rule_id: str = ""
    citation: str = ""

    def as_dict(self) -> dict[str, str]:
        until = self.until.isoformat() if self.until else ""
        return {
            "code": self.code,
            "kind": self.kind,
            "until": until,
            "rule": self.rule_id,
            "citation": self.citation,
        }


@dataclass(frozen=True)
class Answer:
    """What became of a request for deletion: what was deleted, and what was not and why."""

    is_done: bool
    erased: dict[str, int]
    kept: tuple[Obstacle, ...]


def obstacles(customer_id: str, *, on: date, place: House, gate: Gate, request_id: str = "") -> tuple[Obstacle, ...]:
    """What speaks against deleting a person's data today, what stops all of it first. Empty = nothing does."""
    whole: list[Obstacle] = []
    if holds.is_held(customer_id):
        whole.append(Obstacle(HELD))
    try:
        debt = debts.of_customer(customer_id, lake=place.lake)
    except debts.DebtsUnknown:
        return (*whole, Obstacle(UNKNOWN))
    if debt is not None and debt.owes:
        whole.append(Obstacle(OWED))
    try:
        erase_person.refuse_open(customer_id, but_request=request_id)
    except erase_person.SomethingIsOpen:
        whole.append(Obstacle(OPEN))
    terms, held = retain.terms_of(customer_id, on=on, place=place, gate=gate), erase_person.held_of(customer_id)
    if debt is None:  # no debt was settled, so no law counts from it: the day the schedule takes instead is our choice
        terms = {kind: _but_settled(found) for kind, found in terms.items()}
    kept = [_kept(kind, found, on) for kind, found in terms.items() if kind in held]
    return (*whole, *(one for one in kept if one is not None))


def _but_settled(terms: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(term for term in terms if term.row.start != retention_terms.DEBT_SETTLED)


def left_in_lake(customer_id: str, *, place: House) -> tuple[Obstacle, ...]:
    """What no deletion takes away, kind by kind: it stands in the lake under the customer's id."""
    return tuple(Obstacle(IN_LAKE, kind) for kind in lake_holdings.kinds(customer_id, lake=place.lake))


def answer_deletion(*, request_id: str, turn: int | None, at: datetime, actor: str, place: House, gate: Gate) -> Answer:
    """Delete what may be deleted, and tell what may not; refused with the reason where nothing may.

    raises : requests.NoSuchRequest, UnableToMoveRequest, transitions.NoSuchTransition
    """
    on = clock.business_date(at, settings.LENDER_ZONE)
    with transaction.atomic():
        was = requests.lock(request_id, turn=turn, kinds=(request_terms.DELETION,))
        found = obstacles(was.customer_id, on=on, place=place, gate=gate, request_id=request_id)
        whole = [one for one in found if not one.kind]
        kept = {one.kind for one in found}
        held = erase_person.held_of(was.customer_id)
        kinds = [] if whole else [kind for kind in held if kind not in kept]
        result = {"kept": [one.as_dict() for one in found]}
        own = {retention_terms.COMPLAINTS: 1} if was.has_words else {}
        if found and {kind: held[kind] for kind in kinds}.items() <= own.items():  # its own words alone are no deletion
            reason = found[0].code
            requests.move(
                was, "refuse", on=on, at=at, actor=actor, data={"reason": reason}, changes=_refused(reason, result)
            )
            return Answer(False, {}, found)
        erased = erase_person.erase(
            customer_id=was.customer_id,
            kinds=kinds,
            rules=["SUBJECT_REQUEST"],
            request_id=request_id,
            on=on,
            at=at,
            actor=actor,
        )
        found += left_in_lake(was.customer_id, place=place)
        data = {"erased": erased, "kept": sorted(one.kind for one in found)}
        done: dict[str, Any] = {"kept": [one.as_dict() for one in found], "erased": erased}
        requests.move(was, "do", on=on, at=at, actor=actor, data=data, changes={"result": done})
        return Answer(True, erased, found)


@transaction.atomic
def correct(
    *, request_id: str, turn: int | None, field: str, contact_point_id: str, value: str, at: datetime, actor: str
) -> None:
    """Correct a field of who they are, or the contact point named. Raises what `correct_person` does too."""
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.CORRECTION,))
    whose = {"customer_id": was.customer_id, "request_id": request_id, "value": value, "at": at, "actor": actor}
    if contact_point_id:
        correct_person.correct_point(contact_point_id=contact_point_id, **whose)  # type: ignore[arg-type]
        field = "contact_point"
    else:
        correct_person.correct(field=field, **whose)  # type: ignore[arg-type]
    _do(was, {"corrected": field}, at=at, actor=actor)


@transaction.atomic
def restrict(*, request_id: str, turn: int | None, at: datetime, actor: str) -> None:
    """From now on their data is kept and not used: nobody contacts them, and what is planned is let go."""
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.RESTRICTION,))
    stopped = stop_contact.stop_contact(customer_id=was.customer_id, reason=RESTRICTED, at=at, actor=actor)
    _do(was, {"contacts_cancelled": stopped.contacts_cancelled}, at=at, actor=actor)


@transaction.atomic
def object_to(*, request_id: str, turn: int | None, channel: str, at: datetime, actor: str) -> None:
    """They are not contacted this way any more; the gate holds from this moment. Raises UnknownChannel."""
    if channel not in CHANNELS:
        raise UnknownChannel(channel=channel[:20])
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.OBJECTION,))
    stop_contact.stop_contact(customer_id=was.customer_id, reason=OPTED_OUT, channel=channel, at=at, actor=actor)
    _do(was, {"channel": channel}, at=at, actor=actor)


@transaction.atomic
def explain(*, request_id: str, turn: int | None, at: datetime, actor: str) -> None:
    """Put together why it was decided so, as it stands now; a person may review it afterwards."""
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.EXPLANATION,))
    told = explain_decision.explain(was.customer_id)
    changes = {"result": {"explained": told, "explained_by": actor, "explained_at": at.isoformat()}}
    data = {"cases": [one["case_id"] for one in told]}
    requests.move(was, "explain", on=_on(at), at=at, actor=actor, data=data, changes=changes)


@transaction.atomic
def review(*, request_id: str, turn: int | None, outcome: str, note: str, at: datetime, actor: str) -> None:
    """A person looks at what the machine decided: it stands, or nobody acts on it until a person lifts the stop.

    note   : why, without identity
    raises : UnknownReview, OwnReview, reveals.ReasonMissing, reveals.ReasonHoldsIdentity
    """
    if outcome not in (UPHELD, OVERTURNED):
        raise UnknownReview(outcome=outcome[:20])
    why = reveal_sealed.noted(note)
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.EXPLANATION,))
    if was.result.get("explained_by") == actor:
        raise OwnReview(request_id=request_id, actor=actor)
    if outcome == OVERTURNED:
        stop_contact.stop_contact(customer_id=was.customer_id, reason=RESTRICTED, at=at, actor=actor)
    changes = {"result": {**was.result, "review": outcome}}
    data = {"outcome": outcome}
    requests.move(was, "review", on=_on(at), at=at, actor=actor, data=data, changes=changes, note=why)
    hear_person.heed_note(why, customer_id=was.customer_id, at=at, actor=actor)


@transaction.atomic
def close(*, request_id: str, turn: int | None, at: datetime, actor: str) -> None:
    """The explanation was enough, and nobody asked for a review."""
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.EXPLANATION,))
    _do(was, was.result, at=at, actor=actor)


@transaction.atomic
def refuse(*, request_id: str, turn: int | None, reason: str, note: str, at: datetime, actor: str) -> None:
    """Refuse a request, with a reason that whoever asked is told. Raises UnknownRefusal, and what a note raises."""
    if reason not in BY_HAND:
        raise UnknownRefusal(reason=reason[:20])
    why = reveal_sealed.noted(note)
    was = requests.lock(request_id, turn=turn)
    changes = _refused(reason, was.result)
    requests.move(was, "refuse", on=_on(at), at=at, actor=actor, data={"reason": reason}, changes=changes, note=why)
    hear_person.heed_note(why, customer_id=was.customer_id, at=at, actor=actor)


@transaction.atomic
def withdraw(*, request_id: str, turn: int | None, note: str, at: datetime, actor: str) -> None:
    """Whoever asked takes it back; note : how they said so, without identity."""
    why = reveal_sealed.noted(note)
    was = requests.lock(request_id, turn=turn)
    requests.move(was, "withdraw", on=_on(at), at=at, actor=actor, note=why)
    hear_person.heed_note(why, customer_id=was.customer_id, at=at, actor=actor)


@transaction.atomic
def extend(*, request_id: str, turn: int | None, note: str, at: datetime, actor: str, gate: Gate) -> date:
    """Answer later, once, as far as every rule allows; returns the new day. Raises AlreadyExtended."""
    why = reveal_sealed.noted(note)
    was = requests.lock(request_id, turn=turn)
    due_on, terms = take_request.running(gate, from_on=was.received_on, request=was.kind, is_extended=True)
    if was.is_extended or due_on <= was.answer_due_on:
        raise AlreadyExtended(request_id=request_id, due_on=was.answer_due_on)
    changes = {"terms": terms, "answer_due_on": due_on, "due_on": due_on, "is_extended": True}
    data = {"due_on": due_on.isoformat()}
    requests.move(was, "extend", on=_on(at), at=at, actor=actor, data=data, changes=changes, note=why)
    hear_person.heed_note(why, customer_id=was.customer_id, at=at, actor=actor)
    return due_on


def _kept(kind: str, found: Sequence[Term], on: date) -> Obstacle | None:
    """The duty that keeps a kind longest; what the lender chose itself is none."""
    duties = [term for term in found if term.row.is_duty and term.stands(on)]
    if not duties:
        return None
    last = max(duties, key=lambda term: term.until or date.max)
    return Obstacle(KEPT_BY_LAW, kind, retention_terms.until(duties), last.row.rule_id, last.row.citation)


def _do(was: Standing, result: dict[str, Any], *, at: datetime, actor: str) -> None:
    data = {name: value for name, value in result.items() if not name.startswith("explained")}
    requests.move(was, "do", on=_on(at), at=at, actor=actor, data=data, changes={"result": result})


def _refused(reason: str, result: dict[str, Any]) -> dict[str, object]:
    return {"reason": reason, "result": result}


def _on(at: datetime) -> date:
    return clock.business_date(at, settings.LENDER_ZONE)
