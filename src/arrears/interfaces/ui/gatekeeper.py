"""The door: asks the permission table before any view runs. Strangers go to sign-in, the wrong role gets a 403 page.

So do sessions that have run out; whoever owes a password of their own or a second factor is sent to choose it first,
whoever is about to change what matters gives the password again, and people of an agency are shown out as soon as their
door is shut or they ask from elsewhere. An address or a form with a NUL in it, which no browser sends and no database
holds, is turned away.

Middleware of `config.settings`. It knows nothing of single cases; `records.cases.queries` checks those, and
what they do not show is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from arrears.interfaces.ui import permissions, seats
from arrears.kernel.errors import NotFound

log = structlog.get_logger(__name__)


class PermissionGate:
    """Runs `permissions.may` on the resolved URL name, for every address of the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        assert match is not None, "process_view runs after the address is resolved"
        if any(name.split("-")[0] in permissions.KEYED_NAMESPACES for name in match.namespaces):
            return None
        url_name = match.url_name or ""
        if permissions.is_public(url_name):
            return None
        if any("\0" in text for text in _given(request)):
            raise BadRequest("a NUL is no part of any text")
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if seats.is_over(request) or seats.is_unproved(request) or seats.is_outside(request):
            auth.logout(request)
            return _to_sign_in(request)
        owed = seats.owes(request.user)
        if owed and not seats.may_wait(owed, url_name):
            return _elsewhere(request, reverse(owed))
        if permissions.may(request.user.role, url_name):
            return _confirmed(request, url_name)
        log.warning("access.forbidden", user=request.user.pk, role=request.user.role, page=url_name)
        return render(request, "pages/forbidden.html", status=403)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """What is not there, or not theirs to see, is a page that is not there; no view says so by itself."""
        if isinstance(exception, NotFound):
            raise Http404(str(exception)) from exception


def _given(request: HttpRequest) -> Iterator[str]:
    """All that the request says in its address and its form."""
    yield request.path_info
    for asked in (request.GET, request.POST):
        for name, values in asked.lists():
            yield name
            yield from values


def _confirmed(request: HttpRequest, url_name: str) -> HttpResponse | None:
    """Nothing, when the change may be made now; else the way to the password, and back to the page of the form."""
    if request.method != "POST" or url_name not in permissions.FRESH or seats.is_fresh(request):
        return None
    form = urlsplit(request.headers.get("Referer", ""))
    onward = urlencode({"next": form.path}) if form.netloc == request.get_host() else ""
    return _elsewhere(request, f"{reverse('account-confirm')}?{onward}")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _elsewhere(request, reverse("sign-in"))
    return redirect_to_login(request.get_full_path(), reverse("sign-in"))


def _elsewhere(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
