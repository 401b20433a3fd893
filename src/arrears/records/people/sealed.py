"""What identifies a person, opened; `actions.reveal_sealed` and `actions.evidence` call it and keep the audit row."""

from __future__ import annotations

from dataclasses import dataclass, field

from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import words


@dataclass(frozen=True)
class OpenPoint:
    """A contact point in plain words; the value stays out of the representation."""

    kind: str
    value: str = field(repr=False)


def open_point(contact_point_id: str, *, customer_id: str) -> OpenPoint | None:
    """One contact point of a person; None when it is not theirs."""
    point = ContactPoint.objects.filter(contact_point_id=contact_point_id, person_id=customer_id).first()
    if point is None:
        return None
    return OpenPoint(point.kind, words.opened(point, "value_sealed"))


def open_person(customer_id: str) -> dict[str, str]:
    """What the lender told of who a person is, in plain words; what it did not tell is not there."""
    person = Person.objects.get(customer_id=customer_id)
    return {name: words.opened(person, f"{name}_sealed") for name in _held(person)}


def held(customer_id: str) -> list[str]:
    """Which of them `open_person` would open."""
    return _held(Person.objects.get(customer_id=customer_id))


def _held(person: Person) -> list[str]:
    return [name for name in ("name", "id_number", "birth_on", "employer") if getattr(person, f"{name}_sealed")]
