"""Teams: who is in one, and which regions' new cases come to it. For administrators.

Agents and supervisors see the cases of their teams and those of no team; `rules.reach` says so.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from arrears.actions import manage_teams
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import Refusal
from arrears.records.staff import teams


class Change(forms.Form):
    """What may change about a team."""

    name = forms.CharField(max_length=80, label=_("Team name"))
    regions = forms.CharField(
        max_length=600,
        required=False,
        widget=forms.Textarea,
        label=_("Regions"),
        help_text=_("Region codes such as CN-31: the night gives new cases of people who live there to this team."),
    )
    members = forms.TypedMultipleChoiceField(
        choices=lambda: teams.may_join(), coerce=int, required=False, label=_("Members")
    )

    def clean_regions(self) -> list[str]:
        """The codes, each once."""
        return list(dict.fromkeys(self.cleaned_data["regions"].replace(",", " ").upper().split()))


class New(Change):
    """A new team has a code of its own, which never changes."""

    code = forms.CharField(max_length=16, label=_("Code"), help_text=_("Capital letters, digits and _."))
    field_order = ("code", "name")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every team."""
    rows = teams.all_teams()
    context = {"teams": rows, "history": history.of([f"team:{row.code}" for row in rows])}
    return render(request, "console/teams/list.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new team."""
    return _answer(request, New(request.POST or None), code="")


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, code: str) -> HttpResponse:
    """Change a team's name, regions and members."""
    row = next((one for one in teams.all_teams() if one.code == code), None)
    if row is None:
        raise Http404("no such team")
    first = {"name": row.name, "regions": " ".join(row.regions), "members": sorted(teams.members_of(code))}
    return _answer(request, Change(request.POST or None, initial=first), code=code)


def _answer(request: HttpRequest, form: Change, *, code: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = {"code": code, **form.cleaned_data}
        try:
            manage_teams.put(**given, at=moment.of(request).at, actor=moment.actor(request), is_new=not code)
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, gettext("The change is saved."))
            return redirect("teams")
    return render(request, "console/teams/form.html", {"form": form, "code": code})
