"""Open one sealed thing for one viewer: a number or address, a text that was sent, a reply, a note, a complaint.

Called by the console, and by `contact_call` for the address of a visit that the gate has just allowed. The audit row
stands in the same transaction: who, what, of whom, in which case, for which purpose; never the value. A limit an hour
holds for each viewer. What is opened is handed to the caller and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from arrears.actions import case_notes, hear_person, house, screen_words
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.audit.written import Written
from arrears.records.cases import queries as cases
from arrears.records.complaints import queries as complaint_rows
from arrears.records.complaints import sealed as complaints
from arrears.records.complaints.operations import OwnComplaint
from arrears.records.compliance import flags, stops
from arrears.records.contacts import sealed, strangers
from arrears.records.people import queries as persons
from arrears.records.people import sealed as people
from arrears.records.rights import requests as rights
from arrears.records.staff import operations as staff
from arrears.rules import reveals

KIND, REFUSED = "identity.revealed", "identity.reveal_refused"
#: The evidence of a case, whose words stand in it opened: a reveal, and one more for each field of an identity in it.
EXPORTED = "evidence.exported"
POINT, WORDS, TRANSCRIPT, REQUEST, STRANGER = "POINT", "WORDS", "TRANSCRIPT", "REQUEST", "STRANGER"
OPENERS = {WORDS: sealed.open_words, TRANSCRIPT: sealed.open_transcript, **case_notes.OPENERS}
WITHIN = timedelta(hours=1)
#: What a note that is missing would have been written for.
WRITTEN_OUT = "OTHER"


class NothingToReveal(Refusal):
    """It is not this person's, it does not exist, or nothing was ever sealed there."""

    code = "nothing_to_reveal"
    message = "There is nothing sealed under {subject_id} in this case."


class NotYourClearance(Refusal):
    """A number is shown to the colleague whom the gate cleared, until the outcome is told, and to nobody else."""

    code = "not_your_clearance"
    message = "Contact {contact_id} is not under way, or was cleared for somebody else."


class PointGone(NotYourClearance):
    """Whoever is rung now may be somebody else."""

    code = "point_gone"
    message = "The number or address of contact {contact_id} was found wrong or corrected since it was cleared."


def no_clearance(contact_id: str, *, actor: str) -> NotYourClearance:
    """Why it is not shown."""
    is_gone = sealed.is_of_a_point_gone(contact_id, actor=actor)
    return (PointGone if is_gone else NotYourClearance)(contact_id=contact_id)


class AnswerHeld(Refusal):
    """The screen found its words wanting, and the desk has not said that they may go."""

    code = "answer_held"
    message = "The answer to the complaint {complaint_id} is held until its words have been looked at."


class LeftAlone(Refusal):
    """An agency has no errand with whom nobody may contact: the number stays with us."""

    code = "left_alone"
    message = "The person of case {case_id} is left alone: their numbers and addresses are not for an agency now."


class UnknownThing(InvalidInput):
    code = "unknown_thing"
    message = "{what} is nothing that can be opened."


class RevealLimitReached(Refusal):
    code = "reveal_limit_reached"
    message = "{actor} has opened {count} sealed things within an hour; the limit is {limit}."


@dataclass(frozen=True)
class Revealed:
    """What was opened. what: POINT, or what the words are (TEXT, REPLY, NOTE, TRANSCRIPT); kind: of point or channel.

    The value stays out of the representation, so that no log or error page holds it.
    """

    what: str
    subject_id: str
    kind: str
    value: str = field(repr=False)


def policy() -> reveals.Policy:
    """The purposes and limits of this installation."""
    return _policy(house.here().policies)


@lru_cache(maxsize=4)
def _policy(folder: Path) -> reveals.Policy:
    return reveals.read(folder / "reveals.toml")


def noted(note: str) -> str:
    """A note as it is kept; it is not blank.

    raises : reveals.ReasonMissing, reveals.ReasonHoldsIdentity
    """
    words = reveals.kept(note)
    if not words:
        raise reveals.ReasonMissing(purpose=WRITTEN_OUT)
    return words


def reveal(
    *, viewer: cases.Viewer, case_id: str, what: str, subject_id: str, purpose: str, reason: str, at: datetime
) -> Revealed:
    """Open one sealed thing that belongs to a case.

    viewer     : who looks; must be allowed to see the case; an outside agency opens the borrower's own points alone
    what       : POINT (subject_id = contact_point_id), WORDS or TRANSCRIPT (subject_id = contact_id), or a note of
                 the page (`case_notes`)
    purpose    : one that a person may choose (policies/reveals.toml); reason : free, no identity in it
    returns    : Revealed
    raises     : cases.NoSuchCase, NothingToReveal, LeftAlone, UnknownThing, cipher.UnableToOpen; what reveals.stated
                 raises; RevealLimitReached, which leaves an audit row too
    """
    card = cases.access(viewer, case_id)
    if viewer.agency and not (what == POINT and subject_id in persons.ids_of_own_points(card.row.customer_id)):
        raise NothingToReveal(subject_id=subject_id[:32])
    if viewer.agency and any(stop.is_of_all for stop in stops.not_over(card.row.customer_id, at=at)):
        raise LeftAlone(case_id=case_id)
    kept = reveals.stated(policy(), purpose=purpose, reason=reason)
    whose = card.row.customer_id
    facts = {"case_id": case_id, "purpose": purpose, "reason": kept}
    opening = partial(_open, what, subject_id, customer_id=whose, case_id=case_id)
    return _counted(opening, what=what, subject=whose, facts=facts, actor=f"user:{viewer.pk}", at=at)


def reveal_complaint(*, viewer: cases.Viewer, complaint_id: str, what: str, at: datetime) -> Revealed:
    """Open a complaint's own words (COMPLAINT) or its answer (ANSWER), for whoever works complaints.

    raises : NothingToReveal, RevealLimitReached, OwnComplaint, cipher.UnableToOpen
    """
    actor = f"user:{viewer.pk}"

    def opening() -> Revealed:
        if words is None:
            raise NothingToReveal(subject_id=complaint_id[:32])
        if words.about_actor == actor:
            raise OwnComplaint(complaint_id=complaint_id, actor=actor)
        return Revealed(what, complaint_id, "", words.text)

    words = complaints.open_words(complaint_id, what)
    subject = (words and words.customer_id) or complaint_id
    facts = {"case_id": words.case_id if words else "", "purpose": "COMPLAINT", "reason": ""}
    return _counted(opening, what=what, subject=subject, facts=facts, actor=actor, at=at)


def reveal_request(*, viewer: cases.Viewer, request_id: str, at: datetime) -> Revealed:
    """Open the words of a request about one's own data, for whoever works it.

    raises : NothingToReveal, RevealLimitReached, cipher.UnableToOpen
    """

    def opening() -> Revealed:
        if words is None:
            raise NothingToReveal(subject_id=request_id[:32])
        return Revealed(REQUEST, request_id, "", words[1])

    words = rights.open_words(request_id)
    facts = {"case_id": "", "purpose": "SUBJECT_REQUEST", "reason": ""}
    subject = words[0] if words else request_id[:32]
    return _counted(opening, what=REQUEST, subject=subject, facts=facts, actor=f"user:{viewer.pk}", at=at)


def reveal_stranger(*, viewer: cases.Viewer, message_id: str, at: datetime) -> Revealed:
    """Open a message from nobody we know that tells of a risk to a life: first where it came from, then its words.

    raises : NothingToReveal, RevealLimitReached, cipher.UnableToOpen
    """
    actor = f"user:{viewer.pk}"

    def opening() -> Revealed:
        told = strangers.open_message(message_id, at=at, actor=actor)
        if told is None:
            raise NothingToReveal(subject_id=message_id[:32])
        return Revealed(STRANGER, message_id, "", f"{told.from_}\n{told.text}".rstrip("\n"))

    facts = {"case_id": "", "purpose": "LIFE", "reason": ""}
    return _counted(opening, what=STRANGER, subject=message_id[:32], facts=facts, actor=actor, at=at)


def is_answer_held(complaint_id: str) -> bool:
    """May whoever complained not be told yet what was written for them? Raises NoSuchComplaint."""
    answered_at = complaint_rows.access(complaint_id, within=Q()).ended_at
    return flags.holds(screen_words.ANSWER, complaint_id, since=answered_at)


@transaction.atomic
def hand_over_answer(*, complaint_id: str, at: datetime, actor: str) -> Revealed:
    """Open the answer to a complaint for whoever complained, by the door (`actor`) through which they ask.

    raises : NothingToReveal while it is not answered; AnswerHeld
    """
    words = complaints.open_words(complaint_id, complaints.ANSWER)
    if words is None:
        raise NothingToReveal(subject_id=complaint_id[:32])
    if is_answer_held(complaint_id):
        raise AnswerHeld(complaint_id=complaint_id)
    opened = Revealed(complaints.ANSWER, complaint_id, "", words.text)
    facts = {"case_id": words.case_id, "purpose": "COMPLAINT", "reason": ""}
    _record(opened, customer_id=words.customer_id or complaint_id, actor=actor, at=at, facts=facts)
    return opened


def _counted(
    opening: Callable[[], Revealed], *, what: str, subject: str, facts: dict[str, str], actor: str, at: datetime
) -> Revealed:
    """Open within the limit, with the audit row."""
    with within_limit(what=what, subject=subject, case_id=facts["case_id"], actor=actor, at=at):
        opened = opening()
        _record(opened, customer_id=subject, actor=actor, at=at, facts=facts)
        hear_person.heed_note(facts["reason"], customer_id=subject, at=at, actor=actor)
        return opened


@contextmanager
def within_limit(
    *, what: str, subject: str, case_id: str, actor: str, at: datetime, things: int = 1, words: int = 0
) -> Iterator[None]:
    """Open something in one transaction, unless the limit would be passed: then only that is recorded.

    things : how many are opened; words : how many texts and transcripts of evidence, which have their own limit
    raises : RevealLimitReached, before anything is opened
    """
    try:
        with transaction.atomic():
            _count(actor, kind=reveals.ASKED, at=at, things=things)
            if words:
                _count_words(actor, at=at, words=words)
            yield
    except RevealLimitReached as refusal:
        count, limit = refusal.facts["count"], refusal.facts["limit"]
        audit.record(REFUSED, subject=subject, actor=actor, at=at, count=count, limit=limit, what=what, case_id=case_id)
        raise


@transaction.atomic
def reveal_cleared(*, contact_id: str, at: datetime, actor: str, reason: str = "") -> Revealed:
    """Open the number or address of a call or visit that is under way, for the colleague whom the gate cleared.

    reason  : of a call, why the number must be seen though a switchboard dials it; without identity
    returns : Revealed; its purpose is the contact itself, so none is stated
    raises  : NotYourClearance, PointGone, NothingToReveal, RevealLimitReached; what reveals.in_words raises
    """
    cleared = sealed.cleared(contact_id, actor=actor)
    if cleared is None:
        raise no_clearance(contact_id, actor=actor)
    is_call = cleared.channel == "CALL"
    why = reveals.in_words(reason, purpose=cleared.channel) if is_call else reveals.kept(reason)
    _count(actor, kind=reveals.CLEARED, at=at)
    opened = _open(POINT, cleared.contact_point_id, customer_id=cleared.customer_id, case_id=cleared.case_id)
    facts = {"case_id": cleared.case_id, "purpose": cleared.channel, "reason": why, "contact_id": contact_id}
    _record(opened, customer_id=cleared.customer_id, actor=actor, at=at, facts=facts)
    hear_person.heed_note(why, customer_id=cleared.customer_id, at=at, actor=actor)
    return opened


def _count(actor: str, *, kind: str, at: datetime, things: int = 1) -> None:
    """Refuse above the limit. The viewer's own row is locked first, so two requests at once are counted one by one."""
    staff.lock(actor)
    limit = policy().an_hour[kind]
    count = trail.count_since((KIND, EXPORTED), actor=actor, since=at - WITHIN, purposes=policy().codes(kind))
    if count + things > limit:
        raise RevealLimitReached(actor=actor, count=count, limit=limit)


def _count_words(actor: str, *, at: datetime, words: int) -> None:
    """The same for the words in evidence; after `_count`, which holds the viewer's row."""
    limit = policy().an_hour[reveals.WORDS]
    count = trail.sum_since(EXPORTED, "texts", actor=actor, since=at - WITHIN)
    if count + words > limit:
        raise RevealLimitReached(actor=actor, count=count, limit=limit)


def record_opened(
    opened: Iterable[Revealed], *, customer_id: str, actor: str, at: datetime, facts: dict[str, str]
) -> None:
    """An audit row for each thing that stands opened in evidence; within the limit, see `within_limit`."""
    for one in opened:
        _record(one, customer_id=customer_id, actor=actor, at=at, facts=facts)


def _open(what: str, subject_id: str, *, customer_id: str, case_id: str) -> Revealed:
    if what == POINT:
        point = people.open_point(subject_id, customer_id=customer_id)
        found = Revealed(POINT, subject_id, point.kind, point.value) if point else None
    elif what in OPENERS:
        words = OPENERS[what](subject_id, customer_id=customer_id, case_id=case_id)
        found = Revealed(words.what, subject_id, words.channel, words.text) if words else None
    else:
        raise UnknownThing(what=what[:20])
    if found is None:
        raise NothingToReveal(subject_id=subject_id[:32])
    return found


def _record(opened: Revealed, *, customer_id: str, actor: str, at: datetime, facts: dict[str, str]) -> None:
    about = {"what": opened.what, "what_kind": opened.kind, "subject_id": opened.subject_id}
    stated = {name: value for name, value in facts.items() if name != "reason"}
    said = Written(customer_id, {"reason": facts["reason"]})
    audit.record_written(said, KIND, subject=customer_id, actor=actor, at=at, **about, **stated)
