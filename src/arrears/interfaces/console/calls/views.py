"""How did the call go? Told by whoever was cleared for it, on the page of its case."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from arrears.actions import contact_call
from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases
from arrears.records.contacts import queries as contacts


@require_POST
def tell_outcome(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Put the outcome on record; reaching the right person also ends the case's call work."""
    try:
        row = contacts.access(contact_id)
        card = cases.access(request.user, row.case_id)
    except (contacts.NoSuchContact, cases.NoSuchCase) as refusal:
        raise Http404(str(refusal)) from refusal
    try:
        contact_call.record_call(
            contact_id=contact_id,
            outcome=request.POST.get("outcome", ""),
            note=request.POST.get("note", "").strip()[:500],
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The outcome is on record."))
    return redirect("case", card.case_id)
