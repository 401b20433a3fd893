"""Write-offs: proposed by the night, decided by a second person, posted by another; with the evidence beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import write_off_debt
from arrears.interfaces.console import actors
from arrears.interfaces.ui import keyset, moment, parts, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.writeoffs import queries

PAGE_SIZE = 30


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Write-offs in one status, the oldest proposal first."""
    statuses, asked = queries.statuses(), parts.of(request)
    status = asked.one_of("status", dict(statuses), otherwise=statuses[0][0])
    after = asked.place([date, str])
    rows = queries.in_status(request.user, status, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    names = actors.names()
    place = (shown[-1].proposed_on.isoformat(), shown[-1].write_off_id) if len(rows) > PAGE_SIZE else None
    context = {
        "statuses": statuses,
        "status": status,
        "sizes": queries.sizes(),
        "rows": [
            (row, *(sentences.actor(by, names) for by in (row.proposed_by, row.decided_by, row.posted_by)))
            for row in shown
        ],
        "me": moment.actor(request),
        "later": keyset.pack(place) if place else "",
    }
    return render(request, "console/writeoffs/list.html", context)


@require_POST
def approve(request: HttpRequest, write_off_id: str) -> HttpResponse:
    """Approve a proposal, as the second person."""
    queries.access(request.user, write_off_id)
    note, at, actor = _note(request), moment.of(request).at, moment.actor(request)
    return _do(
        request,
        lambda: write_off_debt.approve(write_off_id=write_off_id, note=note, at=at, actor=actor),
        gettext("The write-off is approved; finance posts it."),
    )


@require_POST
def reject(request: HttpRequest, write_off_id: str) -> HttpResponse:
    """Reject a proposal, or what was approved and not posted, with the reason."""
    queries.access(request.user, write_off_id)
    note, at, actor = _note(request), moment.of(request).at, moment.actor(request)
    if not note:
        messages.error(request, gettext("Write a short note first."))
        return redirect("write-offs")
    return _do(
        request,
        lambda: write_off_debt.reject(write_off_id=write_off_id, note=note, at=at, actor=actor),
        gettext("The write-off is rejected."),
    )


@require_POST
def post(request: HttpRequest, write_off_id: str) -> HttpResponse:
    """Post an approved write-off with the amounts owed today."""
    queries.access(request.user, write_off_id)
    now, actor = moment.of(request), moment.actor(request)
    return _do(
        request,
        lambda: write_off_debt.post(write_off_id=write_off_id, as_of=now.business_on, at=now.at, actor=actor),
        gettext("The write-off is posted to the journal. The debt is still owed."),
        status="APPROVED",
    )


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").strip()[:500]


def _do(request: HttpRequest, deed: Callable[[], object], told: str, status: str = "") -> HttpResponse:
    try:
        deed()
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    return redirect(reverse("write-offs") + (f"?status={status}" if status else ""))
