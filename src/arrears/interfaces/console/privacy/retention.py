"""The retention schedule in force with its sources, what is due by it, and what was deleted last.

What is due is looked for only when somebody asks: it reads everybody's debts. Deleting is the night's work, never a
click: what is clicked here is that nights may, by two people.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from arrears.actions import approve_retention, forget_strangers, house, retain, wired
from arrears.interfaces.console import actors, deeds
from arrears.interfaces.console.deeds import Asked
from arrears.interfaces.ui import gate_words, moment, parts, refusals, rights_words, sentences
from arrears.kernel import clock
from arrears.kernel.errors import Refusal
from arrears.records.rights import queries
from arrears.rules.compliance import retention_terms
from arrears.rules.compliance.packs import Duty
from arrears.rules.compliance.retention_terms import Row

LAST = 30
#: Of the people whose data is due, so many are named.
NAMED_MAX = 50
UNCHECKED = ("memory_high", "memory_medium", "memory_low")


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """Kind by kind, how long it is kept and by which rules; with ?find=1 also whose is due today."""
    on, gate = moment.of(request).business_on, wired.here().gate
    found, refused = None, ""
    if parts.of(request).flag("find"):
        try:
            found = retain.find(on=on, place=house.here(), gate=gate)
        except Refusal as refusal:
            refused = refusals.sentence(refusal)
    rows = retain.schedule(gate, on=on)
    names = actors.names()
    approval = approve_retention.standing(gate, on=on)
    context = {
        "approval": approval,
        "asked_by": sentences.actor(approval.standing.asked_by, names) if approval.standing else "",
        "decided_by": sentences.actor(approval.standing.decided_by, names) if approval.standing else "",
        "is_mine": approval.standing is not None and approval.standing.asked_by == moment.actor(request),
        "a_night": house.here().retain_a_night,
        "kinds": list(told(rows)),
        "is_ours_alone": bool(rows) and not any(row.is_duty for row in rows),
        "of_strangers": _strangers_said(forget_strangers.term(gate, on=on)),
        "found": found,
        "named": found.due[:NAMED_MAX] if found else (),
        "by_kind": [(kind_said(kind), count) for kind, count in found.by_kind.items() if count] if found else [],
        "refused": refused,
        "erasures": [
            (one, [(kind_said(kind), count) for kind, count in one.kinds.items()], sentences.actor(one.actor, names))
            for one in queries.erasures(limit=LAST)
        ],
    }
    return render(request, "console/privacy/retention.html", context)


def _strangers_said(duty: Duty | None) -> dict[str, object] | None:
    """The term of strangers' messages, as a page tells it."""
    if duty is None:
        return None
    return {
        "row": duty,
        "days": retention_terms.stranger_days(duty),
        "is_duty": duty.author != "lender",
        "confidence": sentences.said(gate_words.CONFIDENCES, duty.confidence),
    }


_deed = deeds.on("retention")


@_deed
def ask(asked: Asked) -> str:
    """Ask for the schedule that was seen to be approved."""
    on, gate = clock.business_date(asked.at, settings.LENDER_ZONE), wired.here().gate
    approve_retention.ask(seen=asked.text("seen"), gate=gate, on=on, **asked.by)
    return gettext("It waits for a second person: until they approve it, no night deletes anything.")


@_deed
def approve(asked: Asked) -> str:
    """Approve it, as the second person."""
    on, gate = clock.business_date(asked.at, settings.LENDER_ZONE), wired.here().gate
    approve_retention.approve(seen=asked.text("seen"), gate=gate, on=on, **asked.by)
    return gettext("The schedule is approved: from the next night on, what was kept as long as it must be is deleted.")


@_deed
def withdraw(asked: Asked) -> str:
    """No night deletes any more."""
    approve_retention.withdraw(**asked.by)
    return gettext("No night deletes anything from now on.")


def told(rows: Iterable[Row]) -> Iterable[tuple[str, list[dict[str, object]]]]:
    """Kind in words → its rows, the longest first."""
    for kind, mine in groupby(rows, key=lambda row: row.kind):
        yield kind_said(kind), [row_said(row) for row in mine]


def row_said(row: Row) -> dict[str, object]:
    """One row as a page tells it; how sure we are of it is shown where nobody has checked it."""
    return {
        "row": row,
        "start": sentences.said(rights_words.STARTS, row.start),
        "confidence": sentences.said(gate_words.CONFIDENCES, row.confidence),
        "is_unchecked": row.confidence in UNCHECKED,
    }


def kind_said(kind: str) -> str:
    """A kind of data in words."""
    return sentences.said({**rights_words.KINDS, **rights_words.LAKE_KINDS}, kind)
