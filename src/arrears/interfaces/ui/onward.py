"""Where does a person go after a deed? Back to the page of ours that the form came from, otherwise to the case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from arrears.interfaces.ui import parts

#: No address of ours is longer.
NEXT_CHARS = 2_000


def asked(request: HttpRequest) -> str:
    """Where a form or its address says to go on to."""
    return request.POST.get("next") or parts.of(request).text("next", longest=NEXT_CHARS)


def is_ours(request: HttpRequest, onward: str) -> bool:
    """Is an address a path of this site, from its root?"""
    hosts = {request.get_host()}
    return onward.startswith("/") and url_has_allowed_host_and_scheme(
        onward, allowed_hosts=hosts, require_https=request.is_secure()
    )


def after_deed(request: HttpRequest, case_id: str) -> HttpResponse:
    """The answer to a form whose `next` may name the page it came from."""
    onward = request.POST.get("next", "")
    if is_ours(request, onward):
        return HttpResponseRedirect(onward)
    return redirect("case", case_id)
