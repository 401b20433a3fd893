"""The access table, out of the data that guards every address; and who can see one person, why, and who did.

Both read what the gatekeeper and the queries ask themselves: `permissions`, `rules.reach`, `cases.seers`. Nothing is
written here twice, so the pages cannot say what is not so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from arrears.actions import look_at_person, reveal_sealed
from arrears.interfaces.console import actors
from arrears.interfaces.console.agencies import views as agencies
from arrears.interfaces.ui import audit_words, permission_words, permissions, sentences
from arrears.records.apikeys import queries as apikeys
from arrears.records.audit import queries as audit
from arrears.records.cases import queries as cases
from arrears.records.cases import seers
from arrears.records.staff import queries as staff
from arrears.records.staff import teams
from arrears.rules import reach

LOOKED = (reveal_sealed.KIND, reveal_sealed.REFUSED, reveal_sealed.EXPORTED)
LOOKS_SHOWN = 50
#: Of the looks at pages so many are read, the newest.
PAGES_READ = 500
#: Why those see a person who look after the data of all.
DESK = _("Privacy desk: the rights and ends of everybody's data")
#: Scopes by which a key reads of people.
READING = ("cases:read", "contacts:read", "complaints:read")


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Roles × nouns × actions."""
    counted: dict[str, int] = {}
    for member in staff.members():
        counted[member.role] = counted.get(member.role, 0) + member.is_active
    roles = [
        {
            "code": code,
            "label": label,
            "count": counted.get(code, 0),
            "reach": permission_words.REACHES[reach.of(code)],
            "proves": permissions.must_prove(code, settings.MFA),
        }
        for code, label in staff.roles()
    ]
    nouns = [
        (noun, [(name, label, [permissions.may(str(role["code"]), name) for role in roles]) for name, label in actions])
        for noun, actions in permission_words.NOUNS
    ]
    live = [key for key in apikeys.all_keys() if key.is_live]
    context = {"roles": roles, "nouns": nouns, "keys": live, "teams": teams.names()}
    return render(request, "console/rights/table.html", context)


@require_GET
def who(request: HttpRequest, case_id: str) -> HttpResponse:
    """Who can see the person of a case: each colleague, agency and key, by what, and how much; and who looked."""
    card = cases.access(request.user, case_id)
    customer_id, names = card.row.customer_id, actors.names()
    opened = audit.events_of_kinds([customer_id, case_id], LOOKED, limit=LOOKS_SHOWN)
    saw = audit.events_of_kinds([customer_id], [look_at_person.KIND], limit=PAGES_READ)
    found = [one for one in seers.seers_of(customer_id) if permissions.may(one.role, "case")]
    known = {one.user_id for one in found}
    at_desk = [one for one in staff.members() if one.is_active and permissions.may(one.role, "privacy-person")]
    context = {
        "card": card,
        "seers": [(one, _why(one), permissions.may(one.role, "case-reveal")) for one in found],
        "desk": [one for one in at_desk if one.user_id not in known],
        "keys": [key for key in apikeys.all_keys() if key.is_live and _reads(key, card.row.team_code)],
        "looks": [(event, *_told(event, names)) for event in opened],
        "saw": _saw(saw, names),
        "is_all": len(saw) < PAGES_READ,
    }
    return render(request, "console/rights/who.html", context)


def _why(one: seers.Seer) -> list[str]:
    """Each reason by which somebody reaches the person."""
    return _by_cases(one) + ([str(DESK)] if permissions.may(one.role, "privacy-person") else [])


def _by_cases(one: seers.Seer) -> list[str]:
    reached = reach.of(one.role)
    if reached == reach.PLACED:
        return [gettext("Placed with %(agency)s") % {"agency": agencies.name_of(one.agency)}]
    if reached != reach.TEAMS:
        return [str(permission_words.REACHES[reached])]
    why = [gettext("Team %(team)s") % {"team": team} for team in one.teams]
    why += [gettext("Assigned to them")] if one.is_assigned else []
    return why + ([gettext("A case of no team")] if one.is_of_no_team else [])


def _saw(looks: Iterable[Any], names: dict[str, str]) -> list[dict[str, object]]:
    """Each colleague who was shown a page of the person, the last first: how often, when last, which pages."""
    by_actor: dict[str, list[Any]] = {}
    for event in looks:
        by_actor.setdefault(event.actor, []).append(event)
    return [
        {
            "by": sentences.actor(actor, names),
            "last_at": mine[0].at,
            "count": len(mine),
            "pages": sorted({audit_words.page(str(event.data.get("page", ""))) for event in mine}),
        }
        for actor, mine in by_actor.items()
    ]


def _reads(key: apikeys.KeyRow, team: str) -> bool:
    return any(scope in key.scopes for scope in READING) and (not key.teams or team in key.teams)


def _told(event: Any, names: dict[str, str]) -> tuple[str, str, str]:
    """What was done, by whom, and for which purpose."""
    purpose = audit_words.purpose(event.data["purpose"]) if event.data.get("purpose") else ""
    return sentences.event(event.kind), sentences.actor(event.actor, names), purpose
