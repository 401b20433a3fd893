"""Legal holds: those that stand, those to be decided by a second person, and those that were lifted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from arrears.interfaces.console import actors
from arrears.interfaces.console.privacy import forms
from arrears.interfaces.ui import moment, refusals, sentences
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.rights import holds, queries

#: So many are shown; who is looked for is found at the desk.
SHOWN_MAX = 200


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Holds that stand, those to be decided first; or those that were lifted."""
    which = "LIFTED" if request.GET.get("which") == "LIFTED" else "STANDING"
    rows, names = queries.holds(stand=which == "STANDING", limit=SHOWN_MAX), actors.names()
    context = {
        "which": which,
        "rows": [told(row, names, request) for row in rows],
        "counts": queries.hold_counts(),
    }
    return render(request, "console/privacy/holds.html", context)


def told(row: queries.HoldRow, names: dict[str, str], request: HttpRequest) -> dict[str, object]:
    """A hold with who did what; whether the viewer asked for the lifting themself."""
    return {
        "hold": row,
        "set_by": sentences.actor(row.set_by, names),
        "asked_by": sentences.actor(row.asked_by, names) if row.asked_by else "",
        "lifted_by": sentences.actor(row.lifted_by, names) if row.lifted_by else "",
        "is_mine": row.asked_by == moment.actor(request),
    }


@require_POST
def ask(request: HttpRequest, hold_id: str) -> HttpResponse:
    """Ask for a hold to be lifted."""

    def deed(at: datetime, actor: str) -> str:
        holds.ask(hold_id=hold_id, note=forms.note(request.POST), at=at, actor=actor)
        return gettext("A second person decides now whether the hold is lifted.")

    return _do(request, deed)


@require_POST
def lift(request: HttpRequest, hold_id: str) -> HttpResponse:
    """Lift it, as the second person."""

    def deed(at: datetime, actor: str) -> str:
        holds.lift(hold_id=hold_id, at=at, actor=actor)
        return gettext("The legal hold is lifted: what is due may be deleted again.")

    return _do(request, deed)


@require_POST
def keep(request: HttpRequest, hold_id: str) -> HttpResponse:
    """It goes on."""

    def deed(at: datetime, actor: str) -> str:
        holds.keep(hold_id=hold_id, at=at, actor=actor)
        return gettext("The legal hold goes on.")

    return _do(request, deed)


def _do(request: HttpRequest, deed: Callable[[datetime, str], str]) -> HttpResponse:
    try:
        messages.success(request, deed(moment.of(request).at, moment.actor(request)))
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except Refusal as refusal:
        refusals.tell(request, refusal)
    return redirect("legal-holds")
