"""What the people of an outside agency see: the cases placed with them, and of each what collecting it needs.

No score, no story, no notes, none of our colleagues and nobody but the borrower: the least that serves. They call and
visit by the same gate as our own people, and tell how it went. Called by `views` for whoever sees cases because they
are placed with them.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.actions import contact_call, reveal_sealed
from arrears.interfaces.console.cases import forms
from arrears.interfaces.ui import keyset, moment, parts, sentences
from arrears.records.cases import queries
from arrears.records.compliance import queries as compliance
from arrears.records.contacts import untold
from arrears.records.people import queries as people
from arrears.records.placements import queries as placements
from arrears.records.staff import queries as staff
from arrears.rules import reach

PAGE_SIZE = 50


def is_for(request: HttpRequest) -> bool:
    """Does this person see cases because they are placed with their agency?"""
    return reach.of(request.user.role) == reach.PLACED  # type: ignore[union-attr]


def listing(request: HttpRequest) -> HttpResponse:
    """The cases that are with the agency, the most overdue first."""
    wanted = queries.Wanted(status="")
    after = forms.place(parts.of(request), wanted.order)
    page = queries.page(request.user, wanted, after=after, before=None, size=PAGE_SIZE)
    live = placements.live_of([row.case_id for row in page.rows])
    context = {
        "rows": [(row, live[row.case_id]) for row in page.rows if row.case_id in live],
        "count": page.count,
        "later": keyset.pack(page.last) if page.last else "",
    }
    return render(request, "console/cases/outside_list.html", context)


def case(request: HttpRequest, card: queries.CaseCard) -> HttpResponse:
    """One case: what is owed and placed, the borrower's own numbers masked, and whether they may be contacted."""
    at, customer_id = moment.of(request).at, card.row.customer_id
    points = [one for one in people.points_of(customer_id) if one.is_own and not one.invalid_since]
    context = {
        "card": card,
        "placement": placements.live_of([card.case_id])[card.case_id],
        "person_language": sentences.language(card.person.language),
        "points": points,
        "numbers": [one for one in points if one.is_dialled],
        "homes": [one for one in points if one.is_visited],
        "calls": [(one.contact, one.is_mine, True) for one in _untold(request, card.case_id)],
        "outcomes": sentences.spoken_outcomes(),
        "agreements": sentences.choices(contact_call.AGREED),
        "companions": staff.companions(moment.actor(request)),
        "stops": [stop for stop in compliance.stops_of(customer_id) if stop.holds(at)],
        "reveal_purposes": reveal_sealed.policy().offered(),
        "stop_reasons": sentences.stop_reasons(),
    }
    return render(request, "console/cases/outside_case.html", context)


def _untold(request: HttpRequest, case_id: str) -> list[untold.Untold]:
    """The calls and visits of a case that this person was cleared for, or went along on, and has not told."""
    found = untold.under_way(request.user, at=moment.of(request).at)
    return [one for one in found if one.contact.case_id == case_id]
