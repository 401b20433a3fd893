"""What was said in a call, word for word: kept sealed, once for a call, opened only through `actions.reveal_sealed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import queries as cases
from arrears.records.contacts import sealed, seen
from arrears.records.contacts.models import Contact, ContactStatus, Transcript
from arrears.records.contacts.outbox import NoSuchContact
from arrears.records.privacy import cipher

LONGEST = 100_000


class NothingSaid(InvalidInput):
    """An empty transcript, or one longer than any call."""

    code = "nothing_said"
    message = "A transcript has words, and at most {longest} characters."


class NothingToTranscribe(Refusal):
    """Only a call or visit that was made has a transcript."""

    code = "nothing_to_transcribe"
    message = "The contact {contact_id} is no call or visit whose outcome is on record."


class TranscribedAlready(Refusal):
    code = "transcribed_already"
    message = "The contact {contact_id} has its transcript, which is never changed."


@dataclass(frozen=True)
class Spoken:
    """A call or visit that was made: to whom, of which case, when (the books' moment), and how it ended."""

    contact_id: str
    customer_id: str
    case_id: str
    channel: str
    relation: str
    outcome: str
    at: datetime
    actor: str
    companion: str


def spoken(contact_id: str) -> Spoken:
    """A call or visit whose outcome is told; raises NoSuchContact, NothingToTranscribe."""
    contact = Contact.objects.filter(contact_id=contact_id).first()
    if contact is None:
        raise NoSuchContact(contact_id=contact_id[:32])
    if contact.channel not in (*sealed.SPOKEN, "AI_CALL") or contact.status != ContactStatus.DONE:
        raise NothingToTranscribe(contact_id=contact_id)
    return Spoken(
        contact_id=contact_id,
        customer_id=contact.person_id,
        case_id=contact.case_id or "",
        channel=contact.channel,
        relation=contact.relation,
        outcome=contact.outcome,
        at=contact.sent_at or contact.planned_for,
        actor=contact.actor,
        companion=contact.facts.get("companion", ""),
    )


def access(viewer: cases.Viewer, contact_id: str) -> Spoken:
    """A call or visit that the viewer may transcribe: an agent, what was their own.

    raises : NoSuchContact, NothingToTranscribe
    """
    if not Contact.objects.filter(seen.by(viewer), contact_id=contact_id).exists():
        raise NoSuchContact(contact_id=contact_id[:32])
    found = spoken(contact_id)
    if viewer.role == "AGENT" and f"user:{viewer.pk}" not in (found.actor, found.companion):
        raise NoSuchContact(contact_id=contact_id)
    return found


def is_kept(contact_id: str) -> bool:
    """Has the contact its transcript?"""
    return Transcript.objects.filter(contact_id=contact_id).exists()


@transaction.atomic
def keep(*, contact_id: str, text: str, at: datetime, actor: str) -> None:
    """Seal and keep a transcript. Raises NothingSaid, TranscribedAlready."""
    if not text.strip() or len(text) > LONGEST:
        raise NothingSaid(longest=LONGEST)
    text_sealed = cipher.seal(text, context=sealed.transcript_context(contact_id))
    try:
        with transaction.atomic():
            Transcript.objects.create(contact_id=contact_id, text_sealed=text_sealed, at=at, actor=actor)
    except IntegrityError:
        raise TranscribedAlready(contact_id=contact_id) from None
    audit.record("contact.transcribed", subject=contact_id, actor=actor, at=at, characters=len(text))
