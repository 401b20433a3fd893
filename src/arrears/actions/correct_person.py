"""Correct what the vault says of a person: the old value kept sealed, points to be checked anew.

Called by `actions.work_request` inside its transaction. The event tells which field, never what stood or stands there.
A tape that repeats the wrong value later changes nothing; one that says a third thing is believed again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings

from arrears.actions import house, mark_contact_point
from arrears.decisions.tape import contact_points, personal, phones
from arrears.decisions.tape import policy as tape_policies
from arrears.exchange import vault
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput
from arrears.records.audit import operations as audit
from arrears.records.people import indexing
from arrears.records.people import sealed as people
from arrears.records.people.models import ContactPoint, Person, PointKind, Relation
from arrears.records.privacy import cipher, keys
from arrears.records.rights import corrections
from arrears.records.rights.models import CorrectedField

VALUE_MAX = 200
#: What any country's number of an identity document looks like: letters, digits, at least four of these, no words.
ID_NUMBER = re.compile(r"(?=(?:.*\d){4})[0-9A-Za-z][0-9A-Za-z()./-]{3,29}")
#: A mainland card, whose last character is checked.
CARD = re.compile(r"[1-9]\d{16}[\dXx]")
#: Where these were wrong, a number may be somebody else's as well.
WHO = (CorrectedField.NAME, CorrectedField.ID_NUMBER)


class UnknownField(InvalidInput):
    code = "unknown_field"
    message = "{field!r} is nothing that can be corrected."


class WrongValue(InvalidInput):
    """Blank, as it stood before, too long, no date or one to come, no number."""

    code = "wrong_value"
    message = "This is no new value for {field}."


class NotTheirPoint(InvalidInput):
    code = "not_their_point"
    message = "The contact point is not this person's own."


def correct(*, customer_id: str, field: str, value: str, request_id: str, at: datetime, actor: str) -> None:
    """Correct a field of who they are; inside a transaction that holds the person's row.

    field  : of CorrectedField
    raises : UnknownField, WrongValue
    """
    if field not in CorrectedField.values:
        raise UnknownField(field=field[:20])
    new = _sound(field, value, on=clock.business_date(at, settings.LENDER_ZONE))
    old = people.open_person(customer_id).get(field, "")
    if new == old:
        raise WrongValue(field=field)
    corrections.keep(customer_id=customer_id, field=field, old=old, request_id=request_id, at=at, actor=actor)
    changes: dict[str, object] = {f"{field}_sealed": cipher.seal(new, context=f"people.person.{field}:{customer_id}")}
    if field in vault.INDEXED:
        changes[f"{field}_index"] = cipher.blind_index(*vault.INDEXED[field](new))
    Person.objects.filter(customer_id=customer_id).update(**changes)
    unverified = 0
    if field in WHO:
        own = ContactPoint.objects.filter(person_id=customer_id, relation=Relation.SELF, verified_on__isnull=False)
        unverified = own.update(verified_on=None)
    facts: dict[str, Any] = {"field": field, "request_id": request_id, "points_to_check": unverified}
    audit.record("person.corrected", subject=customer_id, actor=actor, at=at, **facts)


def correct_point(
    *, customer_id: str, contact_point_id: str, value: str, request_id: str, at: datetime, actor: str
) -> str:
    """Put another number or address in the place of one of their own; returns the new point's id, not verified yet.

    raises : NotTheirPoint, WrongValue
    """
    old = ContactPoint.objects.filter(
        contact_point_id=contact_point_id, person_id=customer_id, relation=Relation.SELF
    ).first()
    if old is None:
        raise NotTheirPoint
    new = _sound_point(old.kind, value)
    point_id = contact_points.contact_point_id(
        key=keys.get("PSEUDONYM_KEY"),
        customer_id=customer_id,
        kind=_TAPE_KINDS.get(old.kind, old.kind),
        value=new,
        relation=old.relation,
    )
    if point_id == contact_point_id:
        raise WrongValue(field=old.kind)
    defaults = {
        "person_id": customer_id,
        "kind": old.kind,
        "relation": old.relation,
        "value_sealed": cipher.seal(new, context=f"people.contact_point.value:{point_id}"),
        "value_index": cipher.blind_index(*indexing.of_point(new, old.kind)),
    }
    ContactPoint.objects.update_or_create(
        contact_point_id=point_id,
        defaults={"invalid_since": None, "verified_on": None, "replaced_by": ""},
        create_defaults=defaults,
    )
    if old.invalid_since is None:
        mark_contact_point.mark_invalid(
            customer_id=customer_id,
            case_id=None,
            contact_point_id=contact_point_id,
            reason=mark_contact_point.reasons(old.kind)[0],
            at=at,
            actor=actor,
        )
    ContactPoint.objects.filter(pk=old.pk).update(replaced_by=point_id, verified_on=None)
    facts: dict[str, Any] = {"field": old.kind, "request_id": request_id, "points_to_check": 1}
    audit.record("person.corrected", subject=customer_id, actor=actor, at=at, after=point_id, **facts)
    return point_id


#: Kinds that the tape, from which identifiers are derived, calls by another word.
_TAPE_KINDS = {books: tape for tape, books in vault.KINDS.items()}


def _sound(field: str, value: str, *, on: date) -> str:
    text = " ".join(value.split())
    sound = SOUND_FIELDS[field](text, on) if field in SOUND_FIELDS else text
    if not sound or len(sound) > VALUE_MAX:
        raise WrongValue(field=field)
    return sound


def _birth(text: str, on: date) -> str | None:
    """Within the bounds of a tape, and not to come."""
    try:
        born = date.fromisoformat(text)
    except ValueError:
        return None
    earliest = tape_policies.load(house.here().policies / "tape.toml").birth_earliest
    return born.isoformat() if earliest <= born <= on else None


def _id_number(text: str, _on: date) -> str | None:
    plain = text.replace(" ", "")
    if not ID_NUMBER.fullmatch(plain):
        return None
    is_slip = settings.LENDER_COUNTRY == "CN" and CARD.fullmatch(plain) and not personal.is_card(plain)
    return None if is_slip else plain


SOUND_FIELDS: Mapping[str, Callable[[str, date], str | None]] = {
    CorrectedField.BIRTH_ON: _birth,
    CorrectedField.ID_NUMBER: _id_number,
}


def _sound_point(kind: str, value: str) -> str:
    text = " ".join(value.split())
    sound = SOUND[kind](text, kind) if kind in SOUND else text
    if not sound or len(sound) > VALUE_MAX:
        raise WrongValue(field=kind)
    return sound


def _number(text: str, kind: str) -> str | None:
    return phones.e164(text, settings.LENDER_COUNTRY, kind)


def _email(text: str, _kind: str) -> str | None:
    return text.lower() if contact_points.is_email(text) else None


#: Kind → its one form, None where it is none.
SOUND: Mapping[str, Callable[[str, str], str | None]] = {
    PointKind.MOBILE: _number,
    PointKind.PHONE: _number,
    PointKind.EMAIL: _email,
}
