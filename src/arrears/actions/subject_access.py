"""All that is held on one person, for that person: what they may see, in plain words, without anybody else's data.

Called by `actions.hand_over_copy` for the console. Numbers and names of other people, what was said to them, and the
names of colleagues are left out; how many there are is told. What the lake holds of them stands beside what the books
hold. It writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Model

from arrears.actions import evidence, explain_decision, house, retain, reveal_sealed
from arrears.actions.contact_gate import Gate
from arrears.exchange import debts, lake_holdings
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.complaints import queries as complaints
from arrears.records.complaints import sealed as complaint_words
from arrears.records.complaints.models import Complainant, Complaint
from arrears.records.compliance.models import Consent, Stop, Verdict
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, OutsideContact
from arrears.records.people import sealed as identity
from arrears.records.people.models import ContactPoint, Person, Relation
from arrears.records.privacy import fields, words
from arrears.records.privacy.fields import NoteField
from arrears.records.rights.models import Correction, Erasure, LegalHold, SubjectRequest
from arrears.records.runs import queries as runs
from arrears.records.staff import queries as staff
from arrears.rules.compliance import retention_terms

Document = dict[str, Any]
#: How columns, and facts within them, are named that hold a colleague, a partner or a machine: their team is told.
ACTORS = ("actor", "_by", "assigned_to_id")
#: A colleague or a partner wherever one stands: before and after an assignment, who went along on a visit.
NAMED = re.compile(r"(user|api):[\w-]+")
#: Where a name of Latin letters begins and ends, among Chinese characters too.
_BEFORE, _AFTER = "(?<![A-Za-z0-9_])", "(?![A-Za-z0-9_])"
#: What stands for a colleague's name in what colleagues noted.
STRUCK = "***"
THIRD_PARTY = Complainant.THIRD_PARTY.value
#: What stands under a person, and under each of their cases.
OF_THE_PERSON = (
    *(ContactPoint, Contact, OutsideContact, Complaint, Stop, Consent),
    *(LegalHold, SubjectRequest, Correction, Erasure),
)
OF_A_CASE = ("events", "work", "placements", "promises", "legal_steps", "write_offs")
#: Columns that are of use to nobody but the machine; by a blind index two copies would tell who shares a number.
INNER = frozenset(
    {"content_mark", "old_mark", "turn", "stop_id", "policy_version", "terms", "overruled", "priority", "value_index"}
)


def document(customer_id: str, *, on: date, gate: Gate) -> Document:
    """What is held on a person.

    on      : the day whose schedule says until when it is kept
    returns : plain values, some of them dates and moments
    raises  : cipher.UnableToOpen
    """
    person = Person.objects.get(customer_id=customer_id)
    points = ContactPoint.objects.filter(person=person).order_by("kind", "pk")
    own = [point for point in points if point.relation == Relation.SELF]
    others = Counter(point.relation for point in points if point.relation != Relation.SELF)
    contacts = Contact.objects.filter(person=person).order_by("planned_for", "pk")
    books_on = runs.newest_done_on()
    held: Document = {
        "books_on": books_on,
        "identity": {"customer_id": customer_id, **identity.open_person(customer_id)},
        "region_code": person.region_code,
        "language": person.language,
        "contact_points": [_point(point) for point in own],
        "others": {
            "contact_points": dict(others),
            "contacts": sum(contact.relation != Relation.SELF for contact in contacts),
        },
        "accounts": evidence.accounts(customer_id, as_of=books_on) if books_on else None,
        "cases": [_case(case) for case in Case.objects.filter(person=person).order_by("opened_on", "pk")],
        "contacts": [_contact(contact) for contact in contacts if contact.relation == Relation.SELF],
        "outside_contacts": _told(OutsideContact.objects.filter(person=person).order_by("at")),
        "complaints": [_complaint(one) for one in Complaint.objects.filter(person=person).order_by("received_at")],
        "stops": _told(Stop.objects.filter(person=person).order_by("from_at")),
        "consents": _told(Consent.objects.filter(person=person).order_by("given_at")),
        "legal_holds": _told(LegalHold.objects.filter(person=person).order_by("set_at")),
        "requests": [_request(one) for one in SubjectRequest.objects.filter(person=person).order_by("received_at")],
        "corrections": _told(Correction.objects.filter(person=person).order_by("at")),
        "erasures": _told(Erasure.objects.filter(person=person).order_by("at")),
        "decisions": explain_decision.explain(customer_id),
        "lake": lake_holdings.rows(customer_id, lake=house.here().lake),
        "looks": _looks(customer_id),
        "kept_until": _kept_until(customer_id, on=on, gate=gate),
    }
    return dict(_but_colleagues(held, notes=_notes(), called=_called(staff.called())))


def _called(names: Iterable[str]) -> re.Pattern[str]:
    """What finds any of these names: as a word of its own where it is of Latin letters, else wherever it stands."""
    longest_first = sorted(names, key=len, reverse=True)
    told = [f"{_BEFORE}{re.escape(name)}{_AFTER}" if name.isascii() else re.escape(name) for name in longest_first]
    return re.compile("|".join(told) or r"(?!)", re.IGNORECASE)


def _notes() -> frozenset[str]:
    """How what colleagues write of a person is named in a row."""
    sealed_ones = (field for table in fields.registered() for field in table.fields)
    return frozenset(field.words_name for field in sealed_ones if isinstance(field, NoteField))


def _but_colleagues(value: Any, *, notes: frozenset[str], called: re.Pattern[str], name: str = "") -> Any:
    """The same without the names of colleagues in what colleagues noted."""
    if isinstance(value, dict):
        return {key: _but_colleagues(inner, notes=notes, called=called, name=key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_but_colleagues(inner, notes=notes, called=called, name=name) for inner in value]
    return called.sub(STRUCK, value) if name in notes and isinstance(value, str) else value


def count(customer_id: str) -> int:
    """How many rows a copy would hold, counted before anything is opened."""
    rows = sum(model._default_manager.filter(person_id=customer_id).count() for model in OF_THE_PERSON)
    for case in Case.objects.filter(person_id=customer_id):
        rows += sum(getattr(case, name).count() for name in OF_A_CASE)
    rows += sum(lake_holdings.counts(customer_id, lake=house.here().lake).values())
    return rows + Event.objects.filter(subject_id=customer_id).count()


def _point(point: ContactPoint) -> Document:
    opened = identity.open_point(point.pk, customer_id=point.person_id)
    return _row(point) | {"value": opened.value if opened else ""}


def _case(case: Case) -> Document:
    """A case; its story is told without the complaints of others, whose kind and outcome stand in it too."""
    others = complaints.of_third_parties(case.pk)
    events = case.events.order_by("at", "pk")
    return _row(case) | {
        "history": _told(one for one in events if one.data.get("complaint_id") not in others),
        "work": _told(case.work.order_by("due_on", "pk")),
        "placements": _told(case.placements.order_by("placed_on")),
        "promises": _told(case.promises.order_by("made_at", "pk")),
        "legal_steps": _told(case.legal_steps.order_by("taken_on", "recorded_at")),
        "write_offs": _told(case.write_offs.order_by("proposed_on")),
    }


def _contact(contact: Contact) -> Document:
    place = {"customer_id": contact.person_id, "case_id": contact.case_id or ""}
    said = sealed.open_words(contact.pk, **place)
    transcript = sealed.open_transcript(contact.pk, **place)
    verdicts = Verdict.objects.filter(contact_id=contact.pk).select_related("grounds").order_by("at", "pk")
    return _row(contact) | {
        "text": said.text if said else None,
        "what": said.what if said else None,
        "transcript": transcript.text if transcript else None,
        "judged": [{"at": one.at, "allowed": one.allowed, "reasons": one.reasons} for one in verdicts],
    }


def _complaint(complaint: Complaint) -> Document:
    """What somebody else complained of is theirs, not this person's; an answer that is held is not given yet."""
    if complaint.complainant == THIRD_PARTY:
        return {"complaint_id": complaint.pk, "received_on": complaint.received_on, "complainant": THIRD_PARTY}
    text = complaint_words.open_words(complaint.pk, complaint_words.COMPLAINT)
    held = reveal_sealed.is_answer_held(complaint.pk)
    answer = None if held else complaint_words.open_words(complaint.pk, complaint_words.ANSWER)
    opened = {"text": text.text if text else None, "answer": answer.text if answer else None}
    return _row(complaint) | opened


def _request(request: SubjectRequest) -> Document:
    return _row(request) | {"text": words.opened(request, "text_sealed") or None}


def _looks(customer_id: str) -> list[Document]:
    """Who has opened what of them, for what: teams, never names."""
    kinds = (reveal_sealed.KIND, reveal_sealed.EXPORTED)
    events = Event.objects.filter(subject_id=customer_id, kind__in=kinds).order_by("at", "id")
    return [
        {"at": one.at, "by": _team(one.actor), "what": one.data.get("what", ""), "purpose": one.data.get("purpose", "")}
        for one in events
    ]


def _kept_until(customer_id: str, *, on: date, gate: Gate) -> list[Document]:
    """Until when each kind is kept, as far as that is known, and by the latest of which rules; empty before the first
    night."""
    try:
        terms = retain.terms_of(customer_id, on=on, place=house.here(), gate=gate)
    except debts.DebtsUnknown:
        return []
    return [
        {
            "kind": kind,
            "until": retention_terms.until(found),
            "by_the_latest_of": [{"until": term.until, **asdict(term.row)} for term in found],
        }
        for kind, found in terms.items()
        if found
    ]


def _told(rows: Iterable[Model]) -> list[Document]:
    return [_row(row) for row in rows]


def _row(row: Model) -> Document:
    """Every column but what is sealed or inner; a colleague stands as their team, and numbers in notes are masked."""
    told = evidence.row_of(row, is_masked=True)
    return {name: _nameless(name, value) for name, value in told.items() if name not in INNER}


def _nameless(name: str, value: Any) -> Any:
    """A value, or what is in it, with every colleague and partner as their team."""
    if isinstance(value, dict):
        return {key: _nameless(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_nameless(name, inner) for inner in value]
    is_named = name.endswith(ACTORS) or (isinstance(value, str) and NAMED.fullmatch(value))
    return _team(value) if is_named else value


def _team(actor: object) -> str:
    """A colleague's team; what is no colleague, as it is."""
    text = str(actor or "")
    if isinstance(actor, int):
        text = f"user:{actor}"
    return (staff.role_of(text) or "STAFF") if text.startswith("user:") else text.split(":", 1)[0]
