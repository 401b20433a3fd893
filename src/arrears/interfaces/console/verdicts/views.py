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
from arrears.interfaces.ui import gate_words, keyset, sentences, typed
from arrears.kernel import clock
from arrears.records.compliance import queries
from arrears.records.contacts import judged
from arrears.rules.compliance import facts

PAGE_SIZE = 50


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """The newest judgements that are asked for."""
    asked = {name: request.GET.get(name, "").strip()[:64] for name in ("allowed", "phase", "rule", "channel")}
    asked |= {name: request.GET.get(name, "").strip()[:64] for name in ("customer", "from", "to")}
    known = {"allowed": judged.DECIDED, "phase": dict(queries.phases()), "channel": facts.CHANNELS}
    not_understood = [name for name, values in known.items() if asked[name] and asked[name] not in values]
    days = {name: typed.day(asked[name]) for name in ("from", "to")}
    not_understood += [name for name, day in days.items() if asked[name] and day is None]
    read = {name: "" if name in not_understood else value for name, value in asked.items()}
    wanted = judged.Wanted(
        decided=read["allowed"],
        phase=read["phase"],
        rule=read["rule"],
        channel=read["channel"],
        customer_id=read["customer"],
        from_at=_begins(days["from"]),
        to_at=_begins(days["to"] + timedelta(days=1) if days["to"] else None),
    )
    rows = judged.log(request.user, wanted, before=_place(request.GET.get("after", "")), size=PAGE_SIZE)
    last = rows[PAGE_SIZE - 1].verdict if len(rows) > PAGE_SIZE else None
    context = {
        "rows": rows[:PAGE_SIZE],
        "asked": read,
        "not_understood": [f"{name}={asked[name]}" for name in not_understood] + typed.unknown(request.GET, asked),
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


def _place(cursor: str) -> tuple[datetime, int] | None:
    return cast("tuple[datetime, int] | None", keyset.unpack(cursor, [datetime, int]))
