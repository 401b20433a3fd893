"""The gate's log: each judgement with its reasons and sources, whether or not the contact went out."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arrears.interfaces.ui import keyset
from arrears.records.compliance import queries

PAGE_SIZE = 50
ANSWERS = {"yes": True, "no": False}


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """The newest judgements, by answer, phase and customer."""
    answer = request.GET.get("allowed", "")
    phase = request.GET.get("phase", "")
    phase = phase if phase in dict(queries.phases()) else ""
    customer_id = request.GET.get("customer", "").strip()[:64]
    rows = queries.latest_verdicts(
        allowed=ANSWERS.get(answer),
        phase=phase,
        customer_id=customer_id,
        before=_place(request.GET.get("after", "")),
        size=PAGE_SIZE,
    )
    shown = rows[:PAGE_SIZE]
    context = {
        "rows": shown,
        "answer": answer if answer in ANSWERS else "",
        "phase": phase,
        "phases": queries.phases(),
        "customer_id": customer_id,
        "later": keyset.pack([shown[-1].at.isoformat(), shown[-1].verdict_id]) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/verdicts/log.html", context)


def _place(cursor: str) -> tuple[datetime, int] | None:
    return cast("tuple[datetime, int] | None", keyset.unpack(cursor, [datetime, int])) if cursor else None
