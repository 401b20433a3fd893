"""A telephone call, on the page of its case: ask the gate, see the number to dial, tell how it went.

The number is on the page only in the answer to the post that asked for it; nothing here keeps it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from arrears.actions import contact_call, reveal_sealed, wired
from arrears.actions.reveal_sealed import Revealed
from arrears.interfaces.ui import moment, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases
from arrears.records.contacts import queries as contacts
from arrears.records.contacts import untold


@never_cache
@require_POST
def clear(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask the gate for a call; when it allows, the call is on record as being made and its number is shown."""
    try:
        card = cases.access(request.user, case_id)
    except cases.NoSuchCase as refusal:
        raise Http404(str(refusal)) from refusal
    try:
        clearance = contact_call.clear_call(
            customer_id=card.row.customer_id,
            case_id=card.case_id,
            contact_point_id=request.POST.get("contact_point_id", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return _back(request, case_id)
    if clearance.point is None:
        refusals.tell_verdict(request, clearance.verdict)
        return _back(request, case_id)
    return _dial(request, clearance.contact_id, clearance.point)


@never_cache
@require_POST
def number(request: HttpRequest, contact_id: str) -> HttpResponse:
    """The number of a call that is under way, once more, for the colleague whom the gate cleared."""
    row = _access(request, contact_id)
    try:
        point = reveal_sealed.reveal_cleared(
            contact_id=contact_id, at=moment.of(request).at, actor=moment.actor(request)
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return _back(request, row.case_id)
    return _dial(request, contact_id, point)


@require_POST
def tell_outcome(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Put the outcome on record; reaching the right person also ends the case's call work."""

    def deed() -> str:
        contact_call.record_call(
            contact_id=contact_id,
            outcome=request.POST.get("outcome", ""),
            note=request.POST.get("note", "").strip()[:500],
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        return gettext("The outcome is on record.")

    return _tell(request, contact_id, deed)


@require_POST
def not_dialled(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Nobody dialled a call that was cleared."""

    def deed() -> str:
        at, actor = moment.of(request).at, moment.actor(request)
        if contact_call.declare_not_dialled(contact_id=contact_id, at=at, actor=actor):
            return gettext("On record: never dialled. It does not count against the limits any more.")
        return gettext(
            "On record: never dialled. It still counts against the limits, until a supervisor says the same."
        )

    return _tell(request, contact_id, deed)


def _tell(request: HttpRequest, contact_id: str, deed: Callable[[], str]) -> HttpResponse:
    """Do it to a call of the viewer's own, or as a supervisor, and go back to where it was told from."""
    row = _access(request, contact_id)
    try:
        told = deed()
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    onward = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        return redirect(onward)
    return redirect("case", row.case_id)


def _access(request: HttpRequest, contact_id: str) -> contacts.ContactRow:
    """The call, when the viewer was cleared for it or is a supervisor."""
    try:
        return untold.access(request.user, contact_id)
    except contacts.NoSuchContact as refusal:
        raise Http404(str(refusal)) from refusal


def _dial(request: HttpRequest, contact_id: str, point: Revealed) -> HttpResponse:
    """The open call with its number: a fragment for HTMX, a page of its own without."""
    context = {
        "call": contacts.access(contact_id),
        "number": point.value,
        "may_tell": True,
        "call_outcomes": sentences.call_outcomes(),
    }
    template = "console/calls/outcome.html" if request.htmx else "console/calls/dial.html"
    return render(request, template, context)


def _back(request: HttpRequest, case_id: str) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRedirect(reverse("case", args=[case_id]))
    return redirect("case", case_id)
