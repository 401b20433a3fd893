"""The staff list: who works here, in which role; add somebody, change a role, close a door. For administrators."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import grant_role, late_lists, manage_staff, sign_in
from arrears.interfaces.console import actors
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, refusals, sentences
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.staff import grants, queries, teams

#: What a second administrator sees of somebody's sign-in, and how many such deeds.
OF_SIGN_IN = (
    "staff.added",
    "staff.password_set",
    "access.password_changed",
    "access.factor_added",
    "access.factor_removed",
)
SIGN_IN_SHOWN = 4


def _agencies() -> list[tuple[str, str]]:
    found = late_lists.lists().agencies.values()
    named = [(one.code, sentences.of_texts(one.texts)) for one in found]
    return [("", gettext("None: one of us")), *named]


class Entrance(forms.Form):
    """A new colleague."""

    username = forms.RegexField(r"^[\w.@+-]+$", max_length=80, label=_("User name"))
    display_name = forms.CharField(max_length=80, label=_("Name colleagues see"))
    role = forms.ChoiceField(choices=queries.roles, label=_("Role"))
    agency = forms.ChoiceField(choices=_agencies, required=False, label=_("Agency, of outside people"))
    language = forms.ChoiceField(choices=queries.languages, label=_("Language"))
    password = forms.CharField(max_length=200, label=_("First password"), strip=False)


class Change(forms.Form):
    """What may change about a colleague."""

    display_name = forms.CharField(max_length=80, label=_("Name colleagues see"))
    role = forms.ChoiceField(choices=queries.roles, label=_("Role"))
    agency = forms.ChoiceField(choices=_agencies, required=False, label=_("Agency, of outside people"))
    is_active = forms.BooleanField(required=False, label=_("May sign in"))
    password = forms.CharField(
        max_length=200, required=False, label=_("New password (leave empty to keep it)"), strip=False
    )


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody."""
    return _listed(request)


def _listed(request: HttpRequest, **handed: object) -> HttpResponse:
    names, me = actors.names(), moment.actor(request)
    theirs = teams.of_members()
    waiting = [
        (row, sentences.actor(row.asked_by, names), _may_grant(row, me), _sign_in(row)) for row in grants.waiting()
    ]
    members = [(member, theirs.get(member.user_id, [])) for member in queries.members()]
    context = {"members": members, "waiting": waiting} | handed
    return render(request, "console/staff/list.html", context)


def _sign_in(row: grants.GrantRow) -> list[history.Line]:
    """Who set this person's password last, and what else came of their sign-in."""
    return history.of_kinds(f"user:{row.user_id}", OF_SIGN_IN, limit=SIGN_IN_SHOWN)


def _may_grant(row: grants.GrantRow, me: str) -> bool:
    return me not in (row.asked_by, f"user:{row.user_id}")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a colleague."""
    form = Entrance(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            is_done = manage_staff.add(**form.cleaned_data, at=moment.of(request).at, actor=moment.actor(request))
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            _tell(request, gettext("The colleague can sign in now."), is_done=is_done, waits=_handed_over())
            return redirect("staff")
    return render(request, "console/staff/form.html", {"form": form, "member": None})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a colleague's name, role, access or password."""
    row = queries.member(user_id)
    if row is None:
        raise Http404("no such member")
    first = {"display_name": row.display_name, "role": row.role, "is_active": row.is_active, "agency": row.agency}
    form = Change(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            is_done = manage_staff.change(
                user_id=user_id, **form.cleaned_data, at=moment.of(request).at, actor=moment.actor(request)
            )
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            _tell(request, gettext("The change is saved."), is_done=is_done, waits=_handed_over())
            return redirect("staff")
    context = {"form": form, "member": row, "is_own": user_id == request.user.pk}
    context |= {"history": history.of([f"user:{user_id}"], without=[sign_in.SIGNED_IN])}
    return render(request, "console/staff/form.html", context)


@never_cache
@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Grant what another administrator asked for, or refuse it; whoever asked may take it back.

    A password that was made by it is shown this once in the answer.
    """
    is_granted, kind = request.POST.get("decision") == "grant", request.POST.get("kind", "ROLE")
    try:
        made = grant_role.decide(
            user_id=user_id, kind=kind, is_granted=is_granted, at=moment.of(request).at, actor=moment.actor(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        told = gettext("It is granted and holds.") if is_granted else gettext("It is not granted.")
        messages.success(request, told)
        if made:
            return _listed(request, made=made, of=queries.member(user_id))
    return redirect("staff")


def _tell(request: HttpRequest, told: str, *, is_done: bool, waits: str) -> None:
    if is_done:
        messages.success(request, told)
    else:
        messages.warning(request, waits)


def _handed_over() -> str:
    return gettext(
        "This takes two: it holds when a second administrator grants it, who then hands over a password made for it."
    )


@require_POST
def remove_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """A colleague lost the telephone and the recovery codes: they sign in with the password and set it up anew."""
    try:
        is_done = manage_staff.remove_factor(user_id=user_id, at=moment.of(request).at, actor=moment.actor(request))
    except NotFound:
        raise
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        waits = gettext("This takes two: it holds when a second administrator grants it.")
        _tell(request, gettext("The second factor is taken away."), is_done=is_done, waits=waits)
    return redirect("staff-member", user_id)
