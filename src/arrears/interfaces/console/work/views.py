"""The work queues: what to do next, by kind; done or cancelled from here or from the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import finish_work
from arrears.interfaces.console import actors
from arrears.interfaces.ui import keyset, moment, onward, parts, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.cases import heard, work
from arrears.records.compliance import stops
from arrears.records.contacts import untold
from arrears.records.people import queries as people

PAGE_SIZE = 50


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """One queue, the most pressing first."""
    kinds, asked = work.kinds_of(request.user), parts.of(request)
    kind = asked.one_of("kind", dict(kinds), otherwise=kinds[0][0])
    mine = asked.flag("mine", "yes")
    after = asked.place([int, date, str])
    is_reachable = kind not in work.REACHED_BY or not asked.flag("reach", "none")
    rows = work.queue(request.user, kind, mine=mine, after=after, size=PAGE_SIZE, is_reachable=is_reachable)
    shown = rows[:PAGE_SIZE]
    waiting = untold.under_way(request.user, at=moment.of(request).at)
    names = actors.names() if waiting else {}
    place = (shown[-1].priority, shown[-1].due_on.isoformat(), shown[-1].work_id) if len(rows) > PAGE_SIZE else None
    context = {
        "kinds": kinds,
        "kind": kind,
        "mine": mine,
        "is_reachable": is_reachable,
        "has_unreachable": kind in work.REACHED_BY,
        "on_file": {} if is_reachable else people.own_kinds({row.customer_id for row in shown}),
        "helps_with": {kind}.intersection(heard.HELP),
        "query": _query(kind, mine=mine, is_reachable=is_reachable),
        "rows": shown,
        "later": keyset.pack(place) if place else "",
        "sizes": work.queue_sizes(request.user),
        "unreachable_count": work.unreachable_count(request.user, kind),
        "business_on": moment.of(request).business_on,
        "stopped": _stopped(shown, moment.of(request).at),
        "untold": waiting,
        "actors": {row.contact.actor: sentences.actor(row.contact.actor, names) for row in waiting},
        "outcomes": sentences.spoken_outcomes(),
        "work_ends": sentences.work_ends(),
    }
    return render(request, "console/work/queue.html", context)


def _query(kind: str, *, mine: bool, is_reachable: bool) -> str:
    chosen = {"kind": kind, **({"mine": "yes"} if mine else {}), **({} if is_reachable else {"reach": "none"})}
    return urlencode(chosen)


def _stopped(rows: Sequence[work.WorkRow], at: datetime) -> dict[str, str]:
    """Customer → how far contact with them is stopped: THREAT to our people, ALL, or PART for a channel or a point."""
    active = stops.active({row.customer_id for row in rows}, at=at)
    return {person: _how_far(held) for person, held in active.items()}


def _how_far(held: Sequence[stops.ActiveStop]) -> str:
    if any(one.reason == stops.STAFF_SAFETY for one in held):
        return "THREAT"
    return "ALL" if any(one.is_of_all for one in held) else "PART"


@require_POST
def complete(request: HttpRequest, work_id: str) -> HttpResponse:
    """The work is done, though nothing that was put on record ended it: it says how."""

    def deed(row: work.WorkRow, note: str) -> None:
        finish_work.finish_work(
            work_id=row.work_id,
            how=request.POST.get("how", ""),
            note=note,
            at=moment.of(request).at,
            actor=moment.actor(request),
        )

    return _answer(request, work_id, deed, gettext("The work is done."))


@require_POST
def cancel(request: HttpRequest, work_id: str) -> HttpResponse:
    """The work is not needed."""

    def deed(row: work.WorkRow, note: str) -> None:
        finish_work.cancel_work(work_id=row.work_id, note=note, at=moment.of(request).at, actor=moment.actor(request))

    return _answer(request, work_id, deed, gettext("The work is cancelled."))


def _answer(request: HttpRequest, work_id: str, deed: Callable[[work.WorkRow, str], None], told: str) -> HttpResponse:
    row = work.access(request.user, work_id)
    note = request.POST.get("note", "").strip()[:1000]
    try:
        deed(row, note)
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    return onward.after_deed(request, row.case_id)
