"""Verify a day of the trail while somebody watches.

The page that watches asks for one piece after another, each a fraction of a second: no worker is held, nothing runs
when nobody looks, and whoever comes back goes on where it stopped.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from arrears.actions import explore_audit, verify_audit
from arrears.interfaces.console import actors
from arrears.interfaces.console.audit import told
from arrears.interfaces.ui import moment, refusals, typed
from arrears.kernel.errors import Refusal


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin with the day that was chosen."""
    now = moment.of(request)
    try:
        day = typed.day(request.POST.get("day", ""))
        if day is None:
            raise explore_audit.NotADay
        begun = explore_audit.begin_day(
            day, today=now.business_on, zone=settings.LENDER_ZONE, at=now.at, actor=moment.actor(request)
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("audit")
    return redirect("audit-day", begun)


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest, verification_id: int) -> HttpResponse:
    """GET shows how far it is; POST goes on with the next piece."""
    if request.method == "POST":
        at = moment.of(request).at
        row = explore_audit.go_on(verification_id, folder=verify_audit.kept_here(), at=at)
    else:
        row = verify_audit.one(verification_id)
    context = {"verified": told.verification(row, actors.names()), "public_key": verify_audit.public_key()}
    if request.method == "POST" and not request.htmx:  # type: ignore[attr-defined]
        return redirect("audit-day", verification_id)
    name = "console/audit/day.html#progress" if request.htmx else "console/audit/day.html"  # type: ignore[attr-defined]
    return render(request, name, context)
