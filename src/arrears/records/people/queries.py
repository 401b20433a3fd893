"""Who is this, as far as a screen may tell? Names and numbers come out masked; a person is found by keyed hash.

Called by the console for headings and by case search. Never returns a whole name, number or address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.db.models import QuerySet

from arrears.kernel.errors import NotFound
from arrears.records.people import indexing, shown
from arrears.records.people.models import ContactPoint, Person, PointKind, Relation
from arrears.records.privacy import cipher, masking, words

#: At most so many people of one name or number are looked at.
MATCHES_MAX = 300


class NoSuchPerson(NotFound):
    code = "no_such_person"
    message = "There is no person {customer_id}."


@dataclass(frozen=True)
class Heading:
    """A person as a page shows them."""

    customer_id: str
    name_masked: str
    id_number_masked: str
    region_code: str
    language: str
    timezone: str


@dataclass(frozen=True)
class PointRow:
    """A contact point as a page shows it."""

    contact_point_id: str
    kind: str
    kind_label: str
    relation: str
    relation_label: str
    value_masked: str
    consented_on: date | None
    verified_on: date | None
    invalid_since: datetime | None

    @property
    def is_own(self) -> bool:
        return self.relation == Relation.SELF

    @property
    def is_dialled(self) -> bool:
        return self.kind in {PointKind.MOBILE, PointKind.PHONE}

    @property
    def is_visited(self) -> bool:
        return self.kind == PointKind.ADDRESS


def name_masked(person: Person) -> str:
    """The masked name, or an empty string when the lender gave none."""
    shown.note(person.customer_id)
    return _masked(person, "name_sealed", masking.name)


def heading(person: Person) -> Heading:
    """The masked heading of a person already in hand."""
    return Heading(
        customer_id=person.customer_id,
        name_masked=name_masked(person),
        id_number_masked=_masked(person, "id_number_sealed", partial(masking.number, head=3, tail=2)),
        region_code=person.region_code,
        language=person.language,
        timezone=person.timezone,
    )


def access(customer_id: str) -> Heading:
    """The masked heading of a person; raises NoSuchPerson."""
    person = Person.objects.filter(customer_id=customer_id[:64]).first()
    if person is None:
        raise NoSuchPerson(customer_id=customer_id[:64])
    return heading(person)


def points_of(customer_id: str) -> list[PointRow]:
    """A person's contact points, the borrower's own first."""
    points = ContactPoint.objects.filter(person_id=customer_id).order_by("relation", "kind", "contact_point_id")
    rows = [_point_row(point) for point in points]
    return sorted(rows, key=lambda row: (row.relation != "SELF", row.relation, row.kind))


def ids_of_own_points(customer_id: str) -> set[str]:
    """The identifiers of the contact points that are the borrower's own."""
    own = ContactPoint.objects.filter(person_id=customer_id, relation=Relation.SELF)
    return set(own.values_list("contact_point_id", flat=True))


def own_points(kinds: Collection[str] = PointKind.values) -> QuerySet[ContactPoint]:
    """The points of these kinds that are the borrowers' own and not known to fail."""
    return ContactPoint.objects.filter(relation=Relation.SELF, invalid_since=None, kind__in=kinds)


def own_kinds(customer_ids: Collection[str]) -> dict[str, list[str]]:
    """Customer → the labels of the kinds of own points that may still reach them."""
    rows = own_points().filter(person_id__in=customer_ids).order_by("person_id", "kind")
    found: dict[str, list[str]] = {}
    for person, kind in rows.values_list("person_id", "kind").distinct():
        found.setdefault(person, []).append(str(LABELS.get(kind, kind)))
    return found


def point_kind(*, customer_id: str, contact_point_id: str) -> str | None:
    """Of which kind it is; None when it is not this person's."""
    points = ContactPoint.objects.filter(contact_point_id=contact_point_id, person_id=customer_id)
    return points.values_list("kind", flat=True).first()


#: Kind of contact point → how it is masked; any other, a lender's own kinds among them, as a name somewhere is.
MASKS: Mapping[str, Callable[[str], str]] = {
    PointKind.MOBILE: masking.number,
    PointKind.PHONE: masking.number,
    PointKind.EMAIL: masking.email,
    PointKind.ADDRESS: masking.address,
}
LABELS = dict(PointKind.choices)


def value_masked(point: ContactPoint) -> str:
    """A contact point's masked value."""
    shown.note(point.person_id)
    return _masked(point, "value_sealed", MASKS.get(point.kind, masking.handle))


def matching(text: str) -> set[str]:
    """Customer ids whose id (in capitals or not), name, ID number or phone number is exactly this text."""
    plain = text.strip()
    if not plain:
        return set()
    found = set(Person.objects.filter(customer_id__in={plain, plain.upper()}).values_list("customer_id", flat=True))
    found |= _people(name_index__in=cipher.blind_indexes(*indexing.of_name(plain)))
    found |= _people(id_number_index__in=cipher.blind_indexes(*indexing.of_id_number(plain)))
    points = ContactPoint.objects.filter(value_index__in=point_indexes(plain)).values_list("person_id", flat=True)
    return found | set(points[:MATCHES_MAX])


def point_indexes(text: str) -> tuple[str, ...]:
    """The blind indexes under which the vault may keep a phone number or an e-mail address, however it was written.

    A number without a country code is one of the lender's own country.
    """
    return tuple(cipher.blind_indexes(*indexing.of_typed(text, country=settings.LENDER_COUNTRY)))


def _masked(row: Person | ContactPoint, column: str, mask: Callable[[str], str]) -> str:
    """Blank when there is none. One field that was altered does not keep a page from showing the others."""
    try:
        return mask(words.opened(row, column)) if getattr(row, column) else ""
    except cipher.UnableToOpen:
        return masking.UNOPENED


def _people(**index: list[str]) -> set[str]:
    return set(Person.objects.filter(**index).values_list("customer_id", flat=True)[:MATCHES_MAX])


def _point_row(point: ContactPoint) -> PointRow:
    return PointRow(
        contact_point_id=point.contact_point_id,
        kind=point.kind,
        kind_label=point.get_kind_display(),
        relation=point.relation,
        relation_label=point.get_relation_display(),
        value_masked=value_masked(point),
        consented_on=point.consented_on,
        verified_on=point.verified_on,
        invalid_since=point.invalid_since,
    )
