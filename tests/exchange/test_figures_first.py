"""The figures of the first night of a small tape: who stands where, and who was ever late."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from tests import market, nights

from arrears.decisions import night_files
from arrears.exchange import figures
from arrears.records.cases.models import Case

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2


def board(tape: market.Tape, folder) -> figures.Dashboard:
    """After its night."""
    nights.take(tape, folder, DAY)
    nights.run(DAY)
    return figures.dashboard(lake=folder / "lake", as_of=DAY, currency="CNY")


def test_who_is_overdue_within_days_of_grace_is_counted_though_no_case_is_open(tmp_path):
    """`cash_loan_cn` waits three days before it counts one as past due; the other is a week late."""
    tape = market.Tape()
    for name, days in (("GRACE", 2), ("LATE", 7), ("SOON", -2), ("FAR", -20)):
        tape.customer(name, mobile="13800000001")
        tape.account(f"A-{name}", name, first_due=DAY - timedelta(days=days), product="cash_loan_cn")
    first = board(tape, tmp_path)

    assert first.stands[figures.WAITED] == figures.Stand(1, 1, 10_500)
    assert first.stands["EARLY"].customers == Case.objects.count() == 1
    assert first.stands[figures.WARNED] == figures.Stand(1, 0, 0)
    assert set(first.stands) == {figures.WAITED, figures.WARNED, "EARLY"}
    drawn = {(cell.row, cell.column): cell.base_minor for cell in first.balances}
    assert drawn["M0", "OVERDUE"] == 10_500
    assert drawn["M0", "CURRENT"] == 0


def test_a_curve_never_falls_when_what_was_late_is_paid(tmp_path):
    """Two accounts of one month: one late since 40 days and then paid, one always on time."""
    tape = market.Tape()
    for name in ("LATE", "GOOD"):
        tape.customer(name)
        tape.account(f"A-{name}", name, first_due=DAY - timedelta(days=40))
    tape.payment("P1", "A-GOOD", DAY - timedelta(days=40), "105.00")
    tape.payment("P2", "A-LATE", DAY - timedelta(days=1), "105.00")
    [row] = board(tape, tmp_path).vintages

    assert (row.month, row.accounts) == ("2026-09", 2)
    assert [accounts for accounts, _ in row.late] == [0, 0]  # 30 days late on 13 November, which is not over
    [fresh] = night_files.read(
        night_files.NightFiles(tmp_path / "lake").summaries(DAY), where=pl.col("figure") == "VINTAGE_FIRST_30"
    ).rows(named=True)
    assert (fresh["row"], fresh["column"], fresh["accounts"]) == ("2026-09", "2", 1)
