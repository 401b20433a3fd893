"""The second factor of one's own account: set it up with a QR code, make recovery codes anew, take it away.

Recovery codes stand in the answer to the form that made them and nowhere else.
"""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from arrears.actions import sign_in
from arrears.interfaces.ui import address, refusals, seats
from arrears.kernel.clock import SystemClock
from arrears.kernel.errors import Refusal
from arrears.records.signin import factors
from arrears.records.signin.sessions import PROVED

QR_BORDER, SECRET_GROUP = 4, 4


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """What a second factor is; POST makes a secret, whose QR code then stands here until it is confirmed."""
    if request.method == "POST":
        if not request.user.second_factor_since:  # type: ignore[union-attr]
            factors.begin(user_id=request.user.pk, at=SystemClock().now())
        return redirect("account-factor")
    return _page(request)


@never_cache
@sensitive_post_parameters("code")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The app's first code; from now on it is asked for at sign-in, and was given in this session."""
    key = request.session.session_key or ""
    try:
        made = sign_in.enrol(**_given(request), session_key=key)
    except Refusal as refusal:
        return _page(request, error=refusals.sentence(refusal))
    request.user.refresh_from_db()
    request.session[PROVED] = True
    return _page(request, made=made)


@never_cache
@sensitive_post_parameters("code")
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Recovery codes instead of those before."""
    try:
        made = sign_in.new_recovery_codes(**_given(request))
    except Refusal as refusal:
        return _page(request, error=refusals.sentence(refusal))
    return _page(request, made=made)


@sensitive_post_parameters("code")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take it away, for a code; a role that must have one is asked to set it up again."""
    try:
        sign_in.give_up_factor(**_given(request))
    except Refusal as refusal:
        return _page(request, error=refusals.sentence(refusal))
    messages.success(request, gettext("The second factor is taken away."))
    return redirect("account")


def _given(request: HttpRequest) -> dict[str, Any]:
    code = request.POST.get("code", "")[:64]
    return {"user_id": request.user.pk, "code": code, "address": address.of(request), "at": SystemClock().now()}


def _page(request: HttpRequest, *, error: str = "", made: list[str] | None = None) -> HttpResponse:
    user = request.user
    shown = factors.unconfirmed(user.pk, username=user.get_username())
    context: dict[str, Any] = {"error": error, "made": made, "codes_left": factors.codes_left(user.pk)}
    context["owed_factor"] = seats.owes(user) == "account-factor"
    if shown:
        uri, secret = shown
        context |= {"qr": _qr(uri), "secret": " ".join(_groups(secret))}
    return render(request, "console/account/factor.html", context)


def _groups(secret: str) -> list[str]:
    return [secret[at : at + SECRET_GROUP] for at in range(0, len(secret), SECRET_GROUP)]


def _qr(uri: str) -> str:
    """The picture as SVG, which the page's own policy lets through: it holds a path and no script or style."""
    drawn = segno.make(uri, error="m", micro=False).svg_inline(
        omitsize=True, border=QR_BORDER, dark="#000", light="#fff", title=gettext("QR code for your authenticator app")
    )
    return mark_safe(drawn)  # noqa: S308 made here of our own secret  # nosec B703 segno escapes the title
