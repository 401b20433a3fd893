"""The figures of a night for people: balances, transitions, entries, cures, vintages, and what was recovered.

Called by the dashboard. Reads the small tables that the night's reduction left in the lake, and sums of the ledger;
returns frozen rows. Each rate names its numerator and denominator in schemas.summaries; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from django.db.models import Sum

from arrears.decisions import night_files
from arrears.decisions.schemas import summaries
from arrears.records.ledger.models import Payment


@dataclass(frozen=True)
class Cell:
    """One cell of one figure, over all products; amounts in minor units."""

    row: str
    column: str
    accounts: int
    amount_minor: int
    base_accounts: int
    base_minor: int

    @property
    def share_of_accounts(self) -> float | None:
        """accounts ÷ base_accounts; None without a base."""
        return self.accounts / self.base_accounts if self.base_accounts else None


@dataclass(frozen=True)
class Vintage:
    """What was opened in one month, and how much of it had ever been 30 or more days late by each month on book.

    month    : of opening, YYYY-MM
    accounts, principal_minor : opened in it
    late     : (accounts, their opened principal) ever late by the end of month on book 0, 1, …; complete months only
    """

    month: str
    accounts: int
    principal_minor: int
    late: tuple[tuple[int, int], ...]

    def shares(self, *, by_amount: bool) -> list[float]:
        """The curve: late so far over opened, by principal or by accounts."""
        base = self.principal_minor if by_amount else self.accounts
        return [point[by_amount] / base if base else 0.0 for point in self.late]


@dataclass(frozen=True)
class Trend:
    """One night's sums in one currency: the line charts."""

    as_of: date
    accounts_overdue: int
    overdue_minor: int
    outstanding_minor: int
    entered: int
    cured: int


@dataclass(frozen=True)
class Dashboard:
    """The figures of one night in one currency; empty tuples where a figure needs an earlier night that was not run.

    balances        : row = bucket; amount = outstanding, base = overdue
    roll_day, _month: row = bucket before, column = bucket after; shares are of the row, see `roll_shares`
    entry           : accounts (overdue amount) newly overdue ÷ accounts (demand) fallen due since the previous night
    cure_day        : overdue at the previous night, and of these cured (amount = what was overdue)
    cure_30         : overdue 30 days ago by bucket (row) and FIRST or REPEAT (column), and of these current now
    vintages        : one curve an opening month, oldest first
    recovered_minor : paid in through API and console with this value date, less reversals
    """

    as_of: date
    currency: str
    balances: tuple[Cell, ...]
    roll_day: tuple[Cell, ...]
    roll_month: tuple[Cell, ...]
    entry: Cell
    cure_day: Cell
    cure_30: tuple[Cell, ...]
    vintages: tuple[Vintage, ...]
    recovered_minor: int


def nights(*, lake: Path) -> list[date]:
    """Business dates with figures, oldest first."""
    return night_files.NightFiles(lake).nights()


def currencies(*, lake: Path, as_of: date) -> list[str]:
    """The currencies of one night's book."""
    return sorted(_rows(lake, as_of)["currency"].unique().to_list())


def dashboard(*, lake: Path, as_of: date, currency: str) -> Dashboard:
    """The figures of one night in one currency."""
    rows = _rows(lake, as_of).filter(pl.col("currency") == currency)

    def cells(figure: str) -> tuple[Cell, ...]:
        chosen = rows.filter(pl.col("figure") == figure).group_by("row", "column").agg(pl.col(summaries.SUMS).sum())
        return tuple(Cell(*row) for row in chosen.sort("row", "column").select("row", "column", *summaries.SUMS).rows())

    return Dashboard(
        as_of=as_of,
        currency=currency,
        balances=cells(summaries.BALANCE),
        roll_day=cells(summaries.MIGRATION_DAY),
        roll_month=cells(summaries.MIGRATION_MONTH),
        entry=_sum(cells(summaries.ENTRY)),
        cure_day=_sum(cells(summaries.CURE_DAY)),
        cure_30=cells(summaries.CURE_30),
        vintages=vintages(cells(summaries.VINTAGE_OPENED), cells(summaries.VINTAGE_FIRST_30), as_of=as_of),
        recovered_minor=recovered(on=as_of, currency=currency),
    )


def roll_shares(cells: Iterable[Cell], *, by_amount: bool) -> dict[tuple[str, str], float]:
    """Each cell of a transition matrix as a share of its row: by the amount before, or by accounts."""
    cells = list(cells)
    base: dict[str, int] = {}
    for cell in cells:
        base[cell.row] = base.get(cell.row, 0) + (cell.base_minor if by_amount else cell.base_accounts)
    return {
        (cell.row, cell.column): (cell.base_minor if by_amount else cell.base_accounts) / base[cell.row]
        for cell in cells
        if base[cell.row]
    }


def vintages(opened: Iterable[Cell], first_late: Iterable[Cell], *, as_of: date) -> tuple[Vintage, ...]:
    """The curves of all opening months.

    opened, first_late : cells of summaries.VINTAGE_OPENED and VINTAGE_FIRST_30
    returns : oldest first; a month whose first calendar month is not over yet has no point
    """
    fresh: dict[tuple[str, int], Cell] = {(cell.row, int(cell.column)): cell for cell in first_late}
    return tuple(
        Vintage(cell.row, cell.accounts, cell.amount_minor, _late_by(cell.row, fresh, as_of))
        for cell in sorted(opened, key=lambda cell: cell.row)
    )


def _late_by(month: str, fresh: dict[tuple[str, int], Cell], as_of: date) -> tuple[tuple[int, int], ...]:
    """Running sums by month on book, up to the last calendar month that is over at `as_of`."""
    opened_on = date.fromisoformat(f"{month}-01")
    over = as_of + timedelta(days=1)
    accounts = minor = 0
    points = []
    for age in range((over.year - opened_on.year) * 12 + over.month - opened_on.month):
        if cell := fresh.get((month, age)):
            accounts, minor = accounts + cell.accounts, minor + cell.amount_minor
        points.append((accounts, minor))
    return tuple(points)


def recovered(*, on: date, currency: str) -> int:
    """Money paid in through API and console with a value date, less what was reversed on it."""
    paid = Payment.objects.filter(paid_on=on, currency=currency).exclude(source="TAPE")
    taken = paid.filter(reverses=None).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    returned = paid.exclude(reverses=None).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return int(taken - returned)


def trend(*, lake: Path, currency: str, nights_max: int) -> tuple[Trend, ...]:
    """The last nights, oldest first."""
    return tuple(_trend(lake, on, currency) for on in nights(lake=lake)[-nights_max:])


def _trend(lake: Path, on: date, currency: str) -> Trend:
    rows = _rows(lake, on).filter(pl.col("currency") == currency)
    sums = {
        figure: rows.filter(pl.col("figure") == figure).select(pl.col(summaries.SUMS).sum()).row(0, named=True)
        for figure in (summaries.BALANCE, summaries.ENTRY, summaries.CURE_DAY)
    }
    balance = sums[summaries.BALANCE]
    return Trend(
        as_of=on,
        accounts_overdue=balance["base_accounts"],
        overdue_minor=balance["base_minor"],
        outstanding_minor=balance["amount_minor"],
        entered=sums[summaries.ENTRY]["accounts"],
        cured=sums[summaries.CURE_DAY]["accounts"],
    )


def _rows(lake: Path, as_of: date) -> pl.DataFrame:
    path = night_files.NightFiles(lake).summaries(as_of)
    return night_files.read(path) if path.exists() else pl.DataFrame(schema=summaries.SUMMARY)


def _sum(cells: tuple[Cell, ...]) -> Cell:
    return Cell(
        "",
        "",
        sum(cell.accounts for cell in cells),
        sum(cell.amount_minor for cell in cells),
        sum(cell.base_accounts for cell in cells),
        sum(cell.base_minor for cell in cells),
    )
