"""The figures of a night for people: balances, transitions, entries, cures, vintages, and what was recovered.

Called by the dashboard and the night's report. Reads the small tables that the night's reduction left in the lake, and
the payments that the books took since; returns frozen rows. Each rate names its numerator and denominator in
schemas.summaries; nothing is computed twice. What is recovered is cash that settled overdue debt, less what went back
of it: every payment, of the tape or of our own, counts once, either among tonight's or among today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from arrears.decisions import night_files, strategy
from arrears.decisions.schemas import summaries
from arrears.decisions.standings import OVERDUE
from arrears.records.ledger import queries as ledger


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
    overdue_minor: int
    outstanding_minor: int
    entered: int
    cured: int
    recovered_minor: int


@dataclass(frozen=True)
class Cash:
    """What was paid, less what was reversed; of it recovered: what settled dues of an account in arrears.

    What is paid on time, ahead or in excess is paid, and not recovered.

    movements : payments and reversals today; of a night, the accounts that paid
    """

    recovered_minor: int = 0
    paid_minor: int = 0
    movements: int = 0


#: Customers of whom something is overdue though their stage opens no case: within days of grace, a pause, a trifle.
WAITED = "WAITED"
#: Customers whom the night reminded, and of whom nothing is overdue.
WARNED = "WARNED"


@dataclass(frozen=True)
class Stand:
    """Customers of one stage in one currency, their overdue accounts, and what is overdue."""

    customers: int = 0
    accounts: int = 0
    overdue_minor: int = 0


@dataclass(frozen=True)
class Dashboard:
    """The figures of one night in one currency; empty tuples where a figure needs an earlier night that was not run.

    balances        : row = bucket, column = OVERDUE or CURRENT (has the account arrears?); amount = outstanding,
                      base = overdue
    stands          : where the customers stand: a stage with a case, WAITED or WARNED → how many, with what overdue
    roll_day, _month: row = bucket before, column = bucket after; shares are of the row, see `roll_shares`
    entry           : accounts (overdue amount) newly overdue ÷ accounts (demand) fallen due since the previous night
    cure_day        : overdue at the previous night, and of these cured (amount = what was overdue)
    cure_30         : the same of 30 days ago, whatever happened in between
    vintages        : one curve an opening month, oldest first
    recovered       : since the previous night, as this night knows it: the tape's payments and our own
    recovered_today : since this night, through API and console; the next night counts it among its own
    """

    as_of: date
    currency: str
    balances: tuple[Cell, ...]
    stands: Mapping[str, Stand]
    roll_day: tuple[Cell, ...]
    roll_month: tuple[Cell, ...]
    entry: Cell
    cure_day: Cell
    cure_30: Cell
    vintages: tuple[Vintage, ...]
    recovered: Cash
    recovered_today: Cash


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
        stands=stands(cells(summaries.STANDING)),
        roll_day=cells(summaries.MIGRATION_DAY),
        roll_month=cells(summaries.MIGRATION_MONTH),
        entry=_sum(cells(summaries.ENTRY)),
        cure_day=_sum(cells(summaries.CURE_DAY)),
        cure_30=_sum(cells(summaries.CURE_30)),
        vintages=vintages(cells(summaries.VINTAGE_OPENED), cells(summaries.VINTAGE_FIRST_30), as_of=as_of),
        recovered=_cash(cells(summaries.PAID)),
        recovered_today=paid_today(lake=lake, as_of=as_of, currency=currency),
    )


def stands(cells: Iterable[Cell]) -> dict[str, Stand]:
    """Customers by stage, those without a case told apart by whether anything is overdue; the rest is not shown.

    cells   : of summaries.STANDING
    returns : every customer with arrears stands in exactly one; their overdue is that of all balances
    """
    found: dict[str, Stand] = {}
    for cell in cells:
        name = cell.row
        if name in strategy.WITHOUT_CASE and cell.column == summaries.OVERDUE:
            name = WAITED
        elif name in strategy.WITHOUT_CASE:
            name = WARNED if name == "WARNING" else ""
        was = found.get(name, Stand())
        found[name] = Stand(
            was.customers + cell.base_accounts, was.accounts + cell.accounts, was.overdue_minor + cell.base_minor
        )
    found.pop("", None)
    return found


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


def paid_today(*, lake: Path, as_of: date, currency: str) -> Cash:
    """What the books took since the facts of a night were frozen; its next night will count the same payments.

    Of an account no more is recovered than was overdue that night, and no more goes back than had been recovered: its
    next night knows to which debt each payment went, this figure only how far it can have gone.
    """
    files = night_files.NightFiles(lake)
    rows = ledger.booked_about(as_of, currency=currency) if files.facts_hash(as_of) else []
    if not rows:
        return Cash()
    booked = pl.DataFrame(
        rows, schema={"payment_id": pl.String, "account_id": pl.String, "minor": pl.Int64}, orient="row"
    )
    fresh = booked.join(files.frozen_payments(as_of, among=booked["payment_id"]), on="payment_id", how="anti")
    mine = pl.col("account_id").is_in(fresh["account_id"].unique().implode())
    stood = files.read("positions", as_of, where=mine).select(
        "account_id", least=-pl.coalesce("recovered_total_minor", "paid_total_minor"), most=OVERDUE
    )
    by_account = fresh.group_by("account_id").agg(pl.col("minor").sum()).join(stood, on="account_id", how="inner")
    recovered = by_account.select(pl.col("minor").clip("least", "most").sum()).item()
    return Cash(int(recovered), int(fresh["minor"].sum()), fresh.height)


def recovered_of(*, lake: Path, as_of: date) -> dict[str, Cash]:
    """Currency → what was paid and recovered between a night and the one before, for the night's report."""
    rows = _rows(lake, as_of).filter(pl.col("figure") == summaries.PAID)
    return {
        currency: _cash([Cell(*row) for row in mine.select("row", "column", *summaries.SUMS).rows()])
        for (currency,), mine in sorted(rows.group_by("currency"), key=lambda pair: str(pair[0]))
    }


def _cash(cells: Iterable[Cell]) -> Cash:
    cells = list(cells)
    late = sum(cell.amount_minor for cell in cells if cell.column == summaries.OVERDUE)
    return Cash(late, sum(cell.amount_minor for cell in cells), sum(cell.accounts for cell in cells))


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
    paid = rows.filter(pl.col("figure") == summaries.PAID)
    return Trend(
        as_of=on,
        overdue_minor=balance["base_minor"],
        outstanding_minor=balance["amount_minor"],
        entered=sums[summaries.ENTRY]["accounts"],
        cured=sums[summaries.CURE_DAY]["accounts"],
        recovered_minor=int(paid.filter(pl.col("column") == summaries.OVERDUE)["amount_minor"].sum()),
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
