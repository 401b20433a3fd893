"""The privacy desk's first page: what waits, and who looked at whom, outliers first."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arrears.interfaces.console import actors, clocks
from arrears.interfaces.console.privacy import looks
from arrears.interfaces.ui import moment, parts
from arrears.records.compliance import consents
from arrears.records.rights import queries

#: How many days back the looks may be counted, the first unless another is asked for.
PERIODS = (30, 7, 90)
WAITING_MAX = 8


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Requests by what is due first, holds to be decided, consents, and the looks of the last days."""
    now, names = moment.of(request), actors.names()
    days = int(parts.of(request).one_of("days", [*map(str, PERIODS)]) or PERIODS[0])
    waiting = queries.requests(which=queries.OPEN, kind="", after=None, size=WAITING_MAX)[:WAITING_MAX]
    holding = queries.holds(stand=True, limit=WAITING_MAX)
    context = {
        "requests": queries.request_counts(on=now.business_on),
        "holds": queries.hold_counts(),
        "consents": consents.counts(),
        "waiting": [(row, clocks.clock(row, now.business_on)) for row in waiting],
        "to_decide": [hold for hold in holding if hold.is_asked],
        "lookers": looks.since(now.at - timedelta(days=days), names),
        "days": days,
        "periods": sorted(PERIODS),
        "erased": queries.erased_count(),
        "erasures": queries.erasures(limit=5),
    }
    return render(request, "console/privacy/desk.html", context)
