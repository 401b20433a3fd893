"""The overview: where the book stands, what moved, what was done today, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from arrears.actions import house
from arrears.exchange import figures
from arrears.exchange.figures import Dashboard
from arrears.interfaces.console.dashboard import charts, stages
from arrears.interfaces.console.nights import next_day
from arrears.interfaces.ui import moment, parts, permissions
from arrears.records.cases import queries as cases
from arrears.records.cases import work
from arrears.records.complaints import queries as complaints
from arrears.records.contacts import counts
from arrears.records.contacts import queries as contacts
from arrears.records.promises import queries as promises
from arrears.records.runs import queries as runs
from arrears.records.writeoffs import queries as writeoffs

NIGHTS_SHOWN = 30


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The overview; an empty home is told how to start."""
    reached = runs.newest_done_on()
    if reached is None:
        return render(request, "console/dashboard/empty.html", {"tapes": runs.latest_tapes(limit=1)})
    on = moment.of(request).business_on
    sizes = work.queue_sizes(request.user)
    context: dict[str, Any] = {
        "as_of": reached,
        "next_day": next_day.button(),
        "queues": [(kind, label, sizes[kind]) for kind, label in cases.choices()["work_kinds"]],
        "contacts": counts.of_day(on),
        "contacts_on": on,
        "why_not": [
            (gettext("Held"), counts.why_held(on)),
            (gettext("Refused"), counts.why_refused(on)),
        ],
        "in_doubt": contacts.in_doubt_count(),
        "write_offs": writeoffs.sizes(),
        "complaints": complaints.sizes(on=on),
        "promises": promises.sizes(on=on),
    }
    return render(request, "console/dashboard/overview.html", context | _book(request, reached))


def _book(request: HttpRequest, reached: Any) -> dict[str, Any]:
    """The lake's figures in one currency; says so when the lake has none of this night."""
    lake = house.here().lake
    currencies = figures.currencies(lake=lake, as_of=reached)
    if not currencies:
        return {"board": None, "by_currency": _stages(request)}
    asked = parts.of(request)
    usual = "CNY" if "CNY" in currencies else currencies[0]
    currency = asked.one_of("currency", currencies, otherwise=usual)
    board = figures.dashboard(lake=lake, as_of=reached, currency=currency)
    trend = figures.trend(lake=lake, currency=currency, nights_max=NIGHTS_SHOWN)
    monthly = charts.roll(board.roll_month)
    by_accounts = asked.flag("vintages", "accounts")
    return {
        "board": board,
        "by_currency": _stages(request, board),
        "currency": currency,
        "currencies": currencies,
        "overdue_minor": sum(cell.base_minor for cell in board.balances),
        "outstanding_minor": sum(cell.amount_minor for cell in board.balances),
        "overdue_accounts": sum(cell.base_accounts for cell in board.balances),
        "owing_accounts": sum(cell.accounts for cell in board.balances),
        "balance_chart": charts.balances(board),
        "trend_chart": charts.overdue_trend(trend, currency) if len(trend) > 1 else None,
        "flow_chart": charts.flow_trend(trend) if len(trend) > 1 else None,
        "cash_chart": charts.cash_trend(trend, currency) if len(trend) > 1 else None,
        "vintages_by": "accounts" if by_accounts else "amount",
        "vintage_chart": charts.vintages(board.vintages, by_amount=not by_accounts),
        "vintage_table": charts.triangle(board.vintages, by_amount=not by_accounts),
        "roll": monthly or charts.roll(board.roll_day),
        "roll_is_monthly": monthly is not None,
    }


def _stages(request: HttpRequest, board: Dashboard | None = None) -> list[tuple[str, stages.Stages]]:
    """The stage table of the currency shown; without the lake's figures that of every currency of the cases."""
    opened = cases.stages_open()
    shown = [board.currency] if board else sorted({row["currency"] for row in opened})
    sees = permissions.may(request.user.role, "cases")
    stands = board.stands if board else {}
    return [(code, stages.table(opened, stands=stands, currency=code, sees_cases=sees)) for code in shown]
