"""Money comes in, and goes back: once, exactly, and everything that hangs on it lets go at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from tests import market, nights

from arrears import policies
from arrears.actions.reverse_payment import UnableToReverse, reverse_payment
from arrears.actions.take_payment import PaidBeforeOpening, PaymentDiffers, WrongPayment, take_payment
from arrears.decisions import night_policy
from arrears.exchange import case_file, customer_book
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseAccount, CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact
from arrears.records.ledger.models import JournalEntry, Payment, Posting

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


def one_late() -> market.Tape:
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    return tape


@pytest.fixture(scope="module")
def lived(shared_rows, tmp_path_factory) -> Path:
    """The folder of a lake whose first night is in the books."""
    folder = tmp_path_factory.mktemp("lived")
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(one_late(), folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def late(lived, db, settings, tmp_path) -> market.Tape:
    """One customer seven days late with 105.00, in the books, with a message planned for this morning."""
    nights.go_on_from(lived, tmp_path, settings, partitions=2)
    return one_late()


def pay(payment_id: str = "P1", amount_minor: int = 10_500, **changes):
    given = {
        "payment_id": payment_id,
        "account_id": "A1",
        "amount_minor": amount_minor,
        "currency": "CNY",
        "paid_on": DAY,
        "channel": "BANK",
        "source": "API",
        "as_of": DAY,
        "at": nights.moment(DAY) + timedelta(hours=9),
        "actor": "api:1",
    }
    return take_payment(**(given | changes))


def reverse(reversal_id: str = "R1", payment_id: str = "P1", on: date = DAY):
    return reverse_payment(
        reversal_id=reversal_id,
        payment_id=payment_id,
        account_id="A1",
        source="API",
        as_of=on,
        at=nights.moment(on) + timedelta(hours=10),
        actor="api:1",
    )


def postings() -> dict[str, int]:
    """Balance by ledger account."""
    sums = Posting.objects.values("ledger_account").annotate(sum=Sum("amount_minor"))
    return {row["ledger_account"]: row["sum"] for row in sums if row["sum"]}


class TestTaking:
    def test_the_whole_arrears_closes_the_case_and_lets_everything_go(self, late):
        assert Contact.objects.filter(status="PLANNED").count() == 1

        taken = pay()

        case = Case.objects.get()
        assert (case.status, case.close_reason, case.closed_on, case.overdue_minor) == ("CLOSED", "CURED", DAY, 0)
        assert taken.closed_case_ids == (case.case_id,)
        assert (taken.parts["interest"], taken.parts["principal"], taken.surplus_minor) == (500, 10_000, 0)
        assert taken.contacts_cancelled == 1
        assert not Contact.objects.filter(status="PLANNED").exists()
        assert not WorkItem.objects.filter(status="OPEN").exists()
        assert CaseEvent.objects.filter(case=case, kind="closed", reason="CURED").count() == 1
        assert set(Event.objects.values_list("kind", flat=True)) >= {"payment.taken", "case.closed"}
        why = Event.objects.get(kind="case.closed").data
        assert (why["reason"], why["reference"], why["as_of"]) == ("payment taken", taken.payment_id, DAY.isoformat())

    def test_a_part_leaves_the_case_open_with_what_is_left(self, late):
        pay(amount_minor=4_000)

        case, account = Case.objects.get(), CaseAccount.objects.get()
        assert (case.status, case.overdue_minor) == ("OPEN", 6_500)
        assert (account.interest_overdue_minor, account.principal_overdue_minor) == (0, 6_500)

    def test_is_journaled_in_balance(self, late):
        pay(amount_minor=12_000)

        assert JournalEntry.objects.get().kind == "payment.taken"
        assert sum(postings().values()) == 0
        assert postings() == {"1002": 12_000, "1132.01": -1_000, "1303": -11_000}

    def test_money_beyond_every_instalment_is_surplus(self, late):
        taken = pay(amount_minor=40_000)

        assert taken.surplus_minor == 40_000 - 3 * 10_500
        assert postings()["2241"] == -8_500
        case, account = Case.objects.get(), CaseAccount.objects.get()
        assert (case.close_reason, case.bucket, account.bucket) == ("PAID_OFF", "M0", "M0")

    def test_told_twice_is_one_payment(self, late):
        pay()
        again = pay()

        assert not again.is_new
        assert Payment.objects.count() == JournalEntry.objects.count() == 1

    @pytest.mark.parametrize("change", [{"amount_minor": 1}, {"paid_on": DAY - timedelta(days=1)}])
    def test_refuses_the_same_name_with_another_content(self, late, change):
        pay()
        with pytest.raises(PaymentDiffers):
            pay(**change)

    @pytest.mark.parametrize("change", [{"amount_minor": 0}, {"currency": "USD"}, {"paid_on": DAY + timedelta(days=1)}])
    def test_refuses_what_cannot_be(self, late, change):
        with pytest.raises(WrongPayment):
            pay(**change)
        assert not Payment.objects.exists()

    def test_refuses_a_value_date_before_the_account_was_opened_and_takes_the_day_itself(self, late):
        opened_on = DAY - timedelta(days=37)
        with pytest.raises(PaidBeforeOpening):
            pay(paid_on=opened_on - timedelta(days=1))
        assert pay(paid_on=opened_on).is_new

    def test_refuses_an_unknown_account(self, late):
        with pytest.raises(customer_book.UnknownAccount):
            pay(account_id="nobody's")

    def test_a_back_dated_payment_closes_the_case(self, late):
        """Paid on the due date, told a week later: it was never late."""
        pay(paid_on=DAY - timedelta(days=7))

        assert Case.objects.get().close_reason == "CURED"
        assert JournalEntry.objects.get().effective_on == DAY - timedelta(days=7)


class TestOnTheTapeToo:
    def test_a_payment_told_by_api_and_then_by_tape_counts_once(self, late, tmp_path):
        pay(amount_minor=4_000)
        late.payment("P1", "A1", DAY, "40.00")
        nights.take(late, tmp_path, DAY + timedelta(days=1))

        nights.run(DAY + timedelta(days=1))

        assert Case.objects.get().overdue_minor == 6_500
        assert CaseAccount.objects.get().paid_total_minor == 4_000

    def test_a_payment_told_by_tape_and_then_by_api_is_known(self, late, tmp_path):
        late.payment("P1", "A1", DAY, "40.00")
        nights.take(late, tmp_path, DAY + timedelta(days=1))

        told = pay(amount_minor=4_000, as_of=DAY + timedelta(days=1))

        assert not told.is_new
        assert ({name: minor for name, minor in told.parts.items() if minor}, told.surplus_minor) == (
            {"principal": 3_500, "interest": 500},
            0,
        )
        assert not Payment.objects.exists()

    def test_a_payment_told_by_tape_on_somebody_elses_account_is_not_taken_on_this_one(self, late, tmp_path):
        late.customer("C2", mobile="13800000002")
        late.account("A2", "C2", first_due=DAY - timedelta(days=7))
        late.payment("P1", "A2", DAY, "40.00")
        nights.take(late, tmp_path, DAY + timedelta(days=1))

        with pytest.raises(PaymentDiffers):
            pay(amount_minor=4_000, as_of=DAY + timedelta(days=1))

        assert not Payment.objects.exists()

    def test_the_night_counts_a_payment_that_only_the_books_have(self, late):
        pay(amount_minor=4_000)

        nights.run(DAY + timedelta(days=1))

        assert Case.objects.get().overdue_minor == 6_500


class TestReversing:
    def test_gives_back_what_was_settled_and_the_next_night_opens_a_case_again(self, late):
        pay()
        reversed_ = reverse()

        assert reversed_.parts["principal"] == 10_000
        assert postings() == {}
        assert Case.objects.filter(status="OPEN").count() == 0

        nights.run(DAY + timedelta(days=1))

        reopened = Case.objects.get(status="OPEN")
        assert (reopened.opened_on, reopened.overdue_minor, reopened.dpd_max) == (DAY + timedelta(days=1), 10_500, 8)

    def test_shows_at_once_in_the_closed_case_which_stays_closed(self, late):
        pay()
        reverse()

        case, account = Case.objects.get(), CaseAccount.objects.get()
        assert (case.status, case.close_reason) == ("CLOSED", "CURED")
        assert (case.overdue_minor, case.dpd_max, case.bucket) == (10_500, 7, "M1")
        assert (account.overdue_minor, account.paid_total_minor) == (10_500, 0)
        assert CaseEvent.objects.get(kind="money_went_back").data["payment_id"] == "P1"

        pay("P2")
        case, account = Case.objects.get(), CaseAccount.objects.get()
        assert (case.overdue_minor, case.bucket, account.paid_total_minor) == (0, "M0", 10_500)

    def test_shows_at_once_in_a_case_that_is_open(self, late):
        pay(amount_minor=4_000)
        reverse()

        assert Case.objects.get().overdue_minor == 10_500

    def test_what_other_payments_settle_instead_is_told_apart_from_what_is_owed_again(self, late):
        """With the first payment gone the second one meets the interest that the first had settled."""
        pay(amount_minor=500)
        pay("P2", amount_minor=10_000)
        reversed_ = reverse()

        assert sum(reversed_.parts.values()) + reversed_.surplus_minor == 500
        assert min([*reversed_.owed_again.values(), *reversed_.settled_by_others.values()]) > 0
        owed, others = sum(reversed_.owed_again.values()), sum(reversed_.settled_by_others.values())
        assert owed - others + reversed_.surplus_minor == 500

    def test_told_twice_is_one_reversal(self, late):
        pay()
        reverse()
        assert not reverse().is_new
        assert Payment.objects.count() == 2

    def test_refuses_a_reversal_of_a_reversal_and_a_second_one(self, late):
        pay()
        reverse()
        with pytest.raises(UnableToReverse):
            reverse("R2", "R1")
        with pytest.raises(UnableToReverse):
            reverse("R3", "P1")
        with pytest.raises(UnableToReverse):
            reverse("R4", "unheard of")

    def test_refuses_the_identifier_of_a_payment_that_a_tape_told(self, late, tmp_path):
        late.payment("T1", "A1", DAY, "5.00")
        late.payment("T2", "A1", DAY, "100.00")
        nights.take(late, tmp_path, DAY + timedelta(days=1))
        for reversal_id in ("T1", "T2"):
            with pytest.raises(PaymentDiffers):
                reverse(reversal_id, "T1", DAY + timedelta(days=1))
        assert not Payment.objects.exists()
        assert not JournalEntry.objects.exists()

    def test_takes_back_a_payment_that_only_the_tape_told(self, late, tmp_path):
        late.payment("T1", "A1", DAY, "105.00", channel="QUICK_PAY_" * 6 + "CARD")
        nights.take(late, tmp_path, DAY + timedelta(days=1))
        nights.run(DAY + timedelta(days=1))
        assert Case.objects.get().status == "CLOSED"

        reverse("R1", "T1", DAY + timedelta(days=1))
        assert list(JournalEntry.objects.order_by("effective_on").values_list("kind", "reference", "effective_on")) == [
            ("payment.taken", "T1", DAY),
            ("payment.reversed", "R1", DAY + timedelta(days=1)),
        ]
        assert postings() == {}, "what goes back had come in"
        nights.run(DAY + timedelta(days=2))

        assert Case.objects.filter(status="OPEN").count() == 1
        assert Payment.objects.get(payment_id="T1").source == "TAPE"


class TestTheFile:
    def test_shows_which_payment_settled_what(self, late, settings):
        pay(amount_minor=4_000)
        products = night_policy.load(policies.folder()).products

        (file,) = case_file.account_files("C1", as_of=DAY, lake=settings.LAKE, products=products)

        (payment,) = file.payments
        assert (payment.source, payment.counts, payment.surplus_minor) == ("API", True, 0)
        assert [(s.number, s.component, s.amount_minor) for s in payment.settled] == [
            (1, "principal", 3_500),
            (1, "interest", 500),
        ]
        assert file.instalments[0].state.left.principal_minor == 6_500
        assert file.position is not None
        assert file.position.overdue.total_minor == 6_500


def test_what_the_payer_wrote_with_it_is_heard(late) -> None:
    assert pay("CMB 不想活了 今晚就跳楼", 100).is_new
    assert Stop.objects.get().reason == "SELF_HARM"
    assert WorkItem.objects.filter(kind="CARE", status="OPEN").count() == 1
