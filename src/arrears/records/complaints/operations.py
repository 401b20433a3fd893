"""Put a complaint on record and move it on, each time with its audit row and, where it has a case, the case's event.

Called by `actions.take_complaint` and `actions.work_complaint`, which know the terms, the stop and the people. A change
that was asked for with another `turn` than the complaint has is refused: somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.audit import written as audit_words
from arrears.records.audit.written import Written
from arrears.records.cases import operations as cases
from arrears.records.complaints import sealed
from arrears.records.complaints.models import (
    Complainant,
    Complaint,
    ComplaintContact,
    ComplaintIntake,
    ComplaintKind,
    ComplaintOutcome,
    Remedy,
    RootCause,
)
from arrears.records.contacts.models import Contact
from arrears.records.people import operations as people
from arrears.records.privacy import cipher
from arrears.rules import complaints as machines


class NoSuchComplaint(NotFound):
    code = "no_such_complaint"
    message = "There is no complaint {complaint_id}."


class ComplaintDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "complaint_differs"
    message = "The complaint {complaint_id} is known with other content."


class UnableToMoveComplaint(Refusal):
    """Somebody else changed it meanwhile."""

    code = "unable_to_move_complaint"
    message = "The complaint {complaint_id} was changed by somebody else meanwhile."


class OwnComplaint(Refusal):
    """Nobody judges what is said of themself, nor reads who said it."""

    code = "own_complaint"
    message = "The complaint {complaint_id} is about {actor}."


class UnknownComplaintWord(InvalidInput):
    """A kind, an outcome, a cause that is not of its list."""

    code = "unknown_complaint_word"
    message = "{value!r} is no {field} of a complaint."


class NobodyKnown(NotFound):
    code = "complaint_of_nobody"
    message = "There is no person {customer_id}."


class PersonKnownAlready(Refusal):
    """Whose it is was found out before: it is not moved from one person to another."""

    code = "complaint_has_person"
    message = "The complaint {complaint_id} is {customer_id}'s already."


class NotTheirContact(InvalidInput):
    code = "not_their_contact"
    message = "Not every contact named was made with the person whom complaint {complaint_id} is about."


#: How a kind or an outcome begins in the story of a case, where other words stand beside it.
OF_A_COMPLAINT = "COMPLAINT_"
WORDS: Mapping[str, type[TextChoices]] = {
    "intake": ComplaintIntake,
    "complainant": Complainant,
    "kind": ComplaintKind,
    "outcome": ComplaintOutcome,
    "root_cause": RootCause,
    "remedy": Remedy,
}


@dataclass(frozen=True)
class About:
    """Whom a complaint is about: a colleague and the teams of then, or an agency, or nobody known."""

    actor: str = ""
    team: str = ""
    agency: str = ""


@dataclass(frozen=True)
class Intake:
    """What came in. customer_id blank: nobody knows yet whom it concerns; reference : of the regulator or sender;
    contact_ids : the contacts with this person that it is about, where they are known."""

    complaint_id: str
    customer_id: str
    case_id: str
    intake: str
    complainant: str
    kind: str
    text: str = field(repr=False)
    about: About = About()
    regulator: str = ""
    reference: str = ""
    contact_ids: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """A keyed hash of what came in."""
        return cipher.blind_index(*self._hashed)

    @property
    def marks(self) -> list[str]:
        """Every mark under which the same may have been kept, before the keys changed or since."""
        return cipher.blind_indexes(*self._hashed)

    @property
    def _hashed(self) -> tuple[str, str]:
        parts = (self.customer_id, self.intake, self.complainant, self.text, self.regulator, self.reference)
        return "complaint", "\x1f".join(parts)


@dataclass(frozen=True)
class Clock:
    """From when its terms run and what they are; terms : rows of `rules.compliance.complaint_terms`, as JSON."""

    from_on: date
    acknowledge_due_on: date | None
    answer_due_on: date
    terms: list[dict[str, str]]
    extended: int = 0

    def due_on(self, status: str) -> date | None:
        """What is due next at a status."""
        if status in machines.ENDED:
            return None
        if status == machines.RECEIVED and self.acknowledge_due_on is not None:
            return min(self.acknowledge_due_on, self.answer_due_on)
        return self.answer_due_on


@dataclass(frozen=True)
class Standing:
    """What a complaint stands at, read with its row locked."""

    complaint_id: str
    customer_id: str
    case_id: str
    intake: str
    complainant: str
    status: str
    turn: int
    about_actor: str
    clock: Clock
    stop_id: int | None
    reopened: int
    acknowledged_at: datetime | None


def is_on_record(intake: Intake) -> bool:
    """Did this very complaint come in before? Raises ComplaintDiffers when another did under its identifier."""
    known = Complaint.objects.filter(complaint_id=intake.complaint_id).values_list("content_mark", flat=True).first()
    if known is not None and known not in intake.marks:
        raise ComplaintDiffers(complaint_id=intake.complaint_id)
    return known is not None


@transaction.atomic
def put_on_record(
    intake: Intake, *, clock: Clock, stop_id: int | None, received_on: date, at: datetime, actor: str
) -> bool:
    """Append a complaint; False when somebody else did so at this very moment. See `is_on_record`.

    raises : UnknownComplaintWord, ComplaintDiffers, NotTheirContact
    """
    check(intake=intake.intake, complainant=intake.complainant, kind=intake.kind)
    row = Complaint(
        complaint_id=intake.complaint_id,
        person_id=intake.customer_id or None,
        case_id=intake.case_id or None,
        intake=intake.intake,
        complainant=intake.complainant,
        kind=intake.kind,
        about_actor=intake.about.actor,
        about_team=intake.about.team,
        about_agency=intake.about.agency,
        **sealed.noted(intake.complaint_id, regulator=intake.regulator, reference=intake.reference),
        text_sealed=cipher.seal(intake.text, context=sealed.text_context(intake.complaint_id)),
        content_mark=intake.mark,
        received_at=at,
        received_on=received_on,
        received_by=actor,
        stop_id=stop_id,
        **_clock_fields(clock, machines.RECEIVED),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if is_on_record(intake):
            return False
        raise
    link(intake.complaint_id, intake.customer_id, intake.contact_ids)
    data = {"complaint_kind": intake.kind, "intake": intake.intake, "answer_due_on": clock.answer_due_on.isoformat()}
    about = intake.complaint_id, intake.case_id
    said = Written(intake.customer_id, {})
    _tell("received", *about, "", machines.RECEIVED, intake.kind, at, actor, data, said)
    return True


def lock(complaint_id: str, *, turn: int | None = None) -> Standing:
    """Take a complaint's row, and then its person's, until the transaction ends.

    turn   : what who asks has seen of it; None = whatever it is
    raises : NoSuchComplaint, UnableToMoveComplaint
    """
    row = Complaint.objects.select_for_update(no_key=True, of=("self",)).filter(complaint_id=complaint_id).first()
    if row is None:
        raise NoSuchComplaint(complaint_id=complaint_id[:32])
    if turn is not None and row.turn != turn:
        raise UnableToMoveComplaint(complaint_id=complaint_id)
    if row.person_id:
        lock_person(row.person_id)
    clock = Clock(row.clock_from_on, row.acknowledge_due_on, row.answer_due_on, row.terms, row.extended)
    return Standing(
        complaint_id,
        row.person_id or "",
        row.case_id or "",
        row.intake,
        row.complainant,
        row.status,
        row.turn,
        row.about_actor,
        clock,
        row.stop_id,
        row.reopened,
        row.acknowledged_at,
    )


def lock_person(customer_id: str) -> None:
    """Whoever contacts, stops or hears a person holds their row. Raises NobodyKnown."""
    if not people.lock(customer_id):
        raise NobodyKnown(customer_id=customer_id[:64])


@transaction.atomic
def move(
    was: Standing,
    event: str,
    *,
    at: datetime,
    actor: str,
    clock: Clock | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    changes: Mapping[str, object] | None = None,
    written: Mapping[str, str] | None = None,
) -> str:
    """Apply one event of `rules.complaints` to a complaint that was locked; returns the status after it.

    reason  : a code that tells the case's story more: a kind, an outcome
    changes : columns beside status and clock
    written : words with it, by what they are: a note, a reference
    raises  : transitions.NoSuchTransition, UnableToMoveComplaint
    """
    after = next_status(machines.COMPLAINT, was.status, event, noun="complaint")
    fields = {"status": after, "turn": was.turn + 1, **_clock_fields(clock or was.clock, after), **(changes or {})}
    if Complaint.objects.filter(complaint_id=was.complaint_id, turn=was.turn).update(**fields) != 1:
        raise UnableToMoveComplaint(complaint_id=was.complaint_id)
    said = Written(was.customer_id, written or {})
    _tell(PAST[event], was.complaint_id, was.case_id, was.status, after, reason, at, actor, dict(data or {}), said)
    return after


#: Event → how it is told: the end of an audit kind.
PAST = {
    "acknowledge": "acknowledged",
    "answer": "answered",
    "extend": "extended",
    "withdraw": "withdrawn",
    "reopen": "reopened",
    "escalate": "escalated",
    "classify": "classified",
    "link": "linked",
    "attach": "attached",
}


def attach(was: Standing, *, customer_id: str, case_id: str, stop_id: int | None, at: datetime, actor: str) -> None:
    """Whose a locked complaint of nobody known is; its clock runs as it ran, and what was written of it is theirs too.

    raises : PersonKnownAlready; what `move` raises
    """
    if was.customer_id:
        raise PersonKnownAlready(complaint_id=was.complaint_id, customer_id=was.customer_id)
    changes = {"person_id": customer_id, "case_id": case_id or None, "stop_id": stop_id}
    theirs = replace(was, customer_id=customer_id, case_id=case_id)
    move(theirs, "attach", at=at, actor=actor, data={"customer_id": customer_id}, changes=changes)
    audit_words.are_about(was.complaint_id, customer_id)


def link(complaint_id: str, customer_id: str, contact_ids: Collection[str]) -> None:
    """The contacts that a locked complaint is about, instead of those before. Raises NotTheirContact."""
    theirs = Contact.objects.filter(contact_id__in=list(contact_ids), person_id=customer_id).values_list(
        "pk", flat=True
    )
    if set(theirs) != set(contact_ids):
        raise NotTheirContact(complaint_id=complaint_id)
    links = ComplaintContact.objects.filter(complaint_id=complaint_id)
    links.exclude(contact_id__in=list(contact_ids)).delete()
    rows = [ComplaintContact(complaint_id=complaint_id, contact_id=one) for one in sorted(set(contact_ids))]
    ComplaintContact.objects.bulk_create(rows, ignore_conflicts=True)


def check(**given: str) -> None:
    """Each word is one of its list: `check(kind="CONDUCT")`; raises UnknownComplaintWord."""
    for name, value in given.items():
        if value not in WORDS[name].values:
            raise UnknownComplaintWord(field=name, value=value[:20])


def _clock_fields(clock: Clock, status: str) -> dict[str, Any]:
    return {
        "clock_from_on": clock.from_on,
        "acknowledge_due_on": clock.acknowledge_due_on,
        "answer_due_on": clock.answer_due_on,
        "terms": clock.terms,
        "extended": clock.extended,
        "due_on": clock.due_on(status),
    }


def _tell(
    told: str,
    complaint_id: str,
    case_id: str,
    before: str,
    after: str,
    reason: str,
    at: datetime,
    actor: str,
    data: dict[str, Any],
    said: Written,
) -> None:
    kind = f"complaint.{told}"
    audit.record_written(said, kind, subject=complaint_id, actor=actor, at=at, before=before, after=after, **data)
    if case_id and told not in {"classified", "linked"}:
        facts = {"complaint_id": complaint_id}
        why = f"{OF_A_COMPLAINT}{reason}" if reason else ""
        cases.record_event(case_id=case_id, kind=kind, at=at, actor=actor, reason=why, data=facts)
