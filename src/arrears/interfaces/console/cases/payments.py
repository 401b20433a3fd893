"""Post a payment that came in outside the API: at the counter, by transfer.

The form stands on the page of the case. What is refused comes back on a page of its own with all that was typed; an
amount beyond what is owed, and money that is posted already, is asked about first; only what was asked about is taken.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from arrears.actions import take_payment
from arrears.interfaces.console.cases import forms
from arrears.interfaces.ui import moment, refusals, sentences, typed
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries


@require_POST
def post(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take it, or tell on a page why not."""
    card = queries.access(request.user, case_id)
    try:
        wish = forms.payment(request.POST, currency=card.row.currency, known=queries.account_ids_of(card.case_id))
        messages.success(request, _take(request, card, wish))
    except take_payment.PaidAlike as refusal:
        return _again(request, card, alike=refusal.facts)
    except take_payment.PaidInExcess as refusal:
        return _again(request, card, excess=refusal.facts)
    except Refusal as refusal:
        return _again(request, card, refused=refusals.sentence(refusal))
    return redirect("case", case_id)


def _take(request: HttpRequest, card: queries.CaseCard, wish: forms.PaymentWish) -> str:
    now = moment.of(request)
    taken = take_payment.take_payment(
        payment_id=wish.payment_id,
        account_id=wish.account_id,
        amount_minor=wish.amount_minor,
        currency=card.row.currency,
        paid_on=wish.paid_on,
        channel=wish.channel,
        source="CONSOLE",
        as_of=now.business_on,
        at=now.at,
        actor=moment.actor(request),
        alike_meant=_alike_meant(request, wish),
        excess_is_meant=request.POST.get("meant") == f"{wish.account_id} {wish.amount_minor}",
    )
    if not taken.is_new:
        return gettext("This payment was already posted; nothing was posted twice.")
    amount = ui.money_text(wish.amount_minor, card.row.currency)
    if card.case_id in taken.closed_case_ids:
        return gettext("Posted %(amount)s. The arrears are paid and the case is closed.") % {"amount": amount}
    return gettext("Posted %(amount)s. Planned contacts cancelled: %(cancelled)s.") % {
        "amount": amount,
        "cancelled": taken.contacts_cancelled,
    }


def _alike_meant(request: HttpRequest, wish: forms.PaymentWish) -> int:
    """How many payments like this one were told on the page that was answered."""
    of, _, times = request.POST.get("alike", "").rpartition(" ")
    return typed.number(times) or 0 if of == f"{wish.account_id} {wish.paid_on} {wish.amount_minor}" else 0


def _again(
    request: HttpRequest,
    card: queries.CaseCard,
    *,
    refused: str = "",
    excess: dict[str, object] | None = None,
    alike: dict[str, object] | None = None,
) -> HttpResponse:
    entered = request.POST.dict()
    if not forms.PAYMENT_ID.fullmatch(entered.get("payment_id", "")):
        entered["payment_id"] = forms.new_payment_id()
    answers = {name: entered.get(name) for name in ("meant", "alike")}  # what was answered is asked once
    if excess:
        answers["meant"] = "{account_id} {amount_minor}".format_map(excess)
    if alike:
        answers["alike"] = "{account_id} {paid_on} {amount_minor} {times}".format_map(alike)
    context = {
        "card": card,
        "refused": refused,
        "excess": excess,
        "alike": alike,
        "answers": answers,
        "entered": entered,
        "account_ids": queries.account_ids_of(card.case_id),
        "payment_channels": sentences.payment_channels(),
        "today": moment.of(request).business_on,
    }
    return render(request, "console/cases/payment.html", context)
