"""Work a complaint: acknowledge it, say what it is about, answer it, put it off, open it again, take it to a regulator.

Called by the console's desk and the synthetic lender's. Each is one transaction with its audit row; when two do it at
once one of them is told. An answer or a withdrawal ends the pause of collection, unless another complaint of the person
is open or another reason holds them. Nobody works a complaint about themself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from arrears.actions import hear_person, reveal_sealed, screen_words, take_complaint
from arrears.actions.contact_gate import Gate
from arrears.actions.screen_words import Words
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.kernel.unseen import is_blank
from arrears.records.complaints import operations as complaints
from arrears.records.complaints import queries as known
from arrears.records.complaints import sealed
from arrears.records.complaints.operations import About, Clock, Standing
from arrears.records.compliance import operations as compliance
from arrears.records.people import queries as people
from arrears.rules import complaints as machines
from arrears.rules import reveals

#: The day that a regulator set, among the terms of the rules: nobody but the regulator puts it off.
REGULATOR_DAY = "REGULATOR_DAY"
#: What a complaint that is open again has not any more.
AGAIN: Mapping[str, object] = {"ended_at": None, "ended_on": None, "ended_by": ""}


class AnswerMissing(InvalidInput):
    code = "answer_missing"
    message = "An answer has words, and at most {longest} characters."


class AnswerWanting(InvalidInput):
    """Of whom nobody knows there is nothing that the desk could look at: such words are written anew."""

    code = "answer_wanting"
    message = "The answer may not be given in these words: {labels}."


class NobodyFound(InvalidInput):
    code = "nobody_found"
    message = "Nobody of ours is found by this."


class SeveralFound(InvalidInput):
    code = "several_found"
    message = "{count} people are found by this: name one by the customer number."


class NoLongerTerm(Refusal):
    code = "no_longer_term"
    message = "No law allows the complaint {complaint_id} a later answer than {due_on}."


class WrongReplyDate(InvalidInput):
    code = "reply_date_wrong"
    message = "{reply_on} is before today, {as_of}."


@transaction.atomic
def acknowledge(*, complaint_id: str, turn: int | None, at: datetime, actor: str) -> None:
    """Whoever complained was told that it is looked into. Raises what `complaints.lock` and `move` do."""
    was = _mine(complaint_id, turn, actor)
    complaints.move(was, "acknowledge", at=at, actor=actor, changes={"acknowledged_at": at})


@transaction.atomic
def classify(*, complaint_id: str, turn: int | None, kind: str, about: About, at: datetime, actor: str) -> None:
    """Say better what it is about and whom. Raises complaints.UnknownComplaintWord, OwnComplaint too."""
    complaints.check(kind=kind)
    was = _mine(complaint_id, turn, actor)
    about = take_complaint.with_team(about, case_id=was.case_id)
    told = {"complaint_kind": kind, "about": about.actor or about.agency}
    changes = {"kind": kind, "about_actor": about.actor, "about_team": about.team, "about_agency": about.agency}
    complaints.move(was, "classify", at=at, actor=actor, data=told, changes=changes)


@transaction.atomic
def attach(*, complaint_id: str, turn: int | None, whose: str, at: datetime, actor: str) -> bool:
    """Say whose a complaint of nobody known is: from now on they are left alone, and what it says of them is heard.

    whose   : as the search takes it: customer number, whole name, ID number, telephone number
    returns : whether somebody may be in danger, and a colleague was asked to care
    raises  : NobodyFound, SeveralFound; complaints.PersonKnownAlready; transitions.NoSuchTransition once it has ended
    """
    found = people.matching(whose)
    if not found:
        raise NobodyFound
    if len(found) > 1:
        raise SeveralFound(count=len(found))
    [customer_id] = found
    was = _mine(complaint_id, turn, actor)
    complaints.lock_person(customer_id)
    stop_id = take_complaint.pause(customer_id, at=at, actor=actor) if was.status in machines.OPEN else None
    case_id = take_complaint.case_of(customer_id)
    complaints.attach(was, customer_id=customer_id, case_id=case_id, stop_id=stop_id, at=at, actor=actor)
    words = sealed.open_words(complaint_id, sealed.COMPLAINT)
    [heard] = hear_person.listen([words.text if words else ""])
    return hear_person.act(
        customer_id=customer_id,
        heard=heard,
        complaint_id=complaint_id,
        at=at,
        actor=actor,
        is_own=was.complainant == "SELF",
    )


@transaction.atomic
def link(*, complaint_id: str, turn: int | None, contact_ids: Collection[str], at: datetime, actor: str) -> None:
    """Name the contacts that it is about. Raises complaints.NotTheirContact."""
    was = _mine(complaint_id, turn, actor)
    complaints.link(complaint_id, was.customer_id, contact_ids)
    complaints.move(was, "link", at=at, actor=actor, data={"contacts": len(set(contact_ids))})


@transaction.atomic
def answer(
    *,
    complaint_id: str,
    turn: int | None,
    outcome: str,
    root_cause: str,
    remedy: str,
    text: str,
    at: datetime,
    actor: str,
) -> bool:
    """Answer it: what was found, why it happened, what is done about it, and what the person is told.

    text    : what whoever complained is told, without more identity than they gave; kept sealed. Where the screen finds
              it wanting it is held until the desk finds it lawful (`reveal_sealed.is_answer_held`), and so is what ends
              their peace
    returns : whether the person is left in peace no longer
    raises  : AnswerMissing, AnswerWanting; complaints.OwnComplaint, UnknownComplaintWord, NoSuchComplaint,
              UnableToMoveComplaint; transitions.NoSuchTransition
    """
    if is_blank(text) or len(text) > take_complaint.LONGEST:
        raise AnswerMissing(longest=take_complaint.LONGEST)
    complaints.check(outcome=outcome, root_cause=root_cause, remedy=remedy)
    was = _mine(complaint_id, turn, actor)
    found = {"outcome": outcome, "root_cause": root_cause, "remedy": remedy}
    changes = {
        **found,
        **_ended(at, actor),
        "answer_sealed": sealed.seal_answer(complaint_id, text),
        "acknowledged_at": was.acknowledged_at or at,
    }
    complaints.move(was, "answer", at=at, actor=actor, reason=outcome, data=found, changes=changes)
    relation = "SELF" if was.complainant == "SELF" else "OTHER"
    words = Words(screen_words.ANSWER, complaint_id, was.customer_id, was.case_id, "LETTER", relation)
    wanting = screen_words.of_letter(text, words=words, at=at)
    if wanting and not was.customer_id:
        raise AnswerWanting(labels=", ".join(one["label"] for one in wanting))
    screen_words.flag(wanting, words=words, at=at, actor=actor)
    return not wanting and _let_go(was, at=at, actor=actor)


@transaction.atomic
def release(complaint_id: str, *, at: datetime, actor: str) -> bool:
    """The answer was held, and may be told now; returns whether the person is left in peace no longer.

    raises : complaints.OwnComplaint
    """
    was = _mine(complaint_id, None, actor)
    return was.status in machines.ENDED and _let_go(was, at=at, actor=actor)


@transaction.atomic
def withdraw(*, complaint_id: str, turn: int | None, note: str, at: datetime, actor: str) -> bool:
    """Whoever complained takes it back; returns whether the person is left in peace no longer.

    note   : how they said so, without identity
    raises : as `answer`; reveals.ReasonMissing, ReasonHoldsIdentity
    """
    why = reveal_sealed.noted(note)
    was = _mine(complaint_id, turn, actor)
    complaints.move(was, "withdraw", at=at, actor=actor, written={"note": why}, changes=_ended(at, actor))
    let_go = _let_go(was, at=at, actor=actor)
    _heed(why, was, at=at, actor=actor)
    return let_go


@transaction.atomic
def extend(*, complaint_id: str, turn: int | None, note: str, at: datetime, actor: str, gate: Gate) -> date:
    """Put the answer off to the next longer term of the law, with the reason; returns the new day.

    raises : NoLongerTerm where some law in force allows none; reveals.ReasonMissing, ReasonHoldsIdentity
    """
    why = reveal_sealed.noted(note)
    was = _mine(complaint_id, turn, actor)
    runs = take_complaint.running(gate, from_on=was.clock.from_on, intake=was.intake, extended=was.clock.extended + 1)
    runs = _with(runs, [term for term in was.clock.terms if term["rule"] == REGULATOR_DAY])
    if runs.answer_due_on <= was.clock.answer_due_on:
        raise NoLongerTerm(complaint_id=complaint_id, due_on=was.clock.answer_due_on)
    data, written = {"answer_due_on": runs.answer_due_on.isoformat()}, {"note": why}
    complaints.move(was, "extend", at=at, actor=actor, clock=runs, data=data, written=written)
    _heed(why, was, at=at, actor=actor)
    return runs.answer_due_on


@transaction.atomic
def reopen(*, complaint_id: str, turn: int | None, note: str, at: datetime, actor: str, gate: Gate) -> None:
    """Look into it again: its clock runs anew from today, and the person is left alone again.

    raises : reveals.ReasonMissing, ReasonHoldsIdentity; transitions.NoSuchTransition
    """
    why = reveal_sealed.noted(note)
    was = _mine(complaint_id, turn, actor)
    on = clock.business_date(at, settings.LENDER_ZONE)
    _reopen(was, runs=take_complaint.running(gate, from_on=on, intake=was.intake), why=why, at=at, actor=actor)


@transaction.atomic
def answer_anew(complaint_id: str, *, written_at: datetime, note: str, at: datetime, actor: str) -> bool:
    """An answer that was held may not be told: there was none, and the clock that it stopped runs on as it ran.

    written_at : when that answer was written; one written since stands
    note       : why; kept in plain words
    returns    : whether the complaint is open again
    raises     : complaints.OwnComplaint
    """
    was = _mine(complaint_id, None, actor)
    ended_at = known.access(complaint_id, within=Q()).ended_at
    if was.status != machines.ANSWERED or ended_at is None or ended_at > written_at:
        return False
    _reopen(was, runs=was.clock, why=note, at=at, actor=actor)
    return True


def _reopen(was: Standing, *, runs: Clock, why: str, at: datetime, actor: str) -> None:
    stop_id = take_complaint.pause(was.customer_id, at=at, actor=actor) if was.customer_id else None
    changes = {**AGAIN, "stop_id": stop_id, "reopened": was.reopened + 1}
    complaints.move(was, "reopen", at=at, actor=actor, clock=runs, written={"note": why}, changes=changes)
    _heed(why, was, at=at, actor=actor)


@transaction.atomic
def escalate(
    *,
    complaint_id: str,
    turn: int | None,
    regulator: str,
    reference: str,
    reply_on: date | None,
    at: datetime,
    actor: str,
    gate: Gate,
) -> date:
    """It is before a regulator now: its clock runs anew, as of one that a regulator sent; returns by when we reply.

    reply_on : the day that the regulator set, if it did; the earlier of it and the law's counts
    raises   : take_complaint.RegulatorMissing, WrongReplyDate
    """
    named = reveals.kept(regulator)
    if not named:
        raise take_complaint.RegulatorMissing
    was = _mine(complaint_id, turn, actor)
    on = clock.business_date(at, settings.LENDER_ZONE)
    if reply_on is not None and reply_on < on:
        raise WrongReplyDate(reply_on=reply_on, as_of=on)
    runs = take_complaint.running(gate, from_on=on, intake="REGULATOR")
    if reply_on is not None:
        told = {"text_zh": "监管机构设定的日期。", "text_en": "The day that the regulator set.", "citation": ""}
        runs = _with(runs, [{"what": "ANSWER", "due_on": reply_on.isoformat(), "rule": REGULATOR_DAY, **told}])
    stop_id = was.stop_id
    if was.status in machines.ENDED and was.customer_id:
        stop_id = take_complaint.pause(was.customer_id, at=at, actor=actor)
    data = {"answer_due_on": runs.answer_due_on.isoformat()}
    written = {"regulator": named, "reference": reference.strip()}
    changes = {**AGAIN, **sealed.noted(complaint_id, **written), "intake": "REGULATOR", "stop_id": stop_id}
    complaints.move(was, "escalate", at=at, actor=actor, clock=runs, data=data, changes=changes, written=written)
    return runs.answer_due_on


def _with(runs: Clock, terms: list[dict[str, str]]) -> Clock:
    """A clock that also holds to days that no rule sets."""
    days = [date.fromisoformat(term["due_on"]) for term in terms]
    every = sorted([*runs.terms, *terms], key=lambda term: (term["due_on"], term["what"], term["rule"]))
    return replace(runs, terms=every, answer_due_on=min([runs.answer_due_on, *days]))


def _mine(complaint_id: str, turn: int | None, actor: str) -> Standing:
    was = complaints.lock(complaint_id, turn=turn)
    if was.about_actor == actor:
        raise complaints.OwnComplaint(complaint_id=complaint_id, actor=actor)
    return was


def _heed(note: str, was: Standing, *, at: datetime, actor: str) -> None:
    if was.customer_id:
        hear_person.heed_note(note, customer_id=was.customer_id, at=at, actor=actor)


def _ended(at: datetime, actor: str) -> dict[str, object]:
    on = clock.business_date(at, settings.LENDER_ZONE)
    return {"ended_at": at, "ended_on": on, "ended_by": actor}


def is_any_unanswered(customer_id: str, *, besides: str = "") -> bool:
    """Is a complaint of a person open, or its answer held, besides one?"""
    answered = (one for one in known.answered(customer_id) if one != besides)
    return known.is_any_open(customer_id, besides=besides) or any(map(reveal_sealed.is_answer_held, answered))


def _let_go(was: Standing, *, at: datetime, actor: str) -> bool:
    """End what left the person alone for complaints, unless another is open; what somebody set by hand stays."""
    if not was.customer_id or is_any_unanswered(was.customer_id, besides=was.complaint_id):
        return False
    ended = [compliance.end(stop_id=one, at=at, actor=actor) for one in known.stops_of(was.customer_id)]
    return any(ended)
