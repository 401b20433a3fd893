"""The complaints desk: the list with its clocks, one complaint with all that belongs to it, and the statistics.

The list and the page tell no words of anybody: what was complained of and what we answered are in the answer to the
post that opens them, which leaves its audit row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import reveal_sealed, take_complaint
from arrears.interfaces.console import actors, clocks
from arrears.interfaces.console.complaints import people, story
from arrears.interfaces.ui import keyset, moment, parts, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.complaints import queries
from arrears.records.complaints import statistics as counted
from arrears.records.complaints.queries import ComplaintRow

PAGE_SIZE = 40
#: How many days back the statistics may look, the first unless another is asked for.
PERIODS = (90, 30, 365)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Open complaints by what is due first, those overdue alone, or those that ended."""
    on = moment.of(request).business_on
    lists, agencies = queries.choices(), people.agencies()
    asked = parts.of(request)
    which = asked.one_of("which", (queries.OPEN, "OVERDUE", queries.ENDED), otherwise=queries.OPEN)
    is_ended = which == queries.ENDED
    wanted = queries.Wanted(
        which=queries.ENDED if is_ended else queries.OPEN,
        status=asked.one_of("status", dict(lists["statuses"])),
        kind=asked.one_of("kind", dict(lists["kinds"])),
        agency=asked.one_of("agency", agencies),
        overdue_on=on if which == "OVERDUE" else None,
    )
    after = cast("queries.Place | None", asked.place([datetime if is_ended else date, str]))
    rows = queries.page(request.user, wanted, after=after, size=PAGE_SIZE)
    shown, names = rows[:PAGE_SIZE], actors.names()
    context = {
        "which": which,
        "wanted": wanted,
        "sizes": queries.sizes(on=on),
        "statuses": [one for one in lists["statuses"] if queries.is_open(one[0]) != is_ended],
        "kinds": lists["kinds"],
        "agencies": agencies,
        "rows": [(row, clocks.clock(row, on), people.about(row, names=names, known=agencies)) for row in shown],
        "later": keyset.pack(queries.place_of(shown[-1])) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/complaints/list.html", context)


@never_cache
@require_GET
def complaint(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """One complaint: its clock and the law behind it, contacts, what happened, and what can be done."""
    return page(request, complaint_id)


@never_cache
@require_POST
def open_words(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """The sealed words or the answer: a fragment for HTMX, the whole page without."""
    row = access(request, complaint_id)
    what = request.POST.get("what", "")
    try:
        opened = reveal_sealed.reveal_complaint(
            viewer=request.user, complaint_id=row.complaint_id, what=what, at=moment.of(request).at
        )
    except Refusal as refusal:
        if request.htmx:
            return render(request, "console/reveals/value.html", {"refusal": refusals.sentence(refusal)})
        refusals.tell(request, refusal)
        return redirect("complaint", complaint_id)
    if request.htmx:
        return render(request, "console/reveals/value.html", {"value": opened.value, "is_words": True})
    return page(request, complaint_id, opened={what: opened.value})


def page(
    request: HttpRequest,
    complaint_id: str,
    *,
    entered: Mapping[str, str] | None = None,
    refused: str = "",
    opened: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page of one complaint; with what was entered and why it was refused, or with words that were opened."""
    row, on = access(request, complaint_id), moment.of(request).business_on
    names, agencies, teams = actors.names(), people.agencies(), people.teams()
    context = {
        "row": row,
        "clock": clocks.clock(row, on),
        "about": people.about(row, names=names, known=agencies),
        "team": " · ".join(teams[code] for code in row.about_team.split() if code in teams),
        "received_by": sentences.actor(row.received_by, names),
        "ended_by": sentences.actor(row.ended_by, names) if row.ended_by else "",
        "terms": [(term, date.fromisoformat(term["due_on"])) for term in row.terms],
        "contacts": story.contacts(row, names),
        "events": story.events(row, names),
        "may": dict.fromkeys(row.may, True),
        "choices": queries.choices(),
        "whom": people.choices(),
        "is_held": row.has_answer and reveal_sealed.is_answer_held(row.complaint_id),
        "entered": entered or {"kind": row.kind, "about": row.about},
        "refused": refused,
        "opened": opened or {},
        "longest": take_complaint.LONGEST,
        "today": on.isoformat(),
    }
    return render(request, "console/complaints/complaint.html", context)


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """How many, about what and whom, how many were right, how quickly answered."""
    on = moment.of(request).business_on
    days = int(parts.of(request).one_of("days", [*map(str, PERIODS)]) or PERIODS[0])
    found = counted.since(on - timedelta(days=days), on=on)
    names, agencies, teams, kinds = actors.names(), people.agencies(), people.teams(), counted.kinds()
    said = {
        "kind": lambda code: kinds.get(code, code),
        "agency": lambda code: agencies.get(code, code),
        "team": lambda code: teams.get(code, code),
        "colleague": lambda code: sentences.actor(code, names),
    }
    context = {
        "days": days,
        "periods": sorted(PERIODS),
        "since": on - timedelta(days=days),
        "all": found.all,
        "groups": [(name, [(said[name](code), tally) for code, tally in rows]) for name, rows in found.by.items()],
    }
    return render(request, "console/complaints/statistics.html", context)


def access(request: HttpRequest, complaint_id: str) -> ComplaintRow:
    """One complaint, if this colleague may see it."""
    return queries.access(complaint_id, within=queries.seen(request.user))
