"""People heard: who may harm themselves, who is in distress or resists and why; what rests for them, and who cares.

What they said is not here and cannot be opened from here: the case of each has its page. Only who wrote from a number
that nobody knows has none: where a life may be at risk, the number and the words are opened here, for the record.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import forget_strangers, reveal_sealed, wired, words_in_force
from arrears.interfaces.console import actors
from arrears.interfaces.ui import at_risk as at_risk_people
from arrears.interfaces.ui import calming, keyset, moment, parts, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.cases import heard
from arrears.records.cases.heard import Care, HeardRow
from arrears.records.compliance import queries as compliance
from arrears.records.compliance import stops
from arrears.records.contacts import strangers
from arrears.rules.compliance import retention_terms

PAGE_SIZE = 40
#: What stands for the words of a complaint of nobody known: which one it is.
COMPLAINT = re.compile("[0-9a-f]{32}")
#: What was heard earlier is in the story of the case; no card lets contact rest for longer.
WITHIN = timedelta(days=90)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """People heard within three months, those at risk first, narrowed to a signal or to those at risk."""
    at, asked = moment.of(request).at, parts.of(request)
    signal = asked.one_of("signal", calming.EMOTIONS | calming.REASONS)
    at_risk = asked.flag("risk")
    after = cast("heard.Place | None", asked.place([int, datetime, str]))
    rows = heard.heard(request.user, since=at - WITHIN, signal=signal, at_risk=at_risk, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    people = {row.customer_id for row in shown}
    held, care = compliance.stops_of_people(people, at=at), heard.care_of(people, kinds=heard.HELP)
    care |= heard.care_of({row.customer_id for row in shown if row.is_at_risk})
    apart = at_risk_people.without_case(since=at - WITHIN)
    threats_apart = at_risk_people.without_case(since=at - WITHIN, reason=stops.STAFF_SAFETY)
    context = {
        "rows": [
            (row, _told(row), held.get(row.customer_id, []), _cared(row, care.get(row.customer_id))) for row in shown
        ],
        "apart": [] if after or signal else apart,
        "threats_apart": [] if after or at_risk else threats_apart,
        "strangers": [] if after or signal else _strangers(at),
        "strangers_kept_days": _kept_days(request),
        "signal": signal,
        "at_risk": at_risk,
        "at_risk_count": heard.at_risk_count(request.user, since=at - WITHIN) + len(apart),
        "groups": [list(calming.EMOTIONS.items()), list(calming.REASONS.items())],
        "fault": words_in_force.hearing().fault,
        "later": keyset.pack(heard.place_of(shown[-1])) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/heard/list.html", context)


@never_cache
@require_POST
def open_stranger(request: HttpRequest, message_id: str) -> HttpResponse:
    """Where a message that tells of a risk to a life came from, and its words: a fragment, or a page of its own."""
    try:
        opened = reveal_sealed.reveal_stranger(viewer=request.user, message_id=message_id, at=moment.of(request).at)
    except Refusal as refusal:
        if request.htmx:
            return render(request, "console/reveals/value.html", {"refusal": refusals.sentence(refusal)})
        refusals.tell(request, refusal)
        return redirect("heard")
    template = "console/reveals/value.html" if request.htmx else "console/heard/stranger.html"
    is_complaint = COMPLAINT.fullmatch(opened.value) is not None
    return render(request, template, {"value": opened.value, "is_words": True, "is_complaint": is_complaint})


def _strangers(at: datetime) -> list[tuple[strangers.Row, dict[str, object], str]]:
    """What nobody we know wrote lately: each with what was heard, and who opened it."""
    names = actors.names()
    rows = strangers.heard(since=at - WITHIN, limit=PAGE_SIZE)
    return [(row, _told(row), sentences.actor(row.opened_by, names) if row.opened_by else "") for row in rows]


def _kept_days(request: HttpRequest) -> int:
    """For how many days strangers' messages are kept; 0 = no rule in force deletes them."""
    duty = forget_strangers.term(wired.here().gate, on=moment.of(request).business_on)
    return retention_terms.stranger_days(duty) if duty else 0


def _cared(row: HeardRow, care: Care | None) -> dict[str, object]:
    """Who has the care of a person, or how it ended, or else to whom their card sends them on."""
    if care is None:
        return {"by": calming.route(row.route)}
    if care.is_open:
        return {"by": care.assigned_name, "is_open": True}
    return {"by": sentences.outcome(care.outcome), "closed_at": care.closed_at}


def _told(row: HeardRow | strangers.Row) -> dict[str, object]:
    """Feelings, reasons, and the name of the card that answers them."""
    return {
        "emotions": [(code, str(calming.EMOTIONS[code])) for code in row.signals if code in calming.EMOTIONS],
        "reasons": [str(calming.REASONS[code]) for code in row.signals if code in calming.REASONS],
        "card": calming.title(row.card) or row.card,
    }
