"""Take a complaint in: on the page of a case, as somebody tells it; or at the desk, as a regulator sends it on.

The form is a page of its own; a refusal is told on it, with what was entered.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arrears.actions import take_complaint, wired
from arrears.actions.take_complaint import Taken
from arrears.interfaces.console import fields
from arrears.interfaces.console.complaints import forms, people
from arrears.interfaces.ui import moment, permissions, refusals
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases
from arrears.records.cases.queries import CaseCard
from arrears.records.complaints import queries


@never_cache  # what was entered may name people
@require_http_methods(["GET", "POST"])
def of_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Somebody complains about how a case is treated."""
    card = cases.access(request.user, case_id)
    return _form(request, card)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A regulator sends a complaint on, or one comes in writing; whom it concerns may not be known."""
    return _form(request, None)


def _form(request: HttpRequest, card: CaseCard | None) -> HttpResponse:
    refused = ""
    intakes = (*forms.BY_HAND, *((forms.REGULATOR,) if permissions.may(request.user.role, "complaint-new") else ()))
    if request.method == "POST":
        try:
            taken = _take(request, card, intakes)
        except Refusal as refusal:
            refused = refusals.sentence(refusal)
        else:
            messages.success(request, _told(taken))
            if permissions.may(request.user.role, "complaint"):
                return redirect("complaint", taken.complaint_id)
            return redirect("case", card.case_id) if card else redirect("dashboard")
    lists = queries.choices()
    context = {
        "card": card,
        "refused": refused,
        "entered": request.POST.dict() if request.method == "POST" else _at_first(card),
        "intakes": [one for one in lists["intakes"] if one[0] in intakes],
        "may_be_sent_on": forms.REGULATOR in intakes,
        "complainants": lists["complainants"],
        "kinds": lists["kinds"],
        "whom": people.choices(),
        "longest": take_complaint.LONGEST,
    }
    return render(request, "console/complaints/new.html", context)


def _take(request: HttpRequest, card: CaseCard | None, intakes: tuple[str, ...]) -> Taken:
    customer_id = card.row.customer_id if card else request.POST.get("customer_id", "").strip()
    case_id = card.case_id if card else ""
    intake = forms.intake(request.POST, customer_id=customer_id, case_id=case_id, intakes=intakes)
    return take_complaint.take(
        intake=intake, at=moment.of(request).at, actor=moment.actor(request), gate=wired.here().gate
    )


def _at_first(card: CaseCard | None) -> dict[str, str]:
    return {"id": fields.new_id(), "intake": forms.BY_HAND[0] if card else forms.REGULATOR, "complainant": "SELF"}


def _told(taken: Taken) -> str:
    if not taken.is_new:
        return gettext("This was on record already; nothing was put on record twice.")
    told = gettext("The complaint is on record and is answered by %(on)s. Collection rests meanwhile.") % {
        "on": ui.day(taken.answer_due_on)
    }
    if taken.alerted:
        told += " " + gettext(
            "The words show a risk to a life: collection is stopped, and those who may care are told."
        )
    if taken.of_nobody_known:
        told += " " + gettext("The words show a risk to a life, and nobody knows whose: get help for them now.")
    return told
