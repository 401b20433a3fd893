"""API keys of partners: which there are, a new one, a second pair of eyes on it, an end to one. For administrators.

The secret of a new key is in the answer to the form that made it and nowhere else: not stored, not cached, not in a
session.
"""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from arrears.interfaces.console import actors
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import Refusal
from arrears.records.apikeys import operations, queries
from arrears.records.staff import teams

#: What each scope lets a partner do.
SCOPES = {
    "cases:read": _("Read cases"),
    "complaints:read": _("Read complaints and their answers"),
    "complaints:write": _("Take complaints in"),
    "contacts:read": _("Read contacts"),
    "payments:write": _("Post and reverse payments"),
    "stops:write": _("Stop contact with a person"),
    "webhooks:write": _("Register and remove webhooks"),
}


class NewKey(forms.Form):
    """A key for one partner's program."""

    name = forms.CharField(max_length=80, label=_("Program"))
    scopes = forms.MultipleChoiceField(
        choices=[(scope, SCOPES.get(scope, scope)) for scope in operations.SCOPES], label=_("It may")
    )
    teams = forms.MultipleChoiceField(
        choices=lambda: list(teams.names().items()), required=False, label=_("Only cases of these teams")
    )


@never_cache
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Every key; POST makes one and shows its secret this once."""
    form, issued = NewKey(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            issued = operations.issue(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                teams=form.cleaned_data["teams"],
                at=moment.of(request).at,
                actor=moment.actor(request),
            )
            form = NewKey()
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
    keys = queries.all_keys()
    context = {"form": form, "issued": issued, "keys": keys, "scopes": SCOPES, "teams": teams.names()}
    context |= {"me": moment.actor(request), "names": actors.names()}
    context["history"] = history.of([f"api:{key.key_id}" for key in keys])
    return render(request, "console/keys/list.html", context)


@require_POST
def confirm(request: HttpRequest, prefix: str) -> HttpResponse:
    """Let a key open what it may, which another administrator made."""
    return _do(request, operations.confirm, gettext("The key opens what it may from now on."), prefix)


@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a key at once."""
    return _do(request, operations.revoke, gettext("The key opens nothing any more."), prefix)


def _do(request: HttpRequest, deed: Callable[..., None], told: str, prefix: str) -> HttpResponse:
    try:
        deed(prefix=prefix, at=moment.of(request).at, actor=moment.actor(request))
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    return redirect("keys")
