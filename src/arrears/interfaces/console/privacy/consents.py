"""The register of consents by purpose: given and withdrawn when, how proven, by which notice; and taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import take_back_consent
from arrears.interfaces.console import actors
from arrears.interfaces.console.privacy import forms
from arrears.interfaces.ui import gate_words, keyset, moment, parts, refusals, sentences
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.compliance import consents
from arrears.rules.compliance import facts

PAGE_SIZE = 40


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Consents, the newest first, narrowed to a purpose, to those that hold, or to those withdrawn."""
    asked = parts.of(request)
    purpose = asked.one_of("purpose", facts.CONSENTS)
    which = asked.one_of("which", ("HOLDING", "WITHDRAWN", "ANY"), otherwise="HOLDING")
    rows = consents.page(
        purpose=purpose,
        which="" if which == "ANY" else which,
        customer_ids=None,
        after=cast("consents.Place | None", asked.place([datetime, str])),
        size=PAGE_SIZE,
    )
    shown, names = rows[:PAGE_SIZE], actors.names()
    last = shown[-1] if len(rows) > PAGE_SIZE else None
    context = {
        "rows": [told(row, names) for row in shown],
        "purposes": gate_words.choices(gate_words.CONSENTS, facts.CONSENTS),
        "purpose": purpose,
        "which": which,
        "counts": consents.counts(),
        "later": keyset.pack([last.given_at.isoformat(), last.consent_id]) if last else "",
    }
    return render(request, "console/privacy/consents.html", context)


def told(row: consents.ConsentRow, names: dict[str, str]) -> dict[str, object]:
    """A consent in words, with who put it on record and who took it back."""
    return {
        "consent": row,
        "purpose": sentences.said(gate_words.CONSENTS, row.purpose),
        "by": sentences.actor(row.recorded_by, names),
        "withdrawn_by": sentences.actor(row.withdrawn_by, names) if row.withdrawn_by else "",
    }


@require_POST
def withdraw(request: HttpRequest, consent_id: str) -> HttpResponse:
    """The person takes it back: from now on the gate judges without it."""
    customer_id = request.POST.get("customer_id", "")
    try:
        take_back_consent.take_back(
            consent_id=consent_id,
            note=forms.note(request.POST),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The consent is withdrawn. The gate judges without it from now on."))
    return redirect("privacy-person", customer_id) if customer_id else redirect("consents")
