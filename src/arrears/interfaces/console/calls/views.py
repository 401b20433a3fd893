"""A telephone call, on the page of its case: ask the gate, see the number to dial, tell how it went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.actions import contact_call, wired
from arrears.interfaces.console.calls import telling
from arrears.interfaces.ui import moment
from arrears.records.cases import queries as cases

CALL = "CALL"


@never_cache
@require_POST
def clear(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask the gate for a call; when it allows, its number is shown."""

    def ask(card: cases.CaseCard) -> contact_call.Clearance:
        return contact_call.clear_call(
            customer_id=card.row.customer_id,
            case_id=card.case_id,
            contact_point_id=request.POST.get("contact_point_id", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )

    return telling.clear(request, case_id, ask)


@never_cache
@require_POST
def number(request: HttpRequest, contact_id: str) -> HttpResponse:
    """The number once more."""
    return telling.show_again(request, contact_id, CALL)


@require_POST
def tell_outcome(request: HttpRequest, contact_id: str) -> HttpResponse:
    """How the call went."""
    return telling.tell_outcome(request, contact_id, CALL, contact_call.record_call)


@require_POST
def not_dialled(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Nobody dialled."""
    return telling.never_made(request, contact_id, CALL)
