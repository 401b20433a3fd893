"""The staff list: who works here, in which role; add somebody, change a role, close a door. For administrators."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import manage_staff, sign_in
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import Refusal
from arrears.records.staff import queries


class Entrance(forms.Form):
    """A new colleague."""

    username = forms.RegexField(r"^[\w.@+-]+$", max_length=80, label=_("User name"))
    display_name = forms.CharField(max_length=80, label=_("Name colleagues see"))
    role = forms.ChoiceField(choices=queries.roles, label=_("Role"))
    language = forms.ChoiceField(choices=queries.languages, label=_("Language"))
    password = forms.CharField(max_length=200, label=_("First password"), strip=False)


class Change(forms.Form):
    """What may change about a colleague."""

    display_name = forms.CharField(max_length=80, label=_("Name colleagues see"))
    role = forms.ChoiceField(choices=queries.roles, label=_("Role"))
    is_active = forms.BooleanField(required=False, label=_("May sign in"))
    password = forms.CharField(
        max_length=200, required=False, label=_("New password (leave empty to keep it)"), strip=False
    )


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody."""
    return render(request, "console/staff/list.html", {"members": queries.members()})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a colleague."""
    form = Entrance(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            manage_staff.add(**form.cleaned_data, at=moment.of(request).at, actor=moment.actor(request))
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, gettext("The colleague can sign in now."))
            return redirect("staff")
    return render(request, "console/staff/form.html", {"form": form, "member": None})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a colleague's name, role, access or password."""
    row = queries.member(user_id)
    if row is None:
        raise Http404("no such member")
    first = {"display_name": row.display_name, "role": row.role, "is_active": row.is_active}
    form = Change(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            manage_staff.change(
                user_id=user_id, **form.cleaned_data, at=moment.of(request).at, actor=moment.actor(request)
            )
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, gettext("The change is saved."))
            return redirect("staff")
    context = {"form": form, "member": row, "history": history.of([f"user:{user_id}"])}
    return render(request, "console/staff/form.html", context)


@require_POST
def remove_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """A colleague lost the telephone and the recovery codes: they sign in with the password and set it up anew."""
    if queries.member(user_id) is None:
        raise Http404("no such member")
    if sign_in.remove_factor(user_id=user_id, at=moment.of(request).at, actor=moment.actor(request)):
        messages.success(request, gettext("The second factor is taken away."))
    return redirect("staff-member", user_id)
