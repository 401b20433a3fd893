"""People heard: who may harm themselves, who is in distress or resists and why; what rests for them, and who cares.

What they said is not here and cannot be opened from here: the case of each has its page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arrears.actions import words_in_force
from arrears.interfaces.ui import at_risk as at_risk_people
from arrears.interfaces.ui import calming, keyset, moment, sentences
from arrears.records.cases import heard
from arrears.records.cases.heard import Care, HeardRow
from arrears.records.compliance import queries as compliance

PAGE_SIZE = 40
#: What was heard earlier is in the story of the case; no card lets contact rest for longer.
WITHIN = timedelta(days=90)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """People heard within three months, those at risk first, narrowed to a signal or to those at risk."""
    at = moment.of(request).at
    signal = request.GET.get("signal", "")
    signal = signal if signal in calming.EMOTIONS | calming.REASONS else ""
    at_risk = request.GET.get("risk", "") == "1"
    cursor = request.GET.get("after", "")
    after = cast("heard.Place | None", keyset.unpack(cursor, [int, datetime, str])) if cursor else None
    rows = heard.heard(request.user, since=at - WITHIN, signal=signal, at_risk=at_risk, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    people = {row.customer_id for row in shown}
    stops, care = compliance.stops_of_people(people, at=at), heard.care_of(people)
    apart = at_risk_people.without_case(since=at - WITHIN)
    context = {
        "rows": [
            (row, _told(row), stops.get(row.customer_id, []), _cared(row, care.get(row.customer_id))) for row in shown
        ],
        "apart": [] if after or signal else apart,
        "signal": signal,
        "at_risk": at_risk,
        "at_risk_count": heard.at_risk_count(request.user, since=at - WITHIN) + len(apart),
        "groups": [list(calming.EMOTIONS.items()), list(calming.REASONS.items())],
        "fault": words_in_force.hearing().fault,
        "later": keyset.pack(heard.place_of(shown[-1])) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/heard/list.html", context)


def _cared(row: HeardRow, care: Care | None) -> dict[str, object]:
    """Who has the care of a person, or how it ended, or else to whom their card sends them on."""
    if care is None:
        return {"by": calming.route(row.route)}
    if care.is_open:
        return {"by": care.assigned_name, "is_open": True}
    return {"by": sentences.outcome(care.outcome), "closed_at": care.closed_at}


def _told(row: HeardRow) -> dict[str, object]:
    """Feelings, reasons, and the name of the card that answers them."""
    return {
        "emotions": [(code, str(calming.EMOTIONS[code])) for code in row.signals if code in calming.EMOTIONS],
        "reasons": [str(calming.REASONS[code]) for code in row.signals if code in calming.REASONS],
        "card": calming.title(row.card) or row.card,
    }
