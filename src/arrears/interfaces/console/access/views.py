"""Sign in, sign out, choose a language, say whether the service lives. Open to those who are not signed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import sign_in as entering
from arrears.interfaces.ui import address, menu, moment, refusals, seats, sentences
from arrears.interfaces.ui.onward import asked, is_ours
from arrears.kernel.clock import SystemClock
from arrears.kernel.errors import Refusal
from arrears.records.runs import queries as runs
from arrears.records.staff import operations as staff

LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600
#: Where a session keeps who gave the right password, and how long the code may take.
PENDING, PENDING_SECONDS = "pending", 300


class Entry(forms.Form):
    """User name and password."""

    username = forms.CharField(max_length=150)
    password = forms.CharField(max_length=200, strip=False)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a successful sign-in opens the page that was asked for, in the person's language."""
    onward = asked(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_safe(request, onward))
    form = Entry(request.POST or None)
    if request.method == "POST" and form.is_valid():
        whence, at = address.of(request), SystemClock().now()
        try:
            user = entering.by_password(**form.cleaned_data, address=whence, on=moment.of(request).business_on, at=at)
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            if not user.second_factor_since:
                return _enter(request, user, onward=onward, is_proved=False)
            request.session.cycle_key()
            request.session[PENDING] = {"user": user.pk, "at": int(at.timestamp()), "next": onward}
            return redirect("sign-in-code")
    return render(request, "pages/sign_in.html", {"form": form, "next": onward})


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the second factor, of whoever gave the right password a moment ago."""
    pending, at = request.session.get(PENDING), SystemClock().now()
    if request.user.is_authenticated or not pending or at.timestamp() - pending["at"] > PENDING_SECONDS:
        request.session.pop(PENDING, None)
        return redirect("sign-in")
    error = ""
    if request.method == "POST":
        code = request.POST.get("code", "")[:64]
        try:
            user = entering.by_code(user_id=pending["user"], code=code, address=address.of(request), at=at)
        except Refusal as refusal:
            error = refusals.sentence(refusal)
        else:
            return _enter(request, user, onward=pending["next"], is_proved=True)
    return render(request, "pages/sign_in_code.html", {"error": error})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("sign-in")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read on in another language; remembered for the person, or for the browser of a stranger."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "")))
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        staff.choose_language(user_id=request.user.pk, language=language)
    return _in_language(response, language)


@require_GET
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Alive, the books answer, and how far they have come."""
    reached = runs.newest_done_on()
    return JsonResponse({"status": "ok", "books_as_of": reached.isoformat() if reached else None})


def _enter(request: HttpRequest, user: Any, *, onward: str, is_proved: bool) -> HttpResponse:
    """Open a session under a new key, in which nothing of the stranger's is left."""
    request.session.flush()
    auth.login(request, user)
    seats.take(request, is_proved=is_proved)
    changes = entering.entered(user_id=user.pk, is_proved=is_proved, at=SystemClock().now())
    if changes:
        _tell(request, user, changes)
    return _in_language(HttpResponseRedirect(_safe(request, onward)), user.language)


def _tell(request: HttpRequest, user: Any, changes: list[str]) -> None:
    """What was done to the account meanwhile, in the language that is read from here on."""
    with translation.override(user.language):
        done = "; ".join(sentences.event(kind) for kind in changes)
        told = gettext("Since you last signed in: %(done)s. If you know nothing of it, tell an administrator at once.")
        messages.warning(request, f"{told % {'done': done}} {gettext('Your account page shows when, and by whom.')}")


def _safe(request: HttpRequest, onward: str) -> str:
    """Where to go on: what was asked for if it is ours, else the first page of the role.

    The bare address asks for nothing: it is the overview, which not every role may see.
    """
    role = request.user.role if request.user.is_authenticated else ""
    return onward if onward != "/" and is_ours(request, onward) else menu.home(role)


def _in_language(response: HttpResponseRedirect, language: str) -> HttpResponseRedirect:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
    return response
