"""The stop list: who must not be contacted now, why, and since when."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import lift_stop
from arrears.interfaces.console import actors
from arrears.interfaces.ui import moment, parts, permissions, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.cases import heard, scope
from arrears.records.compliance import queries
from arrears.records.compliance.stops import SELF_HARM

PAGE_SIZE = 50


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Stops in force, the newest first; a search finds one person's."""
    asked = parts.of(request)
    text = asked.text("text", longest=80)
    rows = queries.stops_in_force(
        moment.of(request).at,
        within=_seen(request),
        text=text,
        before_id=asked.number("after"),
        size=PAGE_SIZE,
    )
    names = actors.names()
    shown = rows[:PAGE_SIZE]
    at_risk = {row.customer_id for row in shown if row.reason == SELF_HARM}
    context = {
        "text": text,
        "lifts_all": request.user.role == permissions.COMPLIANCE,  # type: ignore[union-attr]
        "lifts": lift_stop.OF_SUPERVISORS,
        "uncared": at_risk - heard.care_of(at_risk).keys(),
        "rows": [(row, sentences.actor(row.actor, names)) for row in shown],
        "later": shown[-1].stop_id if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/stops/list.html", context)


def _seen(request: HttpRequest) -> Q:
    return scope.of_people(request.user, "person_id")


@require_POST
def lift(request: HttpRequest, stop_id: int) -> HttpResponse:
    """End a stop: the person may be contacted again, within the rules."""
    queries.must_see_stop(stop_id, within=_seen(request))
    try:
        only = "" if request.user.role == permissions.COMPLIANCE else lift_stop.OF_SUPERVISORS  # type: ignore[union-attr]
        note = request.POST.get("note", "")
        by = {"at": moment.of(request).at, "actor": moment.actor(request)}
        lift_stop.lift_stop(stop_id=stop_id, only=only, note=note, **by)
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The stop is lifted. The next night may plan contacts again."))
    return redirect("stops")
