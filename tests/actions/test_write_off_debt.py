"""A debt leaves the balance sheet once, by the hands of two people, and its memorandum never says less than nothing."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connections
from django.db.models import Sum
from tests import market, nights

from arrears.actions import reverse_payment, settlement, take_payment, write_off_debt
from arrears.records.audit import queries as audit
from arrears.records.cases.models import CaseEvent
from arrears.records.ledger.models import JournalEntry, Posting
from arrears.records.writeoffs.models import WriteOff

DAY = date(2026, 11, 23)
AT = timedelta(hours=10)
MEMO, SURPLUS, RECOVERY, CASH = "9101", "2241", "1304.02", "1002"


@pytest.fixture
def proposed(settings, tmp_path) -> WriteOff:
    """C1 owes three instalments of 105.00 and is 400 days late; the night proposed to write it off."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=400))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    return WriteOff.objects.get()


def approve(write_off: WriteOff, actor: str = "user:supervisor", note: str = "") -> None:
    write_off_debt.approve(write_off_id=write_off.pk, note=note, at=nights.moment(DAY) + AT, actor=actor)


def post(write_off: WriteOff, actor: str = "user:finance") -> str:
    return write_off_debt.post(write_off_id=write_off.pk, as_of=DAY, at=nights.moment(DAY) + AT, actor=actor)


def pay(payment_id: str, amount_minor: int):
    return take_payment.take_payment(
        payment_id=payment_id,
        account_id="A1",
        amount_minor=amount_minor,
        currency="CNY",
        paid_on=DAY,
        channel="BANK",
        source="API",
        as_of=DAY,
        at=nights.moment(DAY) + AT,
        actor="api:1",
    )


def reverse(payment_id: str):
    return reverse_payment.reverse_payment(
        reversal_id=f"R-{payment_id}",
        payment_id=payment_id,
        account_id="A1",
        source="API",
        as_of=DAY,
        at=nights.moment(DAY) + AT,
        actor="api:1",
    )


def balances() -> dict[str, int]:
    sums = Posting.objects.values("ledger_account").annotate(sum=Sum("amount_minor"))
    return {row["ledger_account"]: row["sum"] for row in sums if row["sum"]}


@pytest.mark.django_db
class TestFourEyes:
    def test_who_approved_does_not_post(self, proposed):
        approve(proposed, "user:one")
        with pytest.raises(write_off_debt.PostedBySamePerson):
            post(proposed, "user:one")

        proposed.refresh_from_db()
        assert (proposed.status, proposed.posted_by) == ("APPROVED", "")
        assert not JournalEntry.objects.exists()

    def test_another_person_does(self, proposed):
        approve(proposed)
        post(proposed)

        proposed.refresh_from_db()
        assert (proposed.status, proposed.posted_by) == ("POSTED", "user:finance")

    def test_one_that_was_set_back_by_hand_in_the_database_is_decided_again(self, proposed):
        """Each decision is an event of its own, though the first one stands in the story of the case already."""
        approve(proposed)
        WriteOff.objects.update(status="PROPOSED", decided_at=None, decided_by="", note_sealed=None)
        write_off_debt.approve(write_off_id=proposed.pk, note="", at=nights.moment(DAY) + 2 * AT, actor="user:two")

        told = CaseEvent.objects.filter(case=proposed.case_id, kind="write_off.approved").order_by("at")
        assert list(told.values_list("actor", flat=True)) == ["user:supervisor", "user:two"]

    def test_what_was_said_for_it_stays_on_record_when_another_rejects_it(self, proposed):
        approve(proposed, note="No trace of him since May.")
        note, at = "He has paid a part.", nights.moment(DAY) + 2 * AT
        write_off_debt.reject(write_off_id=proposed.pk, note=note, at=at, actor="user:two")

        told = audit.events_of_kinds([proposed.case_id], ["write_off.approved", "write_off.rejected"], limit=9)
        assert [event.data["note"] for event in told] == [note, "No trace of him since May."]


@pytest.mark.django_db
class TestRecovery:
    @pytest.fixture
    def posted(self, proposed) -> WriteOff:
        approve(proposed)
        post(proposed)
        proposed.refresh_from_db()
        return proposed

    def test_what_is_paid_beyond_the_debt_is_owed_to_the_customer(self, posted):
        owed = posted.total_minor
        before = balances()
        taken = pay("P1", owed + 7_000)

        assert taken.surplus_minor == 7_000
        moved = {name: amount - before.get(name, 0) for name, amount in balances().items()}
        assert (moved[CASH], moved[RECOVERY], moved[SURPLUS]) == (owed + 7_000, -owed, -7_000)
        assert balances().get(MEMO, 0) == 0
        assert sum(balances().values()) == 0

    def test_a_payment_on_nothing_owed_is_all_surplus_and_goes_back_as_such(self, posted):
        before = balances()
        pay("P1", posted.total_minor)
        pay("P2", 5_000)
        assert balances()[SURPLUS] == -5_000

        reverse("P1")  # what was surplus now pays the debt
        assert balances().get(SURPLUS, 0) == 0
        assert balances()[MEMO] == posted.total_minor - 5_000
        reverse("P2")
        assert balances() == before


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_comes_while_a_write_off_is_posted_is_settled_once(proposed, monkeypatch):
    approve(proposed)
    seen, real = threading.Event(), write_off_debt._owed

    def slow(*given, **named):
        owed = real(*given, **named)
        seen.set()
        time.sleep(0.5)
        return owed

    monkeypatch.setattr(write_off_debt, "_owed", slow)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            post(proposed)
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert seen.wait(20)
    pay("P1", 10_000)
    thread.join()

    assert not failures
    codes = settlement.chart().codes
    receivable = sum(balances().get(codes[name], 0) for name in ("principal", "interest", "fee", "penalty"))
    proposed.refresh_from_db()
    assert -receivable == proposed.total_minor, "the receivable was credited for what was owed, and no more"
    assert balances()[MEMO] == proposed.total_minor - 10_000


RECEIVABLES = ("1303", "1132.01", "1132.02", "1221")
ALLOWANCE = "1304.01"


@pytest.mark.django_db
class TestAPaymentOfBeforeTakenBackAfter:
    """10.00 paid, the rest written off, and then the 10.00 bounce: they are owed again, and no part of the books keeps
    them as a receivable of a debt that is gone."""

    @pytest.fixture
    def supplement(self, proposed) -> WriteOff:
        pay("P1", 1_000)
        approve(proposed)
        post(proposed)
        reverse("P1")
        return WriteOff.objects.get(supplements=proposed)

    def test_what_it_had_settled_is_proposed_as_a_supplement(self, supplement, proposed):
        assert (supplement.status, supplement.total_minor, supplement.case_id) == ("PROPOSED", 1_000, proposed.case_id)
        assert supplement.evidence["payment_id"] == "P1"

    def test_posted_by_two_others_the_books_are_as_if_it_had_never_been_paid(self, supplement):
        with pytest.raises(write_off_debt.SamePerson):
            approve(supplement, supplement.proposed_by)
        approve(supplement)
        post(supplement)
        left = balances()
        assert CASH not in left
        assert (left[ALLOWANCE], left[MEMO]) == (31_500, 31_500)
        assert sum(left.get(account, 0) for account in RECEIVABLES) == -31_500
        assert settlement.written_off_minor("A1") == 31_500

    def test_what_was_recovered_meanwhile_is_not_claimed_again(self, supplement):
        pay("P2", 31_500)
        assert MEMO not in balances()
        approve(supplement)
        post(supplement)
        assert MEMO not in balances(), "all of it has been recovered"
        reverse("P2")
        assert balances()[MEMO] == 31_500

    def test_the_night_neither_lets_it_lapse_nor_proposes_the_debt_again(self, supplement, proposed):
        nights.run(DAY + timedelta(days=1))
        supplement.refresh_from_db()
        assert supplement.status == "PROPOSED"
        assert WriteOff.objects.count() == 2

    def test_each_reversal_has_its_own(self, proposed):
        for payment_id in ("P1", "P2"):
            pay(payment_id, 1_000)
        approve(proposed)
        post(proposed)
        for payment_id in ("P1", "P2"):
            reverse(payment_id)
            reverse(payment_id)
        supplements = WriteOff.objects.filter(supplements=proposed)
        assert [each.total_minor for each in supplements] == [1_000, 1_000]
        for each in supplements:
            approve(each)
            post(each)
        assert balances()[MEMO] == 31_500

    def test_money_that_came_after_the_write_off_and_went_back_asks_for_none(self, proposed):
        approve(proposed)
        post(proposed)
        pay("P1", 1_000)
        reverse("P1")
        assert not WriteOff.objects.filter(supplements=proposed).exists()
