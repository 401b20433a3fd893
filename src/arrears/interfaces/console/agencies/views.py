"""From where may the people of each agency come in, who are they, and an end to all of it at once.

The agencies themselves are those of policies/agencies.toml. For administrators.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import agency_doors, late_lists
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, refusals, sentences
from arrears.kernel.errors import Refusal
from arrears.records.placements import queries as placements
from arrears.records.staff import doors


class Door(forms.Form):
    """From where, and whether at all."""

    networks = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        label=_("Networks"),
        help_text=_("One a line, such as 203.0.113.0/24. Without one nobody comes in."),
    )
    is_open = forms.BooleanField(required=False, label=_("People of this agency may sign in"))


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every agency of the list, with its door."""
    on, held = moment.of(request).business_on, placements.live_counts()
    rows = []
    for one in late_lists.lists().agencies.values():
        people = len(doors.people_of(one.code))
        name, placed = sentences.of_texts(one.texts), held.get(one.code, 0)
        rows.append((one.code, name, one.works(on), doors.door(one.code), people, placed))
    context = {"rows": rows, "fault": late_lists.lists().fault}
    return render(request, "console/agencies/list.html", context)


@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, agency: str) -> HttpResponse:
    """One agency's door."""
    known = late_lists.lists().agencies.get(agency)
    if known is None:
        raise Http404("no such agency")
    code = known.code
    now = doors.door(code)
    form = Door(request.POST or None, initial={"networks": "\n".join(now.networks), "is_open": now.is_open})
    if request.method == "POST" and form.is_valid():
        try:
            _put(request, code, networks=form.cleaned_data["networks"].split(), is_open=form.cleaned_data["is_open"])
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, gettext("The change is saved."))
            return redirect("agency", code)
    context = {
        "code": code,
        "name": sentences.of_texts(known.texts),
        "works": known.works(moment.of(request).business_on),
        "form": form,
        "door": now,
        "people": doors.people_of(code),
        "history": history.of([f"agency:{code}"]),
    }
    return render(request, "console/agencies/door.html", context)


@require_POST
def end(request: HttpRequest, agency: str) -> HttpResponse:
    """Shut the door and sign everybody of the agency out."""
    ended = _put(request, agency, networks=doors.door(agency).networks, is_open=False)
    told = ngettext(
        "The agency's access has ended; %(count)d session with it.",
        "The agency's access has ended; %(count)d sessions with it.",
        ended,
    )
    messages.success(request, told % {"count": ended})
    return redirect("agency", agency)


def _put(request: HttpRequest, code: str, *, networks: list[str] | tuple[str, ...], is_open: bool) -> int:
    at, actor = moment.of(request).at, moment.actor(request)
    return agency_doors.put(agency=code, networks=networks, is_open=is_open, at=at, actor=actor)


def name_of(code: str) -> str:
    """The name of an agency, or its code when the list knows it no longer."""
    agency = late_lists.lists().agencies.get(code)
    return sentences.of_texts(agency.texts) if agency else code
