"""Take a payment back: a page that says what will be owed again, and the button that does it.

Reached from a payment on the page of a case. GET foresees and writes nothing; POST makes one call below.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from arrears.actions import reverse_payment
from arrears.interfaces.console import fields
from arrears.interfaces.console.cases import forms
from arrears.interfaces.ui import moment, parts, refusals, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries


@require_http_methods(["GET", "POST"])
def reverse(request: HttpRequest, case_id: str) -> HttpResponse:
    """Foresee, ask, do; what cannot be reversed says why, on this page."""
    card = queries.access(request.user, case_id)
    asked = request.POST
    if request.method == "GET":
        here = parts.of(request)
        asked = {name: here.text(name) for name in ("account", "payment")}
    try:
        wish = forms.reversal(asked, known=queries.account_ids_of(card.case_id))
        if request.method == "POST":
            messages.success(request, _reverse(request, card, wish))
            return redirect("case", case_id)
        foreseen = reverse_payment.foresee(
            payment_id=wish.payment_id, account_id=wish.account_id, as_of=moment.of(request).business_on
        )
    except Refusal as refusal:
        return render(request, "console/cases/reversal.html", {"card": card, "refused": refusals.sentence(refusal)})
    context = {
        "card": card,
        "foreseen": foreseen,
        "parts": [(sentences.fact(name), minor) for name, minor in reverse_payment.owed_again(foreseen.parts).items()],
        "by_others": [
            (sentences.fact(name), minor) for name, minor in reverse_payment.settled_by_others(foreseen.parts).items()
        ],
        "surplus_minor": foreseen.amount_minor - sum(foreseen.parts.values()),
        "reasons": sentences.reversal_reasons(),
        "reversal_id": forms.new_payment_id(),
    }
    return render(request, "console/cases/reversal.html", context)


def _reverse(request: HttpRequest, card: queries.CaseCard, wish: forms.ReversalWish) -> str:
    if not wish.reversal_id:
        raise fields.WrongForm(field="reversal_id")
    now = moment.of(request)
    done = reverse_payment.reverse_payment(
        reversal_id=wish.reversal_id,
        payment_id=wish.payment_id,
        account_id=wish.account_id,
        reason=wish.reason,
        source="CONSOLE",
        as_of=now.business_on,
        at=now.at,
        actor=moment.actor(request),
    )
    if not done.is_new:
        return gettext("This payment was already reversed; nothing was reversed twice.")
    owed = sum(done.parts.values())
    return gettext("The payment is reversed: %(amount)s is owed again.") % {
        "amount": ui.money_text(owed, card.row.currency)
    }
