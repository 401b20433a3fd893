"""How often does the night text one person? Never on each instalment's every day, and bad debt every three months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import house
from arrears.decisions import night_policy
from arrears.exchange import foresight
from arrears.records.cases.models import Case, WorkItem
from arrears.records.contacts.models import Contact

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture
def tape(settings, tmp_path) -> market.Tape:
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 1
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    return tape


def texted_on(reason: str) -> list[int]:
    """The days after DAY on which texts of a kind were planned."""
    days = Contact.objects.filter(channel="SMS", reason__startswith=reason).values_list("as_of", flat=True)
    return sorted((day - DAY).days for day in days)


def test_payments_due_close_together_are_not_each_reminded_of_before_their_day(tape, tmp_path):
    for number, due in enumerate((3, 6, 9)):
        tape.account(f"A{number}", "C1", first_due=DAY + timedelta(days=due), instalments=1)
    for days in range(10):
        today = DAY + timedelta(days=days)
        for number, due in enumerate((3, 6, 9)):
            if days == due + 1:
                tape.payment(f"P{number}", f"A{number}", DAY + timedelta(days=due), "105.00")
        nights.take(tape, tmp_path, today)
        nights.run(today)
        before = Contact.objects.count()
        nights.run(today)
        assert Contact.objects.count() == before

    # The first as ever: three days before, the day before, on the day. The others wait for their day.
    assert texted_on("DUE_IN") == [0, 2, 3, 6, 9]


def test_bad_debt_is_claimed_now_and_then_not_every_night(tape, tmp_path):
    tape.account("A1", "C1", first_due=DAY - timedelta(days=400))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    nights.run(DAY)
    nights.run(DAY + timedelta(days=1))

    assert texted_on("BAD_DEBT") == [0]
    assert WorkItem.objects.get(kind="CALL").reason == "BAD_DEBT_CALL"
    found = foresight.of_case(
        Case.objects.get().case_id, policy=night_policy.load(house.here().policies), zone=house.here().zone
    )
    assert found is not None
    assert (found.action, found.on) == ("SMS", DAY + timedelta(days=90))
