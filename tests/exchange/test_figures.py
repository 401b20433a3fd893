"""The figures of a night add up: to the book, to each other, and to what the definitions say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.decisions import night_files
from arrears.decisions.standings import OUTSTANDING, OVERDUE
from arrears.exchange import figures

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture
def two_nights(settings, tmp_path):
    """Two nights; in between one customer pays the arrears and another's due date passes."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 3
    tape = market.mixed(DAY)
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    tape.payment("CURE", "A003", DAY, "105.00")
    nights.take(tape, tmp_path, DAY + timedelta(days=1))
    nights.run(DAY + timedelta(days=1))
    return tmp_path / "lake"


def board(lake, days: int = 1) -> figures.Dashboard:
    return figures.dashboard(lake=lake, as_of=DAY + timedelta(days=days), currency="CNY")


def test_balances_are_the_sum_of_the_positions(two_nights):
    positions = night_files.NightFiles(two_nights).read("positions", DAY + timedelta(days=1))
    cells = board(two_nights).balances

    assert sum(cell.amount_minor for cell in cells) == positions.select(OUTSTANDING.sum()).item()
    assert sum(cell.base_minor for cell in cells) == positions.select(OVERDUE.sum()).item()


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


def test_cure_counts_who_was_overdue_and_no_longer_is(two_nights):
    cure = board(two_nights).cure_day

    assert cure.accounts == 1
    assert cure.amount_minor == 10_500
    assert cure.base_accounts == 15


def test_the_first_night_has_no_figure_that_needs_a_night_before(two_nights):
    first = board(two_nights, 0)

    assert (first.roll_day, first.roll_month, first.cure_30) == ((), (), ())
    assert first.entry.base_accounts == 0


def test_vintages_count_every_opened_account_once(two_nights):
    ever, current = board(two_nights).vintage_ever, board(two_nights).vintage_current

    assert sum(cell.base_accounts for cell in ever) == sum(cell.base_accounts for cell in current) == 32
    assert sum(cell.accounts for cell in ever) >= sum(cell.accounts for cell in current) > 0


def test_the_trend_has_a_point_a_night(two_nights):
    trend = figures.trend(lake=two_nights, currency="CNY", nights_max=30)

    assert [point.as_of for point in trend] == [DAY, DAY + timedelta(days=1)]
    assert trend[1].entered == 3
