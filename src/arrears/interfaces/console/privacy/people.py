"""One person at the privacy desk: what is held and until when, holds, requests, consents; and finding them.

No name and no number is shown whole. Who is looked for is posted, so that it stands in no address.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import erase_person, hold_person, house, retain, take_request, wired
from arrears.exchange import debts
from arrears.interfaces.console import actors, clocks, deeds, fields
from arrears.interfaces.console.deeds import Asked
from arrears.interfaces.console.privacy import consents, forms, holds, retention
from arrears.interfaces.ui import gate_words, moment
from arrears.interfaces.ui.templatetags import ui
from arrears.records.cases import queries as cases
from arrears.records.compliance import consents as consented
from arrears.records.people import queries as people
from arrears.records.rights import queries
from arrears.rules.compliance import facts, retention_terms

#: Of the people who were found, so many are shown.
FOUND_MAX = 20


@never_cache
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Whoever has this customer number, name, ID number or telephone number."""
    text = request.POST.get("text", "").strip()[:80]
    found = sorted(people.matching(text))
    if len(found) == 1:
        return redirect("privacy-person", found[0])
    rows = [people.access(customer_id) for customer_id in found[:FOUND_MAX]]
    return render(request, "console/privacy/found.html", {"rows": rows, "more": len(found) > FOUND_MAX})


@require_GET
def person(request: HttpRequest, customer_id: str) -> HttpResponse:
    """All that the desk knows of one person."""
    return page(request, customer_id)


def page(
    request: HttpRequest, customer_id: str, *, entered: Mapping[str, str] | None = None, refused: str = ""
) -> HttpResponse:
    """The page of one person; with what was entered and why it was refused."""
    heading = people.access(customer_id)
    on, names = moment.of(request).business_on, actors.names()
    context = {
        "person": heading,
        "case_id": next(iter(cases.cases_to_tell(customer_id)), ""),
        "kinds": _kinds(request, customer_id),
        "holds": [holds.told(row, names, request) for row in queries.holds_of(customer_id)],
        "hold_reasons": queries.hold_reasons(),
        "requests": [(row, clocks.clock(row, on)) for row in queries.requests_of(customer_id)],
        "choices": queries.request_choices(),
        "consents": [consents.told(row, names) for row in consented.of_person(customer_id)],
        "points": people.points_of(customer_id),
        "purposes": gate_words.choices(gate_words.CONSENTS, facts.CONSENTS),
        "proofs": consented.proofs(),
        "erasures": [
            (one, [(retention.kind_said(kind), count) for kind, count in one.kinds.items()])
            for one in queries.erasures_of(customer_id)
        ],
        "new_id": fields.new_id(),
        "longest": take_request.LONGEST,
        "entered": entered or {},
        "refused": refused,
    }
    return render(request, "console/privacy/person.html", context)


def _kinds(request: HttpRequest, customer_id: str) -> list[dict[str, object]]:
    """What is held, kind by kind, until when, and the rule that keeps it longest."""
    held = erase_person.held_of(customer_id)
    try:
        on, gate = moment.of(request).business_on, wired.here().gate
        terms = retain.terms_of(customer_id, on=on, place=house.here(), gate=gate)
    except debts.DebtsUnknown:
        terms = {}
    found = []
    for kind in retention_terms.KINDS:
        mine = terms.get(kind, ())
        longest = max(mine, key=lambda term: (term.until is None, term.until or on), default=None)
        found.append(
            {
                "kind": retention.kind_said(kind),
                "count": held.get(kind, 0),
                "until": retention_terms.until(mine),
                "row": retention.row_said(longest.row) if longest else None,
            }
        )
    return found


_deed = deeds.on("privacy-person", page=page)


@_deed
def hold(asked: Asked) -> str:
    """Put the person under legal hold."""
    wanted = forms.hold(asked.given, **asked.named)
    if not hold_person.put(wanted, at=asked.at, actor=asked.actor):
        return gettext("This was on record already; nothing was put on record twice.")
    return gettext("The legal hold stands: nothing of this person is deleted until two people lift it.")


@_deed
def request_new(asked: Asked) -> str:
    """Take in what they ask about their own data."""
    intake = forms.request(asked.given, **asked.named)
    taken = take_request.take(intake=intake, at=asked.at, actor=asked.actor, gate=wired.here().gate)
    if not taken.is_new:
        return gettext("This was on record already; nothing was put on record twice.")
    told = gettext("The request is on record and is answered by %(on)s.") % {"on": ui.day(taken.answer_due_on)}
    if taken.alerted:
        told += " " + gettext(
            "The words show a risk to a life: collection is stopped, and those who may care are told."
        )
    return told


@_deed
def consent(asked: Asked) -> str:
    """Put a consent on record."""
    given = forms.consent(asked.given, **asked.named)
    if not consented.give(given, at=asked.at, actor=asked.actor):
        return gettext("This was on record already; nothing was put on record twice.")
    return gettext("The consent is on record; the gate counts it from now on.")
