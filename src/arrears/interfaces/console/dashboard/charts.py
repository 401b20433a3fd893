"""How do a night's figures become pictures? Chart data and heat tables for the overview; nothing is computed twice.

Called by `views`. Every picture is also a table or a sentence, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from arrears.exchange import figures
from arrears.exchange.figures import Cell, Dashboard, Trend, Vintage
from arrears.interfaces.ui import sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel import money

#: How many opening months the vintage chart shows.
VINTAGES_MAX = 12
#: Shares from which the heat of a cell rises by one step.
HEAT = (0.0001, 0.02, 0.05, 0.15, 0.4, 0.7)


@dataclass(frozen=True)
class HeatCell:
    """A share of a row, with how dark it is shown (0 to 6)."""

    share: float | None
    heat: int


@dataclass(frozen=True)
class HeatRow:
    """One bucket before, and where its balance went."""

    name: str
    cells: list[HeatCell]


@dataclass(frozen=True)
class Heat:
    """A transition matrix."""

    columns: list[str]
    rows: list[HeatRow]


def _major(minor: int, currency: str) -> float:
    return round(minor / 10 ** money.exponent(currency), money.exponent(currency))


def _order(names: Iterable[str]) -> list[str]:
    """Buckets by name, with those that came and went at the ends."""
    ends = {"NEW": -1, "PAID_OFF": 1, "WRITTEN_OFF": 2}
    return sorted(set(names), key=lambda name: (ends.get(name, 0), name))


def balances(board: Dashboard) -> dict[str, Any]:
    """Overdue and not yet due balance of the overdue accounts by bucket; what the others owe would dwarf it."""
    cells = [cell for cell in board.balances if cell.base_minor]
    return {
        "labels": [sentences.code(cell.row) for cell in cells],
        "xName": gettext("Bucket"),
        "yName": ui.unit(board.currency),
        "series": [
            {"name": gettext("Overdue"), "data": [_major(cell.base_minor, board.currency) for cell in cells]},
            {
                "name": gettext("Not yet due"),
                "data": [_major(cell.amount_minor - cell.base_minor, board.currency) for cell in cells],
            },
        ],
    }


def overdue_trend(trend: Sequence[Trend], currency: str) -> dict[str, Any]:
    """The overdue balance, night by night."""
    return {
        "labels": [row.as_of.strftime("%m-%d") for row in trend],
        "xName": gettext("Business date"),
        "yName": ui.unit(currency),
        "series": [{"name": gettext("Overdue"), "data": [_major(row.overdue_minor, currency) for row in trend]}],
    }


def flow_trend(trend: Sequence[Trend]) -> dict[str, Any]:
    """Accounts that became overdue and that were cured, night by night."""
    return {
        "labels": [row.as_of.strftime("%m-%d") for row in trend],
        "xName": gettext("Business date"),
        "yName": gettext("Accounts"),
        "series": [
            {"name": gettext("Newly overdue"), "data": [row.entered for row in trend]},
            {"name": gettext("Cured"), "data": [row.cured for row in trend]},
        ],
    }


def cash_trend(trend: Sequence[Trend], currency: str) -> dict[str, Any] | None:
    """What was recovered, night by night; None when nothing was, as on the first night of all."""
    if not any(row.recovered_minor for row in trend):
        return None
    return {
        "labels": [row.as_of.strftime("%m-%d") for row in trend],
        "xName": gettext("Business date"),
        "yName": ui.unit(currency),
        "series": [{"name": gettext("Recovered"), "data": [_major(row.recovered_minor, currency) for row in trend]}],
    }


def roll(cells: Sequence[Cell]) -> Heat | None:
    """The roll-rate matrix as a heat table, by the balance before."""
    rows = [cell for cell in cells if cell.row not in {"NEW", "PAID_OFF", "WRITTEN_OFF"}]
    if not rows:
        return None
    shares = figures.roll_shares(rows, by_amount=True)
    columns = _order(cell.column for cell in rows)
    return Heat(
        columns=[sentences.code(name) for name in columns],
        rows=[
            HeatRow(name, [_heat(shares.get((name, column))) for column in columns])
            for name in _order(cell.row for cell in rows)
        ],
    )


def _heat(share: float | None) -> HeatCell:
    return HeatCell(share, sum(share >= step for step in HEAT) if share else 0)


def vintages(rows: Sequence[Vintage], *, by_amount: bool) -> dict[str, Any] | None:
    """One line an opening month: the share of it that had ever been 30 or more days late, by month on book.

    The youngest months of opening are shown; a line ends where its months end, since younger ones have lived less.
    """
    shown = [row for row in rows if row.late][-VINTAGES_MAX:]
    if not shown:
        return None
    return {
        "labels": [str(age) for age in range(max(len(row.late) for row in shown))],
        "series": [
            {"name": row.month, "data": [round(100 * share, 2) for share in row.shares(by_amount=by_amount)]}
            for row in shown
        ],
        "unit": "%",
        "xName": gettext("Months on book"),
        "yName": gettext("Share"),
    }


@dataclass(frozen=True)
class Triangle:
    """The vintage curves as a table: a row an opening month, a column a month on book."""

    ages: list[int]
    rows: list[tuple[Vintage, list[HeatCell | None]]]


def triangle(rows: Sequence[Vintage], *, by_amount: bool) -> Triangle | None:
    """The same months as the chart shows; cells that a month has not reached are None."""
    shown = [row for row in rows if row.late][-VINTAGES_MAX:]
    if not shown:
        return None
    ages = range(max(len(row.late) for row in shown))

    def cells(row: Vintage) -> list[HeatCell | None]:
        shares = row.shares(by_amount=by_amount)
        return [_heat(shares[age]) if age < len(shares) else None for age in ages]

    return Triangle(list(ages), [(row, cells(row)) for row in shown])
