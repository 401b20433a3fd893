"""What a written-off debt recovers in the lender's own core lowers what is still claimed, once, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from tests import market, nights

from arrears.actions import reverse_payment, settlement, take_payment, write_off_debt
from arrears.records.audit.models import Event
from arrears.records.ledger.models import JournalEntry, Posting
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
OWED = 30_500
MEMO, CONTRA = "9101", "9199"


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def tape(*payments: tuple[str, int, str] | tuple[str, int, str, str]) -> market.Tape:
    """C1 owes three instalments of 105.00 and paid 10.00 (B1) before; each payment is (id, day, amount, reverses)."""
    made = market.Tape()
    made.customer("C1", mobile="13800000001")
    made.account("A1", "C1", first_due=on(-400))
    for payment_id, days, amount, *reverses in [("B1", -30, "10.00"), *payments]:
        made.payment(payment_id, "A1", on(days), amount, reverses="".join(reverses))
    return made


@pytest.fixture(scope="module")
def lived(shared_rows, tmp_path_factory) -> Path:
    """The folder of a lake whose first night is in the books."""
    folder = tmp_path_factory.mktemp("lived")
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape(), folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def posted(lived, db, settings, tmp_path) -> WriteOff:
    nights.go_on_from(lived, tmp_path, settings, partitions=2)
    write_off = WriteOff.objects.get()
    at = nights.moment(DAY) + timedelta(hours=10)
    write_off_debt.approve(write_off_id=write_off.pk, note="", at=at, actor="user:supervisor")
    write_off_debt.post(write_off_id=write_off.pk, as_of=DAY, at=at, actor="user:finance")
    write_off.refresh_from_db()
    assert (write_off.total_minor, balances()[MEMO]) == (OWED, OWED)
    return write_off


def tell(folder: Path, days: int, *payments) -> None:
    nights.take(tape(*payments), folder, on(days))
    nights.run(on(days))


def by_api(days: int) -> dict[str, object]:
    at = nights.moment(on(days)) + timedelta(hours=10)
    return {"account_id": "A1", "source": "API", "as_of": on(days), "at": at, "actor": "api:1"}


def pay(payment_id: str, amount_minor: int, *, days: int) -> None:
    paid = {"currency": "CNY", "paid_on": on(days), "channel": "BANK"}
    take_payment.take_payment(payment_id=payment_id, amount_minor=amount_minor, **paid, **by_api(days))


def balances() -> dict[str, int]:
    sums = Posting.objects.values("ledger_account").annotate(sum=Sum("amount_minor"))
    return {row["ledger_account"]: row["sum"] for row in sums if row["sum"]}


def moved(before: dict[str, int]) -> dict[str, int]:
    after = balances()
    both = {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
    return {name: amount for name, amount in both.items() if amount}


def told() -> list[str]:
    return list(
        JournalEntry.objects.filter(kind="recovery.told")
        .order_by("recorded_at", "reference")
        .values_list("reference", flat=True)
    )


class TestToldByTheTape:
    def test_only_the_memorandum_moves_by_an_entry_that_cites_the_payment(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("P1", 1, "100.00"))
        assert moved(before) == {MEMO: -10_000, CONTRA: 10_000}
        assert told() == ["P1"]
        event = Event.objects.get(kind="recovery.told")
        assert (event.subject_id, event.data["payment_id"], event.data["settled_minor"]) == ("C1", "P1", 10_000)

    def test_once_however_many_nights_and_tapes_tell_it(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("P1", 1, "100.00"))
        nights.run(on(2))
        tell(tmp_path, 3, ("P1", 1, "100.00"))
        assert moved(before) == {MEMO: -10_000, CONTRA: 10_000}

    def test_what_the_day_of_the_write_off_had_not_yet_told_is_a_recovery_too(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("P1", 0, "100.00"))  # value-dated on the day of the write-off, told the day after
        assert moved(before) == {MEMO: -10_000, CONTRA: 10_000}

    def test_more_than_is_owed_leaves_nothing_claimed_and_the_rest_alone(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("P1", 1, "400.00"))
        assert moved(before) == {MEMO: -OWED, CONTRA: OWED}

    def test_one_that_the_api_took_first_stays_booked_as_it_was(self, posted, tmp_path):
        pay("P1", 10_000, days=0)
        before = balances()
        tell(tmp_path, 1, ("P1", 0, "100.00"))
        assert (moved(before), told()) == ({}, [])

    def test_both_ways_of_telling_add_up(self, posted, tmp_path):
        tell(tmp_path, 1, ("P1", 1, "200.00"))
        pay("P2", 20_000, days=1)
        assert balances().get(MEMO, 0) == 0
        reverse_payment.reverse_payment(reversal_id="R2", payment_id="P2", **by_api(1))
        assert balances()[MEMO] == OWED - 20_000

    def test_a_write_off_that_kept_no_list_goes_by_its_day(self, posted, tmp_path):
        WriteOff.objects.update(payments_before=None)
        before = balances()
        tell(tmp_path, 1, ("P1", 1, "100.00"))
        assert moved(before) == {MEMO: -10_000, CONTRA: 10_000}
        assert WriteOff.objects.get().payments_before == ["B1"]


class TestGoneBack:
    def test_a_reversal_of_a_later_tape_claims_it_again(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("P1", 1, "100.00"))
        tell(tmp_path, 2, ("P1", 1, "100.00"), ("R1", 2, "100.00", "P1"))
        assert (moved(before), told()) == ({}, ["P1", "R1"])
        nights.run(on(3))
        assert moved(before) == {}

    def test_told_with_its_payment_it_comes_to_nothing(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 2, ("P1", 1, "100.00"), ("R1", 2, "100.00", "P1"))
        assert moved(before) == {}

    @pytest.mark.parametrize("with_night", [True, False])
    def test_taken_back_by_the_api_no_cash_is_booked_that_never_came_here(self, posted, tmp_path, with_night):
        before = balances()
        if with_night:
            tell(tmp_path, 1, ("P1", 1, "100.00"))
        else:
            nights.take(tape(("P1", 1, "100.00")), tmp_path, on(1))
        reverse_payment.reverse_payment(reversal_id="R1", payment_id="P1", **by_api(1))
        nights.run(on(2))
        assert (moved(before), told()) == ({}, ["P1", "R1"])

    def test_one_that_the_write_off_had_counted_asks_for_a_supplement_once(self, posted, tmp_path):
        before = balances()
        tell(tmp_path, 1, ("R0", 1, "10.00", "B1"))
        nights.run(on(2))
        supplement = WriteOff.objects.get(supplements=posted)
        assert (supplement.status, supplement.total_minor, supplement.evidence["reversal_id"]) == (
            "PROPOSED",
            1_000,
            "R0",
        )
        assert (moved(before), told()) == ({}, [])

    def test_so_it_does_when_the_api_takes_back_what_a_tape_had_told_before(self, posted):
        reverse_payment.reverse_payment(reversal_id="R0", payment_id="B1", **by_api(0))
        assert WriteOff.objects.get(supplements=posted).total_minor == 1_000
        assert settlement.was_receivable("B1")
        assert balances()[MEMO] == OWED
