"""Webhooks: which addresses are told of what, a new one, a new secret, an end; and what became of each delivery.

For administrators. A secret is in the answer to the form that made it and nowhere else. Which addresses are refused is
decided in `channels.webhook_http.address`, here and again at each delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import webhook_register
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import moment, partner_words, refusals
from arrears.kernel.errors import Refusal
from arrears.records.webhooks import operations, queries

#: A notice that has waited this long has met no worker, or an address that does not answer.
WAITED_LONG = timedelta(minutes=5)


class NewEndpoint(forms.Form):
    """An address to tell; no kind chosen means every kind."""

    url = forms.CharField(max_length=400, label=_("Address"))
    kinds = forms.MultipleChoiceField(
        choices=lambda: [(kind, partner_words.notice(kind)) for kind in operations.KINDS],
        required=False,
        label=_("Told of (none chosen: everything)"),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Every address; POST adds one and shows its secret this once."""
    form, made = NewEndpoint(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            asked, now = form.cleaned_data, moment.of(request)
            webhook_register.must_be_welcome(asked["url"], private_addresses=settings.WEBHOOKS_PRIVATE)
            made = webhook_register.register_webhook(**asked, at=now.at, actor=moment.actor(request))
            form = NewEndpoint()
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
    rows = [(row, [partner_words.notice(kind) for kind in row.kinds]) for row in queries.endpoints()]
    waiting, oldest = queries.waiting()
    is_late = oldest is not None and moment.of(request).at - oldest > WAITED_LONG
    context = {"form": form, "made": made, "rows": rows, "waiting": waiting if is_late else 0, "oldest": oldest}
    return render(request, "console/webhooks/list.html", context)


@require_GET
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One address and its latest deliveries."""
    return _page(request, endpoint_id)


@never_cache
@require_POST
def address(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """The whole address in the answer, on record: its path and query may hold a secret of the partner's."""
    now = moment.of(request).at
    try:
        whole = operations.show_address(endpoint_id=endpoint_id, at=now, actor=moment.actor(request))
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("webhooks")
    return _page(request, endpoint_id, whole=whole)


@never_cache
@require_POST
def rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, shown this once in the answer."""
    try:
        made = operations.rotate(endpoint_id=endpoint_id, at=moment.of(request).at, actor=moment.actor(request))
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("webhooks")
    return _page(request, endpoint_id, secret=made.secret)


@require_POST
def disable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Tell an address nothing any more."""
    return _do(request, operations.remove, gettext("This address is told nothing any more."), endpoint_id)


@require_POST
def enable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Tell an address again."""
    return _do(request, operations.restore, gettext("This address is told again, from now on."), endpoint_id)


@require_POST
def redeliver(request: HttpRequest, endpoint_id: int, delivery_id: str) -> HttpResponse:
    """Send one notice again."""
    again = partial(operations.redeliver, delivery_id=delivery_id)
    return _do(request, again, gettext("The worker sends this notice again."), endpoint_id)


def _do(request: HttpRequest, deed: Callable[..., None], told: str, endpoint_id: int) -> HttpResponse:
    try:
        deed(endpoint_id=endpoint_id, at=moment.of(request).at, actor=moment.actor(request))
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, told)
    return redirect("webhook", endpoint_id)


def _page(request: HttpRequest, endpoint_id: int, *, secret: str = "", whole: str = "") -> HttpResponse:
    row = queries.endpoint(endpoint_id)
    if row is None:
        raise Http404("no such endpoint")
    context = {
        "row": row,
        "kinds": [partner_words.notice(kind) for kind in row.kinds],
        "deliveries": [
            (one, partner_words.notice(one.kind), partner_words.answer(one.last_answer))
            for one in queries.deliveries(endpoint_id)
        ],
        "secret": secret,
        "whole": whole,
        "history": history.of([f"webhook:{endpoint_id}"]),
    }
    return render(request, "console/webhooks/endpoint.html", context)
