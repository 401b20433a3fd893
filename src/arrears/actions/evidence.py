"""Put together what the books hold of one case, as evidence for a court, a regulator or the person themselves.

Called by `arrears audit export` and the console. Every contact stands there with its words, each verdict of the gate
with its citation, each receipt, and who has opened what; each event of the audit trail with its place and digest. The
document is signed with the key of the anchors. Telephone numbers and names stand masked unless they are asked for, and
those of other people always. What was complained of is opened at the complaints desk alone, by whoever may.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, Model

from arrears.actions import hear_person, house, reveal_sealed
from arrears.actions.verify_audit import Verified
from arrears.decisions import engines, night_policy
from arrears.decisions.lake import NotInLake
from arrears.exchange import case_file
from arrears.kernel.errors import InvalidInput
from arrears.records.audit import anchors, written
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Anchor
from arrears.records.audit.written import Written
from arrears.records.cases.models import Case
from arrears.records.cases.queries import NoSuchCase
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Consent, Flag, Stop, Verdict
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, ContactEvent, OutsideContact, Transcript
from arrears.records.ledger.models import Payment
from arrears.records.people import queries as people
from arrears.records.people import sealed as identity
from arrears.records.people.models import ContactPoint, Relation
from arrears.records.placements.models import Placement
from arrears.records.privacy import masking, words
from arrears.records.privacy.fields import NoteField
from arrears.records.promises.models import Promise
from arrears.records.rights.models import SubjectRequest
from arrears.records.runs import queries as runs
from arrears.records.writeoffs.models import WriteOff
from arrears.rules import reveals

VERSION = 1
LABELLED = (Case, Contact, ContactPoint, Complaint, Stop, Consent, Placement, Promise, WriteOff, SubjectRequest)

Document = dict[str, Any]


class EvidenceAltered(InvalidInput):
    code = "evidence_altered"
    message = "{what} is not what was signed."


@dataclass(frozen=True)
class Pack:
    """text : the document as JSON, whose SHA-256 `statement` names and `signature` (Ed25519, hex) vouches for"""

    document: Document
    text: bytes
    statement: str
    signature: str
    public_key: str

    @property
    def manifest(self) -> bytes:
        """What is kept beside the document, so that `checked` can tell whether it stands."""
        told = {"statement": self.statement, "signature": self.signature, "public_key": self.public_key}
        return json.dumps(told, indent=1).encode() + b"\n"


def export(
    *,
    case_id: str,
    purpose: str,
    reason: str,
    with_identity: bool,
    verified: Verified | None,
    at: datetime,
    actor: str,
) -> Pack:
    """Gather, sign, and leave an event of who did and why. It counts as one thing opened within the hour, and so does
    each field of who they are and each of their numbers and addresses; texts and transcripts count by themselves.

    purpose       : one that a person may choose (policies/reveals.toml); reason : free, no identity in it
    with_identity : the borrower's name, numbers and addresses in plain words; otherwise masked. Wants a purpose that
                    justifies it, and a reason in words
    verified      : what came of verifying the whole trail just now, where that was done
    returns       : Pack
    raises        : NoSuchCase, cipher.UnableToOpen; what reveals.stated raises; reveal_sealed.RevealLimitReached before
                    anything is opened, which leaves an audit row too
    """
    case = Case.objects.select_related("person").filter(case_id=case_id).first()
    if case is None:
        raise NoSuchCase(case_id=case_id)
    stated = reveals.stated(reveal_sealed.policy(), purpose=purpose, reason=reason, identity=with_identity)
    opened = _identity(case) if with_identity else []
    contacts = _told_of(case)
    texts = sum(one.text_sealed is not None for one in contacts)
    texts += Transcript.objects.filter(contact_id__in=[one.pk for one in contacts]).count()
    with reveal_sealed.within_limit(
        what="EVIDENCE",
        subject=case.person_id,
        case_id=case_id,
        actor=actor,
        at=at,
        things=1 + len(opened),
        words=texts,
    ):
        document = _document(case, with_identity=with_identity, verified=verified)
        document["made"] = {"at": at, "by": actor, "version": VERSION, "with_identity": with_identity}
        document["made"] |= {"purpose": purpose, "reason": stated}
        text = json.dumps(document, cls=Encoder, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        digest = hashlib.sha256(text).hexdigest()
        facts: dict[str, Any] = {"case_id": case_id, "sha256": digest, "texts": texts, "with_identity": with_identity}
        said = Written(case.person_id, {"reason": stated})
        audit.record_written(
            said,
            reveal_sealed.EXPORTED,
            subject=case.person_id,
            actor=actor,
            at=at,
            purpose=purpose,
            **facts,
        )
        reveal_sealed.record_opened(
            opened,
            customer_id=case.person_id,
            actor=actor,
            at=at,
            facts={"case_id": case_id, "purpose": purpose, "reason": stated},
        )
        hear_person.heed_note(stated, customer_id=case.person_id, at=at, actor=actor)
    statement = json.dumps({"case_id": case_id, "evidence_sha256": digest, "made_at": at.isoformat()}, sort_keys=True)
    return Pack(document, text, statement, anchors.sign(statement), anchors.public_key())


def with_paper(pack: Pack, paper: bytes) -> Pack:
    """The same pack, its statement naming the SHA-256 of the PDF made of it as well."""
    stated = json.loads(pack.statement) | {"paper_sha256": hashlib.sha256(paper).hexdigest()}
    statement = json.dumps(stated, sort_keys=True)
    return replace(pack, statement=statement, signature=anchors.sign(statement))


def checked(text: bytes, manifest: bytes, *, paper: bytes | None = None, public_key: str = "") -> Mapping[str, Any]:
    """What a signed pack states, if its document, and its PDF where one is given, are those that were signed.

    public_key : that of the house that made it, known from elsewhere; blank: this installation's own
    raises     : EvidenceAltered, anchors.NoPublicKey
    """
    try:
        told = json.loads(manifest)
        statement, signature = str(told["statement"]), str(told["signature"])
    except (ValueError, KeyError, TypeError):
        raise EvidenceAltered(what="manifest.json") from None
    if not anchors.is_signed(statement, signature, public_key or anchors.public_key()):
        raise EvidenceAltered(what="manifest.json")
    said: Mapping[str, Any] = json.loads(statement)
    if said.get("evidence_sha256") != hashlib.sha256(text).hexdigest():
        raise EvidenceAltered(what="evidence.json")
    if paper is not None and said.get("paper_sha256") != hashlib.sha256(paper).hexdigest():
        raise EvidenceAltered(what="evidence.pdf")
    return said


def labels() -> dict[str, dict[str, str]]:
    """`contact_status` and the like → stored code → what it is called, in the language of the moment."""
    return {
        f"{model.__name__.lower()}_{field.name}": {str(code): str(label) for code, label in field.flatchoices}
        for model in LABELLED
        for field in model._meta.concrete_fields
        if field.choices
    }


def _document(case: Case, *, with_identity: bool, verified: Verified | None) -> Document:
    customer_id, as_of = case.person_id, runs.newest_done_on()
    told = partial(rows_of, is_masked=not with_identity)
    person = _person(case, with_identity=with_identity)
    contacts = _contacts(case, values={one["contact_point_id"]: one["value"] for one in person["contact_points"]})
    complaints = told(Complaint.objects.filter(person_id=customer_id).order_by("received_at", "pk"))
    flags = told(Flag.objects.filter(case_id=case.pk).order_by("at"))
    subjects = [case.pk, customer_id]
    subjects += [one["contact_id"] for one in contacts]
    subjects += [one["complaint_id"] for one in complaints]
    subjects += [one["flag_id"] for one in flags]
    return {
        "books_on": as_of,
        "case": row_of(case),
        "person": person,
        "accounts": accounts(customer_id, as_of=as_of or case.as_of),
        "payments_booked_here": told(Payment.objects.filter(customer_id=customer_id).order_by("booked_at", "pk")),
        "accounts_at_the_last_look": told(case.accounts.order_by("account_id")),
        "contacts": contacts,
        "outside_contacts": told(OutsideContact.objects.filter(person_id=customer_id).order_by("at")),
        "complaints": complaints,
        "stops": told(Stop.objects.filter(person_id=customer_id).order_by("from_at")),
        "consents": told(Consent.objects.filter(person_id=customer_id).order_by("given_at")),
        "quality_checks": flags,
        "work": told(case.work.order_by("due_on", "pk")),
        "placements": told(case.placements.order_by("placed_on")),
        "promises": told(case.promises.order_by("made_at", "pk")),
        "legal_steps": told(case.legal_steps.order_by("taken_on", "recorded_at")),
        "write_offs": told(case.write_offs.order_by("proposed_on")),
        "history": told(case.events.order_by("at", "pk")),
        "trail": _trail(subjects, is_masked=not with_identity),
        "proof": _proof(verified),
    }


def _trail(subjects: Iterable[str], *, is_masked: bool) -> list[Document]:
    """Every event about any of them, the oldest first, with what was written with it."""
    events = trail.whole_of(subjects)
    shown = masking.inside if is_masked else str
    return [
        row_of(event) | {"data": facts | {name: shown(facts[name]) for name in written.marks(event)}}
        for event, facts in zip(events, trail.told(events), strict=True)
    ]


def accounts(customer_id: str, *, as_of: date) -> list[Document] | None:
    """Every account with its instalments and payments; None where the lake holds no tape."""
    place = house.here()
    products = night_policy.load(place.policies).products
    try:
        files = case_file.account_files(customer_id, as_of=as_of, lake=place.lake, products=products)
    except (engines.NoTape, NotInLake, FileNotFoundError):
        return None
    return [asdict(one) for one in files]


def _person(case: Case, *, with_identity: bool) -> Document:
    person = case.person
    points = ContactPoint.objects.filter(person=person).order_by("pk")
    told = {"customer_id": person.pk, "region_code": person.region_code, "name": people.name_masked(person)}
    if with_identity:
        told |= identity.open_person(person.pk)
    return told | {"contact_points": [_point(point, with_identity=with_identity) for point in points]}


def _identity(case: Case) -> list[reveal_sealed.Revealed]:
    """What stands in plain words with the identity, told without opening it: fields that are held, and own points."""
    held = [reveal_sealed.Revealed(name.upper(), case.person_id, "", "") for name in identity.held(case.person_id)]
    own = ContactPoint.objects.filter(person_id=case.person_id, relation=Relation.SELF).order_by("pk")
    return [*held, *(reveal_sealed.Revealed(reveal_sealed.POINT, one.pk, one.kind, "") for one in own)]


def _point(point: ContactPoint, *, with_identity: bool) -> Document:
    """Other people's stay masked: what was sent to them is told without their number. The blind index is nobody's."""
    is_opened = with_identity and point.relation == Relation.SELF
    opened = identity.open_point(point.pk, customer_id=point.person_id) if is_opened else None
    told = row_of(point) | {"value": opened.value if opened else people.value_masked(point)}
    return {name: value for name, value in told.items() if name != "value_index"}


def _told_of(case: Case) -> list[Contact]:
    """Every contact of the case, and of its person outside any case, oldest first."""
    mine = Contact.objects.filter(person_id=case.person_id)
    return [one for one in mine.order_by("planned_for", "pk") if one.case_id in {case.pk, None}]


def _contacts(case: Case, *, values: Mapping[str, str]) -> list[Document]:
    """Each with the number or address that it went to or came from; values : contact point → as it may be told."""
    contacts = _told_of(case)
    ids = [contact.pk for contact in contacts]
    verdicts = _by(Verdict.objects.filter(contact_id__in=ids).select_related("grounds").order_by("at", "pk"), _judged)
    receipts = _by(ContactEvent.objects.filter(contact_id__in=ids).order_by("at", "pk"), row_of)
    place = {"customer_id": case.person_id, "case_id": case.pk}
    return [
        row_of(contact)
        | {
            "point_value": values.get(contact.contact_point_id or ""),
            "text": _words(sealed.open_words(contact.pk, **place)),
            "transcript": _words(sealed.open_transcript(contact.pk, **place)),
            "verdicts": verdicts.get(contact.pk, []),
            "receipts": receipts.get(contact.pk, []),
        }
        for contact in contacts
    ]


def _words(opened: sealed.OpenWords | None) -> Document | None:
    return None if opened is None else {"what": opened.what, "text": opened.text}


def _judged(verdict: Verdict) -> Document:
    return row_of(verdict) | {"reasons": verdict.reasons}


def _proof(verified: Verified | None) -> Document:
    newest = Anchor.objects.order_by("-number").first()
    return {
        "anchor": None if newest is None else {"statement": newest.statement, "signature": newest.signature},
        "public_key": anchors.public_key(),
        "trail_verified": None if verified is None else asdict(verified),
    }


def _by(rows: Iterable[Any], told: Callable[[Any], Document]) -> dict[str, list[Document]]:
    """Rows by the contact that they are about."""
    found: dict[str, list[Document]] = {}
    for row in rows:
        found.setdefault(row.contact_id, []).append(told(row))
    return found


def rows_of(found: Iterable[Model], *, is_masked: bool = False) -> list[Document]:
    return [row_of(one, is_masked=is_masked) for one in found]


def row_of(row: Model, *, is_masked: bool = False) -> Document:
    """Every column but what is sealed, and the notes of colleagues, opened. Raises cipher.UnableToOpen.

    is_masked : numbers and addresses in the notes are masked: a reference may be anything that somebody typed
    """
    fields = row._meta.concrete_fields
    plain = {field.attname: getattr(row, field.attname) for field in fields if not isinstance(field, BinaryField)}
    notes = [field for field in fields if isinstance(field, NoteField)]
    shown = masking.inside if is_masked else str
    return plain | {note.words_name: shown(words.opened(row, note.name)) for note in notes}


class Encoder(DjangoJSONEncoder):
    """As Django writes JSON, with moments to the microsecond."""

    def default(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else super().default(value)
