"""What was said, opened: a text, a reply, a note of a call. And whom a cleared call may reach.

Called by `actions.reveal_sealed`, which keeps the audit row; nobody else opens words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from arrears.records.contacts.models import Channel, Contact, ContactStatus, Transcript
from arrears.records.privacy import words

#: Contacts of our own people, who write a note instead of sending a text.
SPOKEN = frozenset({Channel.CALL, Channel.VISIT})
#: Who speaks when no vendor does.
OWN_STAFF = "staff"


@dataclass(frozen=True)
class OpenWords:
    """what: TEXT that we sent, REPLY of theirs, NOTE of a colleague, TRANSCRIPT of a call.

    The text stays out of the representation.
    """

    what: str
    channel: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Cleared:
    """A call or visit under way: the gate has allowed it and its outcome is not told yet.

    facts : of a visit, who goes along and how it was agreed to
    """

    customer_id: str
    case_id: str
    channel: str
    contact_point_id: str
    purpose: str
    relation: str
    facts: Mapping[str, object]


def text_context(contact_id: str) -> str:
    """The place to which the words of a contact are sealed."""
    return words.context(Contact, "text_sealed", contact_id)


def transcript_context(contact_id: str) -> str:
    """The place to which the transcript of a contact is sealed."""
    return words.context(Transcript, "text_sealed", contact_id)


def what_words(*, channel: str, initiated_by: str) -> str:
    """What the sealed words of a contact are."""
    if initiated_by == "BORROWER":
        return "REPLY"
    return "NOTE" if channel in SPOKEN else "TEXT"


def open_words(contact_id: str, *, customer_id: str, case_id: str) -> OpenWords | None:
    """The words of a contact of this case, or of its person outside any case; None when there are none."""
    here = Q(case_id=case_id) | Q(case_id=None)
    contact = Contact.objects.filter(here, contact_id=contact_id, person_id=customer_id).first()
    if contact is None or contact.text_sealed is None:
        return None
    what = what_words(channel=contact.channel, initiated_by=contact.initiated_by)
    return OpenWords(what, contact.channel, words.opened(contact, "text_sealed"))


def open_transcript(contact_id: str, *, customer_id: str, case_id: str) -> OpenWords | None:
    """What was said in a call of this case, or of its person outside any case; None when nobody kept it."""
    here = Q(contact__case_id=case_id) | Q(contact__case_id=None)
    kept = Transcript.objects.select_related("contact").filter(here, contact_id=contact_id)
    row = kept.filter(contact__person_id=customer_id).first()
    return OpenWords("TRANSCRIPT", row.contact.channel, words.opened(row, "text_sealed")) if row else None


def cleared(contact_id: str, *, actor: str) -> Cleared | None:
    """The call or visit that is under way for this very colleague, to a contact point that still holds."""
    held = _under_way(contact_id, actor).filter(contact_point__invalid_since=None)
    told = ("person_id", "case_id", "channel", "contact_point_id", "purpose", "relation", "facts")
    row = held.exclude(contact_point=None).values_list(*told).first()
    return Cleared(row[0], row[1] or "", *row[2:]) if row else None


def is_of_a_point_gone(contact_id: str, *, actor: str) -> bool:
    """Is it under way for this colleague to a contact point that has been found wrong, or corrected, since?"""
    return _under_way(contact_id, actor).filter(contact_point__invalid_since__isnull=False).exists()


def _under_way(contact_id: str, actor: str) -> QuerySet[Contact]:
    mine = Contact.objects.filter(contact_id=contact_id, actor=actor, channel__in=SPOKEN, vendor=OWN_STAFF)
    return mine.filter(status=ContactStatus.SENDING)
