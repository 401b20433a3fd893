"""A missed night, run late, asks nobody for a debt that was paid by day meanwhile; one that is owed again, it does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import reverse_payment, take_payment
from arrears.records.cases.models import Case, WorkItem
from arrears.records.webhooks import operations as webhooks
from arrears.records.webhooks.models import Delivery

pytestmark = pytest.mark.django_db

LAST = date(2026, 11, 20)
PAID = date(2026, 11, 28)


@pytest.fixture
def owing(settings, tmp_path) -> market.Tape:
    """C1 owes one instalment since 20 days; the last night is that of LAST."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=LAST - timedelta(days=20), instalments=1)
    nights.take(tape, tmp_path, LAST)
    nights.run(LAST)
    webhooks.register(url="https://partner.example/", kinds=("case.opened",), at=nights.moment(LAST), actor="test")
    return tape


def pay_all(on: date) -> None:
    take_payment.take_payment(
        payment_id="P1",
        account_id="A1",
        amount_minor=10_500,
        currency="CNY",
        paid_on=on,
        channel="BANK",
        source="API",
        as_of=on,
        at=nights.moment(on) + timedelta(hours=10),
        actor="api:1",
    )


def take_back(on: date) -> None:
    reverse_payment.reverse_payment(
        reversal_id="R1",
        payment_id="P1",
        account_id="A1",
        source="API",
        as_of=on,
        at=nights.moment(on) + timedelta(hours=11),
        actor="api:1",
    )


def told() -> list[tuple[date, date | None, str]]:
    return list(Case.objects.order_by("opened_on").values_list("opened_on", "closed_on", "close_reason"))


def test_no_second_case_opens_for_a_debt_paid_since(owing, tmp_path):
    pay_all(PAID)
    nights.take(owing, tmp_path, PAID)

    reports = nights.run(PAID)

    assert [report.as_of for report in reports] == [LAST + timedelta(days=n) for n in range(1, 9)]
    assert told() == [(LAST, PAID, "PAID_OFF")]
    assert not WorkItem.objects.filter(status="OPEN").exists()
    assert not Delivery.objects.exists(), "a partner was told of a case that there is not"


def test_a_payment_taken_back_since_opens_one_from_the_day_after_the_first_closed(owing, tmp_path):
    closed_on = LAST + timedelta(days=4)
    pay_all(closed_on)
    take_back(PAID - timedelta(days=1))
    nights.take(owing, tmp_path, PAID)

    nights.run(PAID)

    assert [closed for _opened, closed, _why in told()] == [closed_on, None]
    opened_on = told()[1][0]
    assert closed_on < opened_on <= PAID


def test_a_payment_taken_back_on_the_day_that_it_came_opens_one_today(owing, tmp_path):
    pay_all(PAID)
    take_back(PAID)
    nights.take(owing, tmp_path, PAID)

    nights.run(PAID)

    assert told() == [(LAST, PAID, "PAID_OFF"), (PAID, None, "")]
