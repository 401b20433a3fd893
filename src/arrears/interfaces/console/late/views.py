"""The late steps of a case: place it with an agency, take it back, record what the lawyers did or that it was wrong.

Each form is a page of its own; a refusal is told on it, with what was entered.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from arrears.actions import late_lists, place_with_agency, take_legal_step
from arrears.interfaces.console import fields
from arrears.interfaces.console.late import forms, standing
from arrears.interfaces.ui import moment, refusals
from arrears.kernel import money
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases
from arrears.records.placements import queries as placements
from arrears.rules import cases as machines


@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, case_id: str) -> HttpResponse:
    """Place the case with an agency."""
    card, now = cases.access(request.user, case_id), moment.of(request)
    refused = ""
    if request.method == "POST":
        try:
            wish = forms.placement(request.POST, currency=card.row.currency)
            is_new = place_with_agency.place(
                case_id=card.case_id, wish=wish, as_of=now.business_on, at=now.at, actor=moment.actor(request)
            )
        except Refusal as refusal:
            refused = refusals.sentence(refusal)
        else:
            told = gettext("The case is with the agency.") if is_new else _twice()
            messages.success(request, told)
            return redirect("case", case_id)
    late = standing.of_case(request.user, card)
    owed = money.format_minor(card.row.outstanding_minor, card.row.currency)
    context = {
        "card": card,
        "refused": refused,
        "entered": _entered(request, {"amount": owed, "on": now.business_on.isoformat()}),
        "agencies": standing.agencies(on=now.business_on),
        "live": late.live,
        "fault": late.fault,
        "is_late": card.is_open and card.row.stage in machines.LATE_STAGES,
        "today": now.business_on.isoformat(),
    }
    return render(request, "console/late/placement.html", context)


@require_POST
def end_placement(request: HttpRequest, case_id: str, placement_id: str) -> HttpResponse:
    """The agency has the case no longer."""
    card, now = cases.access(request.user, case_id), moment.of(request)
    if placement_id not in {row.placement_id for row in placements.of_case(card.case_id)}:
        raise Http404(placement_id)
    try:
        place_with_agency.end(
            placement_id=placement_id,
            reason=request.POST.get("reason", ""),
            ended_on=fields.day(request.POST, "on"),
            note=request.POST.get("note", "").strip()[: forms.NOTE_MAX],
            as_of=now.business_on,
            at=now.at,
            actor=moment.actor(request),
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The case is with the agency no longer."))
    return redirect("case", case_id)


@require_http_methods(["GET", "POST"])
def legal_step(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put a legal step on record."""
    card, now = cases.access(request.user, case_id), moment.of(request)
    refused = ""
    if request.method == "POST":
        try:
            wish = forms.legal_step(request.POST, currency=card.row.currency)
            is_new = take_legal_step.take(
                case_id=card.case_id, wish=wish, as_of=now.business_on, at=now.at, actor=moment.actor(request)
            )
        except Refusal as refusal:
            refused = refusals.sentence(refusal)
        else:
            messages.success(request, gettext("The legal step is on record.") if is_new else _twice())
            return redirect("case", case_id)
    lists = late_lists.lists()
    context = {
        "card": card,
        "refused": refused,
        "entered": _entered(request, {"on": now.business_on.isoformat()}),
        "taken": standing.of_case(request.user, card).taken,
        "kinds": lists.steps.values(),
        "fault": lists.fault,
        "is_late": card.row.stage in machines.LATE_STAGES,
        "today": now.business_on.isoformat(),
    }
    return render(request, "console/late/legal_step.html", context)


@require_POST
def take_back(request: HttpRequest, case_id: str, step_id: str) -> HttpResponse:
    """A legal step was recorded by mistake."""
    card, now = cases.access(request.user, case_id), moment.of(request)
    try:
        take_legal_step.take_back(
            case_id=card.case_id,
            step_id=step_id,
            reason=request.POST.get("reason", "").strip()[: forms.NOTE_MAX],
            at=now.at,
            actor=moment.actor(request),
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The legal step is taken back: it stays in the story, with your reason."))
    return redirect("case", case_id)


def _entered(request: HttpRequest, at_first: dict[str, str]) -> dict[str, str]:
    """What the form shows: what was entered, or at first what is likely; and the identifier of what it will record."""
    if request.method == "POST":
        return request.POST.dict()
    return at_first | {"id": fields.new_id()}


def _twice() -> str:
    return gettext("This was on record already; nothing was put on record twice.")
