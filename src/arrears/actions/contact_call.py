"""Calls and visits by our people, or by an agency's of what is placed with it: cleared by the gate, recorded after.

Called by the console. Clearing is the intent: it counts against the caps from that moment until its outcome is known,
so two colleagues cannot both be cleared for the last call of a day. What is refused is kept with its reasons too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from arrears.actions import (
    contact_gate,
    contact_need,
    contact_overrule,
    hear_person,
    mark_contact_point,
    reveal_sealed,
    screen_words,
)
from arrears.actions.contact_gate import Gate, Judgement, Wish
from arrears.actions.reveal_sealed import Revealed
from arrears.actions.screen_words import Words
from arrears.kernel import identifiers
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import finishing
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox, sealed, untold
from arrears.records.contacts.sealed import OWN_STAFF
from arrears.records.privacy import cipher
from arrears.records.staff import operations as staffing
from arrears.records.staff import queries as staff
from arrears.rules import cases as machines
from arrears.rules.compliance import facts
from arrears.rules.compliance.facts import Verdict

CALL_OUTCOMES = facts.UNANSWERED | facts.CONNECTED | {"FAILED"}
VISIT_OUTCOMES = facts.VISITED
#: Outcomes that tell that a number or address does not reach the person → why it does not.
WRONG_POINT = {"WRONG_PARTY": "WRONG_PARTY", "WRONG_PLACE": "WRONG_PLACE", "FAILED": "OUT_OF_SERVICE"}
#: How a borrower agreed to be visited.
AGREED = ("BY_PHONE", "IN_WRITING", "AT_EARLIER_VISIT")
#: channel → the outcome of one that was cleared and never happened.
NEVER = {"CALL": machines.NOT_DIALLED, "VISIT": machines.NOT_MADE}


class NotYourContactPoint(Refusal):
    """The contact point is not this person's, or is known to be invalid."""

    code = "not_your_contact_point"
    message = "Contact point {contact_point_id} does not reach {customer_id}."


class NoSuchCompanion(InvalidInput):
    """Who goes along is a colleague who works here and speaks with borrowers, and not the visitor again."""

    code = "no_such_companion"
    message = "{companion} cannot go along on this visit."


class CallIsOpen(Refusal):
    """Whoever speaks with one person calls no other; what is told, or older than a call lasts, is open no more."""

    code = "call_is_open"
    message = "A call of yours to {customer_id} is open: tell its outcome first."


class UnknownAgreement(InvalidInput):
    code = "unknown_agreement"
    message = "{agreed} is not how a borrower agrees to a visit."


class UnknownOutcome(InvalidInput):
    code = "unknown_outcome"
    message = "{outcome} is not an outcome of a {channel}."


class PointIsNotWrong(InvalidInput):
    """The number is marked as wrong, while the outcome says nothing against it."""

    code = "point_is_not_wrong"
    message = "{outcome} does not say that this contact point is wrong."


@dataclass(frozen=True)
class Clearance:
    """allowed: speak now, then record the outcome under `contact_id`; otherwise `verdict` says why and until when.

    point : of a visit, where to go; a number is not opened, `dial_call` puts the colleague through
    """

    allowed: bool
    contact_id: str
    verdict: Verdict
    point: Revealed | None = field(default=None, repr=False)


def clear_call(
    *,
    customer_id: str,
    case_id: str | None,
    contact_point_id: str,
    at: datetime,
    actor: str,
    gate: Gate,
    purpose: str = "COLLECT",
    overruling: str = "",
) -> Clearance:
    """May this number be called now? If so, the call is on record as being made, and may be dialled (`dial_call`).

    at         : now; asking twice at the same moment for the same number is asking once
    overruling : why it shall be made though guidance advises against it; blank = it shall not (see contact_overrule).
                 It overrules nothing else, and is on record with the guidance when it did
    returns    : Clearance; a refusal is an answer here, not an exception
    purpose    : COLLECT, or rules.cases.HELPING of whoever has, or may take, open work to help the person of the case
    raises     : NotYourContactPoint when the number is not this person's, or is known to be invalid;
                 what `contact_need` raises: nothing to collect, an agency's case, no help asked for, help stopped;
                 CallIsOpen while another call of this colleague's is under way;
                 what contact_overrule.reason_of raises: nothing is cleared
    """
    return _clear("CALL", customer_id, case_id, contact_point_id, purpose, {}, at, actor, gate, overruling)


def clear_visit(
    *,
    customer_id: str,
    case_id: str | None,
    contact_point_id: str,
    companion: str,
    agreed: str,
    at: datetime,
    actor: str,
    gate: Gate,
    purpose: str = "COLLECT",
    overruling: str = "",
) -> Clearance:
    """May this address be visited now? If so it is opened. See `clear_call`.

    companion : the colleague who goes along, as an actor; blank is a visit alone
    agreed    : how the borrower agreed to be visited, of AGREED; blank when they did not, which the gate weighs
    raises    : NoSuchCompanion, UnknownAgreement, reveal_sealed.RevealLimitReached too: nothing is cleared
    """
    if companion and companion not in {f"user:{one.user_id}" for one in staff.companions(actor)}:
        raise NoSuchCompanion(companion=companion[:20])
    if agreed and agreed not in AGREED:
        raise UnknownAgreement(agreed=agreed[:20])
    told = {"companion": companion, "agreed": agreed}
    return _clear("VISIT", customer_id, case_id, contact_point_id, purpose, told, at, actor, gate, overruling)


def along(told: Mapping[str, object]) -> dict[str, Any]:
    """What the gate is asked of who goes along on a visit, and of how it was agreed to."""
    consents = frozenset({"VISIT_HOME"}) if told.get("agreed") else frozenset[str]()
    return {"staff_count": 2 if told.get("companion") else 1, "consents": consents}


def contact_id_of(*, channel: str, customer_id: str, contact_point_id: str, at: datetime, actor: str) -> str:
    """The contact under which a CALL or VISIT is cleared: the same attempt is always the same contact."""
    return identifiers.derived_id(channel.lower(), customer_id, contact_point_id, at.isoformat(), actor)


@transaction.atomic
def _clear(
    channel: str,
    customer_id: str,
    case_id: str | None,
    contact_point_id: str,
    purpose: str,
    told: Mapping[str, str],
    at: datetime,
    actor: str,
    gate: Gate,
    overruling: str,
) -> Clearance:
    """told : of a visit, who goes along and how it was agreed to; kept with the contact."""
    why = contact_overrule.reason_of(overruling, actor=actor)
    outbox.lock([customer_id])
    resident = outbox.residents([customer_id]).get(customer_id)
    relation = outbox.relations([contact_point_id]).get((customer_id, contact_point_id))
    if resident is None or relation is None:
        raise NotYourContactPoint(customer_id=customer_id, contact_point_id=contact_point_id)
    contact_need.refuse_needless(customer_id, case_id, purpose, actor)
    contact_need.refuse_unasked(case_id, purpose, actor, channel=channel)
    contact_need.refuse_stopped(customer_id, purpose, channel=channel, contact_point_id=contact_point_id, at=at)
    contact_id = contact_id_of(
        channel=channel, customer_id=customer_id, contact_point_id=contact_point_id, at=at, actor=actor
    )
    wish = Wish(
        contact_id=contact_id,
        customer_id=customer_id,
        channel=channel,
        purpose=purpose,
        relation=relation,
        contact_point_id=contact_point_id,
        at=at,
        region=resident.region,
        timezone=resident.timezone,
        overruled=gate.pack.guidance if why else frozenset(),
        **along(told),
    )
    known = outbox.standing([contact_id])
    if channel == "CALL" and not known:
        _refuse_second_call(actor, at)
    [judgement] = contact_gate.judge(gate, [wish])
    verdict = judgement.verdict
    if known:
        return _answer(wish, verdict, actor, is_allowed=known[contact_id][0] == "SENDING")
    _write(wish, case_id, told, judgement, actor, gate)
    if why and verdict.allowed and verdict.reasons:
        rules = [reason.rule for reason in verdict.reasons]
        contact_overrule.keep(customer_id=customer_id, contact_id=contact_id, rules=rules, why=why, at=at, actor=actor)
    return _answer(wish, verdict, actor, is_allowed=verdict.allowed)


def _refuse_second_call(actor: str, at: datetime) -> None:
    staffing.lock(actor)
    customer_id = untold.call_under_way(actor, at=at)
    if customer_id is not None:
        raise CallIsOpen(customer_id=customer_id)


def _answer(wish: Wish, verdict: Verdict, actor: str, *, is_allowed: bool) -> Clearance:
    """Whoever goes somewhere must know where; whoever calls need not know the number."""
    point = None
    if is_allowed and wish.channel == "VISIT":
        point = reveal_sealed.reveal_cleared(contact_id=wish.contact_id, at=wish.at, actor=actor)
    return Clearance(is_allowed, wish.contact_id, verdict, point)


def _write(
    wish: Wish, case_id: str | None, told: Mapping[str, str], judgement: Judgement, actor: str, gate: Gate
) -> None:
    verdict = judgement.verdict
    at, status = wish.at, "PLANNED" if verdict.allowed else "REFUSED"
    zone = contact_gate.zone_of(gate.pack, region=wish.region, timezone=wish.timezone)
    on = contact_gate.local_on(gate.pack, region=wish.region, timezone=wish.timezone, at=at)
    reason = "" if verdict.allowed else verdict.reasons[0].rule
    kept = {"staff_count": wish.staff_count} | {name: value for name, value in told.items() if value}
    words = ("", "", gate.library.institution.default_language, kept)
    moments = (at, verdict.not_before or at, at, None if verdict.allowed else at)
    row = (
        *(wish.contact_id, wish.customer_id, case_id, wish.contact_point_id, wish.channel, wish.purpose),
        *(wish.relation, status, *words, on, 0, reason, 0, *moments, zone, actor),
    )
    contacts.plan_many([row], at=at, actor=actor)
    contact_id, customer_id = wish.contact_id, wish.customer_id
    judged = contact_gate.verdict_row(
        gate, contact_id=contact_id, customer_id=customer_id, phase="SEND", at=at, judgement=judgement
    )
    compliance.keep_verdicts([judged])
    if verdict.allowed:
        moves = [(contact_id, "", at, on, OWN_STAFF)]
        columns = ("sent_at", "local_on", "vendor")
        contacts.move_many(moves, event="intend", before="PLANNED", at=at, actor=actor, columns=columns)


def record_call(
    *, contact_id: str, outcome: str, at: datetime, actor: str, note: str = "", is_point_wrong: bool = False
) -> None:
    """What came of a cleared call; when the right person was reached to collect, the case's call work is done.

    outcome        : NO_ANSWER BUSY VOICEMAIL CONNECTED RIGHT_PARTY WRONG_PARTY, or FAILED when it never rang
    note           : what was said, sealed, and screened for the compliance desk; never needed to be filled. What it
                     tells of the person is acted upon
    is_point_wrong : the number is used no more; only with an outcome of WRONG_POINT
    raises         : UnknownOutcome, PointIsNotWrong, NoSuchContact, UnableToMoveContacts (told already)
    """
    if outcome not in CALL_OUTCOMES:
        raise UnknownOutcome(outcome=outcome, channel="call")
    _record(contact_id, "CALL", outcome, note, is_point_wrong, at, actor)


@transaction.atomic
def declare_never_made(*, contact_id: str, channel: str, at: datetime, actor: str) -> bool:
    """A call or visit was cleared, and never happened: it ends as FAILED with an outcome that says so, on record.

    channel : CALL (nobody dialled) or VISIT (nobody went)
    returns : True when it does not count against the caps any more. Who was cleared, or went along, and so had the
              number or address, says it of themselves: then the borrower may have been reached all the same, and it
              counts on. Somebody else's word, a supervisor's, takes it out
    raises  : NoSuchContact; UnableToMoveContacts when its outcome is on record already
    """
    is_released = actor not in untold.who_went(contact_id, channel)
    outcome = NEVER[channel]
    if is_released:
        moves: list[tuple[object, ...]] = [(contact_id, outcome, outcome, at, None, None)]
        columns = ["outcome", "closed_at", "sent_at", "local_on"]
    else:
        moves, columns = [(contact_id, outcome, outcome, at)], ["outcome", "closed_at"]
    contacts.move_many(moves, event="fail", before="SENDING", at=at, actor=actor, columns=columns)
    audit.record(
        f"contact.{outcome.lower()}",
        subject=contact_id,
        actor=actor,
        at=at,
        after=outcome,
        still_counts=not is_released,
    )
    return is_released


def record_visit(
    *, contact_id: str, outcome: str, at: datetime, actor: str, note: str = "", is_point_wrong: bool = False
) -> None:
    """What came of a cleared visit: MET NOT_MET REFUSED, or WRONG_PLACE when they do not live there.

    See `record_call`.
    """
    if outcome not in VISIT_OUTCOMES:
        raise UnknownOutcome(outcome=outcome, channel="visit")
    _record(contact_id, "VISIT", outcome, note, is_point_wrong, at, actor)


def _record(
    contact_id: str, channel: str, outcome: str, note: str, is_point_wrong: bool, at: datetime, actor: str
) -> None:
    """What was noted is screened before anything is locked: a screen that is read for the first time takes its time."""
    if is_point_wrong and outcome not in WRONG_POINT:
        raise PointIsNotWrong(outcome=outcome)
    about = outbox.about(contact_id=contact_id, channel=channel)
    words = Words(screen_words.NOTE, contact_id, about.customer_id, about.case_id or "", channel, about.relation)
    findings = screen_words.of_note(note)
    told = hear_person.listen([note] if note else [], is_note=True)
    with transaction.atomic():
        outbox.lock([about.customer_id])
        kept = cipher.seal(note, context=sealed.text_context(contact_id)) if note else None
        event, columns = ("fail" if outcome == "FAILED" else "complete"), ("outcome", "closed_at", "text_sealed")
        moves = [(contact_id, outcome, outcome, at, kept)]
        contacts.move_many(moves, event=event, before="SENDING", at=at, actor=actor, columns=columns)
        audit.record("contact.recorded", subject=contact_id, actor=actor, at=at, after=outcome, channel=channel)
        screen_words.flag(findings, words=words, at=at, actor=actor)
        if is_point_wrong:
            mark_contact_point.mark_if_valid(
                customer_id=about.customer_id,
                case_id=about.case_id,
                contact_point_id=about.contact_point_id,
                reason=WRONG_POINT[outcome],
                at=at,
                actor=actor,
            )
        if outcome == machines.DOING[channel] and about.case_id and about.purpose != machines.HELPING:
            finishing.complete_open_work(case_id=about.case_id, kind=channel, outcome=outcome, at=at, actor=actor)
        for one in told:
            hear_person.act(
                customer_id=about.customer_id,
                heard=one,
                contact_id=contact_id,
                at=at,
                actor=actor,
                is_own=outcome in facts.CONVERSED,
            )
