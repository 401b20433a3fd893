"""Mark a number or address of a case's person as one that does not reach them, or take that back with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from arrears.actions import mark_contact_point
from arrears.interfaces.console.cases import deeds
from arrears.interfaces.ui import moment
from arrears.records.cases import queries as cases


@require_POST
def invalid(request: HttpRequest, case_id: str, contact_point_id: str) -> HttpResponse:
    """It does not reach them: what is planned to it is cancelled, and nothing is planned to it any more."""

    def deed(card: cases.CaseCard) -> str:
        cancelled = mark_contact_point.mark_invalid(
            customer_id=card.row.customer_id,
            case_id=card.case_id,
            contact_point_id=contact_point_id,
            reason=request.POST.get("reason", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        return gettext("This number or address is used no more. Planned contacts cancelled: %(count)s.") % {
            "count": cancelled
        }

    return deeds.do(request, case_id, deed)


@require_POST
def valid(request: HttpRequest, case_id: str, contact_point_id: str) -> HttpResponse:
    """It reaches them after all."""

    def deed(card: cases.CaseCard) -> str:
        mark_contact_point.mark_valid(
            customer_id=card.row.customer_id,
            case_id=card.case_id,
            contact_point_id=contact_point_id,
            reason=request.POST.get("reason", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        return gettext("This number or address is used again from the next night on.")

    return deeds.do(request, case_id, deed)
