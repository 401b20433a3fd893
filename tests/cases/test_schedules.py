"""Plain schedules: is every fen placed, and does a month end where it ends?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases import schedules

from arrears.kernel.errors import InvalidInput


def test_flat_interest_and_equal_parts_as_worked_by_hand():
    dues = schedules.flat(
        date(2023, 1, 1),
        principal_minor=300_000,
        annual_rate=Decimal("0.12"),
        every=1,
        unit=schedules.Unit.MONTHS,
        count=3,
        multiple_minor=100,
    )
    assert [(d.due_on, d.principal_minor, d.interest_minor) for d in dues] == [
        (date(2023, 2, 1), 100_000, 3_000),
        (date(2023, 3, 1), 100_000, 3_000),
        (date(2023, 4, 1), 100_000, 3_000),
    ]


def test_a_quarter_down_is_due_on_the_first_day():
    dues = schedules.flat(
        date(2023, 10, 1),
        principal_minor=100_000,
        annual_rate=Decimal(0),
        every=15,
        unit=schedules.Unit.DAYS,
        count=3,
        down_payment_share=Decimal("0.25"),
    )
    assert [d.principal_minor for d in dues] == [25_000] * 4
    assert [d.due_on.isoformat() for d in dues] == ["2023-10-01", "2023-10-16", "2023-10-31", "2023-11-15"]


def test_the_thirty_first_is_clipped_and_comes_back():
    dates = schedules.due_dates(date(2022, 10, 31), every=1, unit=schedules.Unit.MONTHS, count=5)
    assert [d.isoformat() for d in dates] == ["2022-11-30", "2022-12-31", "2023-01-31", "2023-02-28", "2023-03-31"]
    with pytest.raises(InvalidInput):
        schedules.due_dates(date(2022, 1, 1), every=0, unit=schedules.Unit.DAYS, count=1)


@given(st.integers(0, 10**12), st.integers(1, 60), st.sampled_from([1, 10, 100]))
def test_the_parts_are_the_principal_to_the_fen(principal, count, multiple):
    dues = schedules.flat(
        date(2023, 1, 31),
        principal_minor=principal,
        annual_rate=Decimal("0.18"),
        every=1,
        unit=schedules.Unit.MONTHS,
        count=count,
        multiple_minor=multiple,
    )
    assert sum(d.principal_minor for d in dues) == principal
    assert min(d.principal_minor for d in dues) >= 0
