"""A call or a visit, on the page of its case: cleared by the gate, opened to go to, told, or declared never made.

`urls` says which of the two an address is about. Whoever calls is put through and sees a masked number; a number or
address is on the page only in the answer to the post that asked for it. Nothing here keeps it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from arrears.actions import contact_call, contact_under_way, dial_call, wired
from arrears.actions.contact_call import Clearance
from arrears.actions.dial_call import Dialled
from arrears.actions.reveal_sealed import Revealed
from arrears.interfaces.ui import moment, onward, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases
from arrears.records.contacts import queries as contacts
from arrears.records.contacts import untold

CALL, VISIT = "CALL", "VISIT"
RECORD = {CALL: contact_call.record_call, VISIT: contact_call.record_visit}


@never_cache
@require_POST
def clear(request: HttpRequest, case_id: str, channel: str, purpose: str = "COLLECT") -> HttpResponse:
    """Ask the gate; when it allows, the contact is on record as being made and where it goes to is shown.

    purpose : what it is for: to collect, or to help (`rules.cases.HELPING`)
    """
    card = cases.access(request.user, case_id)
    try:
        clearance = _ask(request, card, channel, purpose)
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return _back(request, case_id)
    if not clearance.allowed:
        refusals.tell_verdict(request, clearance.verdict)
        return _back(request, case_id)
    if channel == VISIT:
        return _show(request, clearance.contact_id, clearance.point)
    try:
        dialled = dial_call.dial(
            contact_id=clearance.contact_id,
            dialler=wired.here().open_dialler(),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except dial_call.StoppedSince as refusal:
        refusals.tell(request, refusal)
        return _back(request, case_id)
    return _show(request, clearance.contact_id, dialled=dialled)


def _ask(request: HttpRequest, card: cases.CaseCard, channel: str, purpose: str) -> Clearance:
    """Who asks for a visit names who goes along, and how the borrower agreed to it."""
    going, along = request.POST.get("companion", ""), {}
    if channel == VISIT:
        along = {"companion": f"user:{going}" if going else "", "agreed": request.POST.get("agreed", "")}
    ask = contact_call.clear_visit if channel == VISIT else contact_call.clear_call
    return ask(
        customer_id=card.row.customer_id,
        case_id=card.case_id,
        contact_point_id=request.POST.get("contact_point_id", ""),
        at=moment.of(request).at,
        actor=moment.actor(request),
        gate=wired.here().gate,
        purpose=purpose,
        overruling=request.POST.get("overruling", ""),
        **along,
    )


@never_cache
@require_POST
def show_again(request: HttpRequest, contact_id: str, channel: str) -> HttpResponse:
    """Where a contact that is under way goes to, for the colleague whom the gate cleared; a number for a reason."""
    row = untold.access(request.user, contact_id, channel)
    try:
        clearance = contact_under_way.show_again(
            contact_id=contact_id,
            reason=request.POST.get("reason", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return _back(request, row.case_id)
    if not clearance.allowed:
        refusals.tell_verdict(request, clearance.verdict)
        return _back(request, row.case_id)
    return _show(request, contact_id, clearance.point)


@require_POST
def tell_outcome(request: HttpRequest, contact_id: str, channel: str) -> HttpResponse:
    """Put the outcome on record; reaching the right person also ends the case's work."""

    def deed() -> str:
        is_point_wrong = request.POST.get("point") == "wrong"
        RECORD[channel](
            contact_id=contact_id,
            outcome=request.POST.get("outcome", ""),
            note=request.POST.get("note", "").strip()[:500],
            is_point_wrong=is_point_wrong,
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        if is_point_wrong:
            return gettext("The outcome is on record, and nobody is contacted there any more.")
        return gettext("The outcome is on record.")

    return _tell(request, contact_id, channel, deed)


@require_POST
def never_made(request: HttpRequest, contact_id: str, channel: str) -> HttpResponse:
    """Nobody made the call or visit that was cleared."""

    def deed() -> str:
        at, actor = moment.of(request).at, moment.actor(request)
        if contact_call.declare_never_made(contact_id=contact_id, channel=channel, at=at, actor=actor):
            return gettext("On record: never made. It does not count against the limits any more.")
        return gettext("On record: never made. It still counts against the limits, until a supervisor says the same.")

    return _tell(request, contact_id, channel, deed)


def _tell(request: HttpRequest, contact_id: str, channel: str, deed: Callable[[], str]) -> HttpResponse:
    """Do it to a contact of the viewer's own, or as a supervisor, and go back to where it was told from."""
    row = untold.access(request.user, contact_id, channel)
    try:
        told = deed()
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    return onward.after_deed(request, row.case_id)


def _show(
    request: HttpRequest, contact_id: str, point: Revealed | None = None, *, dialled: Dialled | None = None
) -> HttpResponse:
    """The open contact, with its address or how it was dialled: a fragment for HTMX, a page of its own without."""
    context = {
        "call": contacts.one(contact_id),
        "point": point.value if point else "",
        "dialled": dialled,
        "may_tell": True,
        "is_mine": True,
        "outcomes": sentences.spoken_outcomes(),
    }
    template = "console/calls/outcome.html" if request.htmx else "console/calls/open.html"
    return render(request, template, context)


def _back(request: HttpRequest, case_id: str) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRedirect(reverse("case", args=[case_id]))
    return redirect("case", case_id)
