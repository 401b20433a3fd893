"""A visit, on the page of its case: name who goes along, ask the gate, see the address, tell how it went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.actions import contact_call, wired
from arrears.interfaces.console.calls import telling
from arrears.interfaces.ui import moment
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import queries as cases
from arrears.records.staff import queries as staff

VISIT = "VISIT"


class NoSuchCompanion(InvalidInput):
    """Who goes along is a colleague who works here and speaks with borrowers, and not the visitor again."""

    code = "no_such_companion"
    message = "{user_id} cannot go along on this visit."


@never_cache
@require_POST
def clear(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask the gate for a visit by two; when it allows, the address is shown."""

    def ask(card: cases.CaseCard) -> contact_call.Clearance:
        return contact_call.clear_visit(
            customer_id=card.row.customer_id,
            case_id=card.case_id,
            contact_point_id=request.POST.get("contact_point_id", ""),
            companion=_companion(request),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )

    return telling.clear(request, case_id, ask)


def _companion(request: HttpRequest) -> str:
    chosen = request.POST.get("companion", "")
    if chosen and chosen not in {str(one.user_id) for one in staff.assignable() if one.user_id != request.user.pk}:
        raise NoSuchCompanion(user_id=chosen[:20])
    return f"user:{chosen}" if chosen else ""


@never_cache
@require_POST
def address(request: HttpRequest, contact_id: str) -> HttpResponse:
    """The address once more."""
    return telling.show_again(request, contact_id, VISIT)


@require_POST
def tell_outcome(request: HttpRequest, contact_id: str) -> HttpResponse:
    """How the visit went."""
    return telling.tell_outcome(request, contact_id, VISIT, contact_call.record_visit)


@require_POST
def not_made(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Nobody went."""
    return telling.never_made(request, contact_id, VISIT)
