"""Legal holds: those that stand, those to be decided by a second person, and those that were lifted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from arrears.actions import hold_person
from arrears.interfaces.console import actors, deeds
from arrears.interfaces.console.deeds import Asked
from arrears.interfaces.console.privacy import forms
from arrears.interfaces.ui import moment, parts, sentences
from arrears.records.rights import holds, queries

#: So many are shown; who is looked for is found at the desk.
SHOWN_MAX = 200


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Holds that stand, those to be decided first; or those that were lifted."""
    which = parts.of(request).one_of("which", ("STANDING", "LIFTED"), otherwise="STANDING")
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


_deed = deeds.on("legal-holds")


@_deed
def ask(asked: Asked) -> str:
    """Ask for a hold to be lifted."""
    hold_person.ask(**asked.by, note=forms.note(asked.given))
    return gettext("A second person decides now whether the hold is lifted.")


@_deed
def lift(asked: Asked) -> str:
    """Lift it, as the second person."""
    holds.lift(**asked.by)
    return gettext("The legal hold is lifted: what is due may be deleted again.")


@_deed
def keep(asked: Asked) -> str:
    """It goes on."""
    holds.keep(**asked.by)
    return gettext("The legal hold goes on.")
