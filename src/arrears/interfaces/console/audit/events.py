"""The events of the trail, found by whom they are about, what they are, by whom and when; and one of them, proven.

The list is of ids, never of names. Whoever looks for one person's events, or opens an event that is about a person,
leaves a trace of it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arrears.actions import explore_audit, verify_audit
from arrears.interfaces.console import actors
from arrears.interfaces.console.audit import told
from arrears.interfaces.ui import audit_words, event_words, keyset, moment, parts, sentences
from arrears.kernel import clock
from arrears.records.audit import exploring, lost_words
from arrears.records.cases import queries as cases

PAGE_SIZE = 50
#: Who acts beside colleagues and keys.
MACHINES = ("worker", "cli", "demo", "setup")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The newest events of those that are asked for."""
    here = parts.of(request)
    asked = {name: here.text(name) for name in ("about", "kind", "actor")}
    days = {name: here.day(name) for name in ("from", "to")}
    about = explore_audit.about(asked["about"]) if asked["about"] else None
    wanted = exploring.Wanted(
        subjects=about.subjects if about else None,
        kind=asked["kind"],
        actor=asked["actor"],
        from_at=_begins(days["from"]),
        to_at=_begins(days["to"] + timedelta(days=1) if days["to"] else None),
    )
    page = exploring.page(wanted, before=cast("exploring.Place | None", here.place([datetime, int])), size=PAGE_SIZE)
    names = actors.names()
    context = {
        "rows": [told.line(event, names) for event in page.rows],
        "later": keyset.pack([page.later[0].isoformat(), page.later[1]]) if page.later else "",
        "looked_back_to": page.looked_back_to,
        "asked": asked | days,
        "about": about,
        "is_on_record": _trace(request, about.customer_id if about else ""),
        "kinds": _kinds(asked["kind"]),
        "actors": _actors(asked["actor"], names),
        "whole": told.verification(verify_audit.last_whole(), names),
        "days": [told.verification(row, names) for row in verify_audit.latest_of_days()],
        "anchor": verify_audit.newest_anchor(),
        "today": moment.of(request).business_on,
    }
    return render(request, "console/audit/list.html", context)


@require_GET
def one(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event: its facts in words, its place in the chain, and the proof, made while the page is."""
    event = exploring.one(event_id)
    proof = explore_audit.prove(event_id, folder=verify_audit.kept_here()) if event else None
    if event is None or proof is None:
        raise Http404("no such event")
    customer_id = explore_audit.whose_event(event)
    names = actors.names()
    context = {
        "line": told.line(event, names),
        "event": event,
        "facts": audit_words.facts(event.data),
        "erasures": [told.erased(each, names) for each in lost_words.erasures_of(event.data)],
        "case_id": cases.newest_of_person(request.user, customer_id) if customer_id else "",
        "customer_id": customer_id,
        "is_on_record": _trace(request, customer_id),
        "proof": proof,
        "findings": [told.finding(each, event_id) for each in proof.findings],
        "is_itself_altered": any(each.event_id == event_id for each in proof.findings),
        "public_key": verify_audit.public_key(),
        "whole": told.verification(verify_audit.last_whole(), names),
    }
    return render(request, "console/audit/event.html", context)


def _trace(request: HttpRequest, customer_id: str) -> bool:
    """Whether it is on record that somebody looked at a person's events."""
    return bool(customer_id) and explore_audit.trace(customer_id, at=moment.of(request).at, actor=moment.actor(request))


def _kinds(asked: str) -> list[tuple[str, str]]:
    """What can have happened, in the order of their words."""
    known = {kind: str(words) for kind, words in event_words.EVENTS.items() if "." in kind}
    if asked:
        known.setdefault(asked, asked)
    return sorted(known.items(), key=lambda each: each[1])


def _actors(asked: str, names: dict[str, str]) -> list[tuple[str, str]]:
    """Who can have done it: colleagues and keys by name, then the machines."""
    known = sorted(names.items(), key=lambda each: each[1])
    known += [(code, sentences.actor(code, names)) for code in MACHINES]
    if asked and asked not in dict(known):
        known.append((asked, sentences.actor(asked, names)))
    return known


def _begins(day: date | None) -> datetime | None:
    """When a day begins by the lender's clock."""
    return clock.at_local(day, time(0), settings.LENDER_ZONE) if day else None
