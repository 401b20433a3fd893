"""Where does a person go after a deed? Back to the page of ours that the form came from, otherwise to the case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def after_deed(request: HttpRequest, case_id: str) -> HttpResponse:
    """The answer to a form whose `next` may name the page it came from."""
    onward = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        return redirect(onward)
    return redirect("case", case_id)
