"""Money that the books took and a tape tells of too: one payment where the names agree, else a question."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import reverse_payment, take_payment
from arrears.decisions.lake import Lake

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2


def tape() -> market.Tape:
    made = market.Tape()
    for number in (1, 2):
        made.customer(f"C{number}")
        made.account(f"A{number}", f"C{number}", first_due=DAY - timedelta(days=5))
    return made


def paid_here(payment_id: str, amount_minor: int) -> None:
    take_payment.take_payment(
        payment_id=payment_id,
        account_id="A1",
        amount_minor=amount_minor,
        currency="CNY",
        paid_on=DAY,
        channel="BANK_TRANSFER",
        source="CONSOLE",
        as_of=DAY,
        at=nights.moment(DAY),
        actor="user:1",
    )


def told_next_day(tmp_path, payment_id: str, account_id: str, amount: str) -> dict[str, object]:
    made = tape()
    made.payment(payment_id, account_id, DAY, amount)
    return nights.take(made, tmp_path / "next", NEXT).report


def reasons(report: dict[str, object]) -> dict[str, int]:
    return {reason: count for file in report["files"] for reason, count in file["reasons"].items()}


class TestATapeThatTellsOfOurPayment:
    def test_by_the_same_name_it_is_the_same_payment(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        paid_here("P1", 5_000)
        report = told_next_day(tmp_path, "P1", "A1", "50.00")
        assert (report["quarantined"], report["perhaps_told_twice"]) == (0, [])

    @pytest.mark.parametrize(("account_id", "amount"), [("A1", "80.00"), ("A2", "50.00")])
    def test_and_contradicts_it_is_set_aside(self, tmp_path, account_id, amount):
        nights.take(tape(), tmp_path, DAY)
        paid_here("P1", 5_000)
        report = told_next_day(tmp_path, "P1", account_id, amount)
        assert reasons(report) == {"payment_differs": 1}
        assert Lake(tmp_path / "lake").read("payments", NEXT).is_empty()

    def test_by_another_name_it_is_asked_about(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        paid_here("console-1", 5_000)
        report = told_next_day(tmp_path, "BANK-7", "A1", "50.00")
        assert report["perhaps_told_twice"] == [{"own_id": "console-1", "tape_id": "BANK-7", "account_id": "A1"}]

    def test_not_when_ours_is_taken_back_already_or_amounts_differ(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        paid_here("console-1", 5_000)
        paid_here("console-2", 4_000)
        reverse_payment.reverse_payment(
            reversal_id="R1",
            payment_id="console-1",
            account_id="A1",
            source="CONSOLE",
            as_of=DAY,
            at=nights.moment(DAY),
            actor="user:1",
        )
        assert told_next_day(tmp_path, "BANK-7", "A1", "50.00")["perhaps_told_twice"] == []
