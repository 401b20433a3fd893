"""The gate's log: each judgement with its reasons and sources, whether or not the contact went out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from arrears.actions import wired
from arrears.actions.contact_gate import GateIsClosed
from arrears.interfaces.ui import gate_words, keyset, parts, sentences
from arrears.kernel import clock
from arrears.records.compliance import queries
from arrears.records.contacts import judged
from arrears.rules.compliance import facts

PAGE_SIZE = 50


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """The newest judgements that are asked for."""
    here = parts.of(request)
    known = {"allowed": judged.DECIDED, "phase": dict(queries.phases()), "channel": facts.CHANNELS}
    asked = {name: here.one_of(name, values) for name, values in known.items()}
    asked |= {name: here.text(name) for name in ("rule", "customer")}
    days = {name: here.day(name) for name in ("from", "to")}
    wanted = judged.Wanted(
        decided=asked["allowed"],
        phase=asked["phase"],
        rule=asked["rule"],
        channel=asked["channel"],
        customer_id=asked["customer"],
        from_at=_begins(days["from"]),
        to_at=_begins(days["to"] + timedelta(days=1) if days["to"] else None),
    )
    before = cast("tuple[datetime, int] | None", here.place([datetime, int]))
    rows = judged.log(request.user, wanted, before=before, size=PAGE_SIZE)
    last = rows[PAGE_SIZE - 1].verdict if len(rows) > PAGE_SIZE else None
    context = {
        "rows": rows[:PAGE_SIZE],
        "asked": asked | days,
        "answers": _answers(),
        "phases": queries.phases(),
        "channels": gate_words.choices(sentences.CHANNELS, facts.CHANNELS),
        "rules": _rules(),
        "later": keyset.pack([last.at.isoformat(), last.verdict_id]) if last else "",
    }
    return render(request, "console/verdicts/log.html", context)


def _answers() -> list[tuple[str, str]]:
    """What can have been decided."""
    return [
        (judged.ALLOWED, gettext("Allowed")),
        (judged.HELD, gettext("Held")),
        (judged.REFUSED, gettext("Refused")),
        (judged.NOT_ALLOWED, gettext("Held or refused")),
    ]


def _rules() -> list[str]:
    """The rules of the house, to choose from; others can be typed."""
    try:
        return sorted({rule.rule_id for rule in wired.here().gate.pack.rules})
    except GateIsClosed:
        return []


def _begins(day: date | None) -> datetime | None:
    """When a day begins by the lender's clock."""
    return clock.at_local(day, time(0), settings.LENDER_ZONE) if day else None
