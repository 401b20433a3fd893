"""How do a night's figures become pictures? Chart data and heat tables for the overview; nothing is computed twice.

Called by `views`. Every picture is also a table or a sentence, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from arrears.exchange import figures
from arrears.exchange.figures import Cell, Dashboard, Trend
from arrears.interfaces.ui import sentences
from arrears.kernel import money

#: How many opening months the vintage chart shows.
AGES_MAX = 12
#: The bucket of accounts that are not late.
CURRENT = "M0"
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
    """Overdue and not yet due balance by bucket; the current bucket would dwarf the others, so it is left out."""
    cells = [cell for cell in board.balances if cell.base_minor and cell.row != CURRENT]
    return {
        "labels": [sentences.code(cell.row) for cell in cells],
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
        "series": [{"name": gettext("Overdue"), "data": [_major(row.overdue_minor, currency) for row in trend]}],
    }


def flow_trend(trend: Sequence[Trend]) -> dict[str, Any]:
    """Accounts that became overdue and that were cured, night by night."""
    return {
        "labels": [row.as_of.strftime("%m-%d") for row in trend],
        "series": [
            {"name": gettext("Newly overdue"), "data": [row.entered for row in trend]},
            {"name": gettext("Cured"), "data": [row.cured for row in trend]},
        ],
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


def vintages(cells: Sequence[Cell]) -> dict[str, Any] | None:
    """Share of accounts that were 30 or more days late at any time so far, one bar an opening month.

    The night counts each month at the age that it has reached, so younger months have had less time to be late.
    """
    reached = sorted((cell for cell in cells if cell.base_accounts), key=lambda cell: cell.row)[-AGES_MAX:]
    if not reached:
        return None
    return {
        "labels": [cell.row for cell in reached],
        "series": [
            {
                "name": gettext("30 or more days late so far"),
                "data": [round(100 * (cell.share_of_accounts or 0), 2) for cell in reached],
            }
        ],
        "unit": "%",
    }
