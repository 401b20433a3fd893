"""The figures of a night add up: to the book, to each other, and to what the definitions say."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from django.db.models import Sum
from tests import market, nights

from arrears.actions import reverse_payment, take_payment
from arrears.decisions import night_files, summaries
from arrears.decisions.standings import OUTSTANDING, OVERDUE
from arrears.exchange import figures
from arrears.records.cases.models import Case
from arrears.records.ledger.models import Posting

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def shared_nights(shared_rows, tmp_path_factory):
    """The folder of their lake; both nights are in the books."""
    folder = tmp_path_factory.mktemp("nights")
    tape = market.mixed(DAY)
    with shared_rows(), nights.lake_in(folder, partitions=3):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        tape.payment("CURE", "A003", DAY, "105.00")
        nights.take(tape, folder, DAY + timedelta(days=1))
        nights.run(DAY + timedelta(days=1))
    return folder


@pytest.fixture
def two_nights(shared_nights, db, settings, tmp_path):
    """Two nights; in between one customer pays the arrears and another's due date passes."""
    nights.go_on_from(shared_nights, tmp_path, settings, partitions=3)
    return tmp_path / "lake"


def board(lake, days: int = 1) -> figures.Dashboard:
    return figures.dashboard(lake=lake, as_of=DAY + timedelta(days=days), currency="CNY")


def test_balances_are_the_sum_of_the_positions(two_nights):
    positions = night_files.NightFiles(two_nights).read("positions", DAY + timedelta(days=1))
    cells = board(two_nights).balances

    assert sum(cell.amount_minor for cell in cells) == positions.select(OUTSTANDING.sum()).item()
    assert sum(cell.base_minor for cell in cells) == positions.select(OVERDUE.sum()).item()


class TestStands:
    """Every customer with arrears stands somewhere, and what is overdue of all of them is what is overdue in all."""

    def test_they_add_up_to_the_balances(self, two_nights):
        stands, cells = board(two_nights).stands, board(two_nights).balances

        assert sum(stand.overdue_minor for stand in stands.values()) == sum(cell.base_minor for cell in cells)
        assert sum(stand.accounts for stand in stands.values()) == sum(cell.base_accounts for cell in cells)
        assert stands["EARLY"].customers == Case.objects.filter(status="OPEN", stage="EARLY").count()


def test_a_transition_matrix_keeps_every_account_and_its_rows_are_shares_of_one(two_nights):
    cells = board(two_nights).roll_day
    shares = figures.roll_shares(cells, by_amount=False)

    assert sum(cell.accounts for cell in cells) == 32
    for row in {cell.row for cell in cells}:
        assert sum(share for (before, _), share in shares.items() if before == row) == pytest.approx(1)
    assert shares["M1", "M0"] > 0


def test_entry_counts_who_became_overdue_over_who_fell_due(two_nights):
    """Three accounts of the mixed tape are due on the day itself; none of them pays."""
    entry = board(two_nights).entry

    assert (entry.accounts, entry.base_accounts) == (3, 3)
    assert entry.amount_minor == entry.base_minor == 3 * 10_500


def _seen(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """Accounts by outstanding and overdue, as a summary sees them."""
    fixed = {"currency": "CNY", "product_code": "x", "bucket": "M1", "dpd": 1, "past_due_days": 1}
    paid = {"paid_total_minor": 0, "recovered_total_minor": 0}
    told = [fixed | paid | {"account_id": a, "outstanding_minor": o, "overdue_minor": due} for a, o, due in rows]
    return pl.DataFrame(told, schema=summaries.SEEN)


def test_who_is_newly_overdue_is_one_of_those_that_fell_due():
    """A payment that was taken back makes overdue again what fell due long ago: 1 of 0 it was."""
    now, then = _seen(("A-back", 100, 100), ("A-due", 100, 50)), _seen(("A-back", 0, 0), ("A-due", 100, 0))
    none = then.clear()
    due = {"principal_minor": 50, "interest_minor": 0, "fee_minor": 0}
    instalments = pl.DataFrame(
        [{"account_id": a, "number": 1, "due_on": on} | due for a, on in (("A-back", date(2026, 1, 1)), ("A-due", DAY))]
    )
    before = summaries.Before(DAY, then, none, none)
    for shown, expected in ((now, (1, 1)), (now.filter(account_id="A-back"), (0, 0))):
        told = summaries.entries(shown, before, instalments, as_of=DAY + timedelta(days=1))
        assert (told["accounts"].sum(), told["base_accounts"].sum()) == expected


def test_what_is_written_off_and_paid_owes_nothing():
    now = _seen(("A-owes", 100, 100), ("A-paid", 0, 0), ("A-plain", 0, 0))
    placed = now.with_columns(place=summaries._place(pl.Series([["A-owes", "A-paid"]])))
    assert placed["place"].to_list() == ["WRITTEN_OFF", "PAID_OFF", "PAID_OFF"]
    assert summaries.balances(placed)["accounts"].sum() == 1


def test_cure_counts_who_was_overdue_and_no_longer_is(two_nights):
    cure = board(two_nights).cure_day

    assert cure.accounts == 1
    assert cure.amount_minor == 10_500
    assert cure.base_accounts == 15


def test_the_first_night_has_no_figure_that_needs_a_night_before(two_nights):
    first = board(two_nights, 0)

    assert (first.roll_day, first.roll_month) == ((), ())
    assert first.entry.base_accounts == first.cure_30.base_accounts == 0


class TestVintages:
    def test_every_opened_account_stands_in_one_month(self, two_nights):
        positions = night_files.NightFiles(two_nights).read("positions", DAY + timedelta(days=1))
        rows = board(two_nights).vintages

        assert sum(row.accounts for row in rows) == positions.height == 32
        assert [row.month for row in rows] == sorted({row.month for row in rows})

    def test_a_curve_counts_who_was_ever_late_by_the_end_of_each_month_that_is_over(self):
        """200 accounts of January; 3 first stand 30 days late in March, 2 in May, 1 in the month that still runs."""
        opened = figures.Cell("2026-01", "", 200, 1_000_000, 0, 0)
        late = [
            figures.Cell("2026-01", str(age), accounts, minor, 0, 0)
            for age, accounts, minor in ((2, 3, 15_000), (4, 2, 25_000), (6, 1, 5_000))
        ]
        [row] = figures.vintages([opened], late, as_of=date(2026, 7, 30))

        assert row.late == ((0, 0), (0, 0), (3, 15_000), (3, 15_000), (5, 40_000), (5, 40_000))
        assert row.shares(by_amount=False)[4] == 5 / 200
        assert row.shares(by_amount=True)[4] == 0.04

    def test_the_last_day_of_a_month_completes_it(self):
        opened = figures.Cell("2026-07", "", 10, 1_000, 0, 0)

        assert figures.vintages([opened], [], as_of=date(2026, 7, 30))[0].late == ()
        assert figures.vintages([opened], [], as_of=date(2026, 7, 31))[0].late == ((0, 0),)


def test_the_trend_has_a_point_a_night(two_nights):
    trend = figures.trend(lake=two_nights, currency="CNY", nights_max=30)

    assert [point.as_of for point in trend] == [DAY, DAY + timedelta(days=1)]
    assert trend[1].entered == 3


def take_back(payment_id: str, account_id: str) -> None:
    """The payment is returned on the second day."""
    reverse_payment.reverse_payment(
        reversal_id=f"R-{payment_id}",
        payment_id=payment_id,
        account_id=account_id,
        reason="RETURNED",
        source="API",
        as_of=DAY + timedelta(days=1),
        at=nights.moment(DAY + timedelta(days=1)) + timedelta(hours=11),
        actor="test",
    )


class TestRecovered:
    """Every payment, of the tape or taken here, counts once: among tonight's or among today's."""

    @pytest.fixture
    def pay(self):
        def taken(payment_id, amount_minor, paid_on, account_id="A002"):
            take_payment.take_payment(
                payment_id=payment_id,
                account_id=account_id,
                amount_minor=amount_minor,
                currency="CNY",
                paid_on=paid_on,
                channel="TRANSFER",
                source="API",
                as_of=DAY + timedelta(days=1),
                at=nights.moment(DAY + timedelta(days=1)) + timedelta(hours=10),
                actor="test",
            )

        return taken

    def test_the_tape_s_payment_on_an_overdue_account_is_recovered(self, two_nights):
        night = board(two_nights).recovered

        assert (night.recovered_minor, night.paid_minor, night.movements) == (10_500, 10_500, 1)
        assert board(two_nights, 0).recovered == figures.Cash()

    def test_today_is_what_the_books_took_since_and_the_journal_has_the_same(self, two_nights, pay):
        pay("P-LATE", 2_000, DAY + timedelta(days=1))
        pay("P-BACKDATED", 500, DAY)
        pay("P-EARLY", 300, DAY, account_id="A000")  # due in twenty days: paid, not recovered
        today = board(two_nights).recovered_today

        assert (today.recovered_minor, today.paid_minor, today.movements) == (2_500, 2_800, 3)
        assert Posting.objects.filter(ledger_account="1002").aggregate(s=Sum("amount_minor"))["s"] == 2_800

    def test_the_next_night_counts_the_same_payments_once_with_the_tape_s(self, two_nights, pay, tmp_path):
        pay("P-LATE", 2_000, DAY + timedelta(days=1))
        pay("P-BACKDATED", 500, DAY)
        tape = market.mixed(DAY)
        tape.payment("CURE", "A003", DAY, "105.00")
        tape.payment("P-LATE", "A002", DAY + timedelta(days=1), "20.00")  # the lender tells it too
        tape.payment("TAPE", "A004", DAY + timedelta(days=1), "7.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=2))
        nights.run(DAY + timedelta(days=2))
        third = board(two_nights, 2)

        assert (third.recovered.recovered_minor, third.recovered.movements) == (3_200, 2)
        assert third.recovered_today == figures.Cash()
        trend = figures.trend(lake=two_nights, currency="CNY", nights_max=30)
        assert [point.recovered_minor for point in trend] == [0, 10_500, 3_200]
        positions = night_files.NightFiles(two_nights).read
        paid = [positions("positions", DAY + timedelta(days=n))["paid_total_minor"].sum() for n in (0, 2)]
        assert paid[1] - paid[0] == 10_500 + 3_200

    def test_a_reversal_takes_back_what_was_recovered(self, two_nights, pay):
        pay("P-LATE", 2_000, DAY + timedelta(days=1))
        take_back("P-LATE", "A002")

        assert board(two_nights).recovered_today.recovered_minor == 0

    def test_money_that_goes_back_after_it_cured_is_taken_off_what_was_recovered(self, two_nights, tmp_path):
        tape = market.mixed(DAY)
        tape.payment("CURE", "A003", DAY, "105.00")
        tape.payment("BACK", "A003", DAY + timedelta(days=2), "105.00", reverses="CURE")
        nights.take(tape, tmp_path, DAY + timedelta(days=2))
        nights.run(DAY + timedelta(days=2))
        third = board(two_nights, 2).recovered

        assert (third.recovered_minor, third.paid_minor, third.movements) == (-10_500, -10_500, 1)
        trend = figures.trend(lake=two_nights, currency="CNY", nights_max=30)
        assert [point.recovered_minor for point in trend] == [0, 10_500, -10_500]

    def test_today_it_is_taken_off_as_soon_as_it_is_known(self, two_nights):
        take_back("CURE", "A003")
        today = board(two_nights).recovered_today

        assert (today.recovered_minor, today.paid_minor) == (-10_500, -10_500)

    def test_what_is_paid_in_excess_is_not_recovered(self, two_nights, pay, tmp_path):
        pay("P-MUCH", 99_900, DAY + timedelta(days=1))
        owed = 10_500
        today = board(two_nights).recovered_today
        assert (today.recovered_minor, today.paid_minor) == (owed, 99_900)
        nights.run(DAY + timedelta(days=2))
        night = board(two_nights, 2).recovered

        assert (night.recovered_minor, night.paid_minor, night.movements) == (owed, 99_900, 1)

    def test_what_was_paid_on_time_and_is_told_late_is_not_recovered(self, two_nights, pay):
        pay("P-ON-TIME", 5_000, DAY - timedelta(days=1))
        nights.run(DAY + timedelta(days=2))

        assert board(two_nights, 2).recovered == figures.Cash(0, 5_000, 1)

    def test_a_night_from_before_the_figure_is_read_as_it_was(self, two_nights, tmp_path):
        """Its positions have no recovered_total_minor: what is paid on an account overdue then is recovered."""
        for path in (two_nights / "positions").glob("as_of=*/part=*/data.parquet"):
            pl.read_parquet(path).drop("recovered_total_minor").write_parquet(path)
        tape = market.mixed(DAY)
        tape.payment("CURE", "A003", DAY, "105.00")
        tape.payment("P-LATE", "A002", DAY + timedelta(days=1), "20.00")
        tape.payment("P-EARLY", "A000", DAY + timedelta(days=1), "3.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=2))
        nights.run(DAY + timedelta(days=2))

        assert board(two_nights, 2).recovered == figures.Cash(2_000, 2_300, 2)

    def test_today_too_beside_such_a_night(self, two_nights, pay):
        for path in (two_nights / "positions").glob("as_of=*/part=*/data.parquet"):
            pl.read_parquet(path).drop("recovered_total_minor").write_parquet(path)
        pay("P-LATE", 2_000, DAY + timedelta(days=1))

        assert board(two_nights).recovered_today == figures.Cash(2_000, 2_000, 1)
