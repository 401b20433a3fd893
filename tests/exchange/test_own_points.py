"""By day a person is reached where the night would reach them: verified last, never where it is known not to reach."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from arrears.exchange import own_points
from arrears.records.people.models import ContactPoint, Relation

pytestmark = pytest.mark.django_db


def test_the_number_verified_last_is_chosen_and_never_a_marked_or_a_strangers() -> None:
    person = cast.borrower()
    numbers = [cast.point(person, f"+861390000000{number}") for number in range(3)]
    cast.point(person, "+8613900000009", relation=Relation.KIN)
    for number, day in zip(numbers, (10, 20, 30), strict=True):
        ContactPoint.objects.filter(pk=number.pk).update(verified_on=date(2026, 1, day))
    ContactPoint.objects.filter(pk=numbers[2].pk).update(invalid_since=cast.NOW)

    assert own_points.of([cast.PAYS]).rows() == [(cast.PAYS, "MOBILE", numbers[1].pk)]
