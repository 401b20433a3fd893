"""Nights and tapes: how far each night is, what came of it, and which rows of a tape were set aside."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from arrears.actions import house
from arrears.exchange import figures
from arrears.interfaces.console.nights import next_day, report
from arrears.interfaces.ui import parts, refusals
from arrears.kernel.errors import Refusal
from arrears.records.contacts import counts
from arrears.records.contacts import queries as contacts
from arrears.records.runs import queries

PAGE_SIZE = 30


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The latest nights and tapes."""
    before = parts.of(request).day("before")
    nights = queries.nights_before(before, limit=PAGE_SIZE + 1)
    shown = nights[:PAGE_SIZE]
    newest = queries.newest_night()
    told = counts.of_days([night.as_of for night in shown])
    context = {
        "nights": [(night, report.headline(night.figures), told[night.as_of]) for night in shown],
        "later": shown[-1].as_of if len(nights) > PAGE_SIZE else None,
        "tapes": [] if before else [(tape, report.tape_totals(tape.report)) for tape in queries.latest_tapes(limit=10)],
        "newest": newest,
        "next_day": next_day.button(),
        "step": report.step(newest.step) if newest else "",
    }
    return render(request, "console/nights/list.html", context)


@require_GET
def night(request: HttpRequest, as_of: date) -> HttpResponse:
    """One night's run report; polled while it runs, and no longer."""
    row = queries.night_of(as_of)
    if row is None:
        raise Http404("no such night")
    context = {
        "night": row,
        "newest": row,
        "step": report.step(row.step),
        "figures": report.lines(row.figures),
        "seconds": report.seconds(row.figures),
        "set_aside": report.quarantined_accounts(row.figures),
        "on": as_of,
        "counts": counts.of_day(as_of),
        "cash": figures.recovered_of(lake=house.here().lake, as_of=as_of),
    }
    if request.htmx and request.htmx.target == "night-progress":
        return render(request, "console/nights/list.html#progress", context | {"watching": True})
    return render(request, "console/nights/night.html", context)


@require_GET
def tape(request: HttpRequest, tape_id: int) -> HttpResponse:
    """One tape's report: counts by file, and the reasons of its quarantine."""
    row = queries.tape(tape_id)
    if row is None:
        raise Http404("no such tape")
    context = {
        "tape": row,
        "files": report.tape_files(row.report),
        "totals": report.tape_totals(row.report),
        "twice": row.report.get("perhaps_told_twice", ()),
    }
    return render(request, "console/nights/tape.html", context)


@require_http_methods(["GET", "POST"])
def next_business_day(request: HttpRequest) -> HttpResponse:
    """POST begins the demo's next business day; GET shows how far it is, and stops being polled when it is over."""
    if request.method == "POST":
        try:
            next_day.start()
        except Refusal as refusal:
            refusals.tell(request, refusal)
        return redirect("night-next")
    watch = next_day.watch()
    context = {
        "watch": watch,
        "step": report.step(watch.night.step) if watch and watch.night else "",
        "today": _sent_today(watch),
        "why": refusals.sentence_of(watch.refused.code, watch.refused.message) if watch and watch.refused else "",
        "next_day": next_day.button(),
    }
    if request.htmx and request.htmx.target == "day-progress":
        answer = render(request, "console/nights/next.html#progress", context)
        if watch is None or not watch.is_running:
            answer.headers["HX-Refresh"] = "true"  # the day is over: menu, date and button are of the new one
        return answer
    return render(request, "console/nights/next.html", context)


def _sent_today(watch: next_day.Watch | None) -> dict[str, object]:
    if watch is None or watch.night is None or not watch.is_running:
        return {}
    return {"on": watch.night.as_of, "contacts_tried": contacts.tried_on(watch.night.as_of)}
