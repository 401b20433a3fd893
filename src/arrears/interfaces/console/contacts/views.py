"""The contact log of a business day, and one contact with its judgements."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import contact_fate, contact_overrule, contact_resolve, keep_transcript, reveal_sealed, wired
from arrears.interfaces.console import actors
from arrears.interfaces.ui import keyset, moment, parts, refusals, sentences
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.cases import queries as cases
from arrears.records.compliance import flags
from arrears.records.compliance import queries as compliance
from arrears.records.contacts import counts, queries, transcripts

PAGE_SIZE = 50


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """One day's contacts; today's unless a day is named."""
    asked = parts.of(request)
    on = asked.day("on") or queries.newest_day() or moment.of(request).business_on
    choices = queries.choices()
    readings = [(queries.WENT_OUT, gettext("Went out")), (queries.HELD, gettext("Held by the gate"))]
    statuses = [*choices["statuses"], *readings]
    status = asked.one_of("status", dict(statuses))
    channel = asked.one_of("channel", dict(choices["channels"]))
    after = cast("tuple[datetime, str] | None", asked.place([datetime, str]))
    rows = queries.log_of_day(request.user, on, status=status, channel=channel, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    verdicts = compliance.verdicts_of_contacts(row.contact_id for row in shown)
    ends = queries.ends_of(row.contact_id for row in shown if row.status in queries.UNDONE)
    context = {
        "on": on,
        "status": status,
        "channel": channel,
        "statuses": statuses,
        "channels": choices["channels"],
        "counts": counts.of_day(on),
        "rows": [_told(row, verdicts.get(row.contact_id, []), ends.get(row.contact_id, "")) for row in shown],
        "later": keyset.pack([shown[-1].planned_for.isoformat(), shown[-1].contact_id])
        if len(rows) > PAGE_SIZE
        else "",
    }
    return render(request, "console/contacts/log.html", context)


@never_cache  # what was opened on it must not come back from a cache
@require_GET
def contact(request: HttpRequest, contact_id: str) -> HttpResponse:
    """One contact: why, to whom, what the gate said each time, and each change of its status."""
    row = queries.access(request.user, contact_id)
    names = actors.names()
    verdicts = compliance.verdicts_of_contacts([contact_id]).get(contact_id, [])
    context = {
        "row": row,
        "is_advised_against": row.is_planned and bool(verdicts) and verdicts[-1].is_held_by_advice(row.overruled),
        "outcome": sentences.outcome(row.outcome) if row.outcome else "",
        "verdicts": verdicts,
        "events": [(event, sentences.actor(event.actor, names)) for event in queries.events_of(contact_id)],
        "labels": {code: queries.status_label(code, row.channel) for code, _ in queries.choices()["statuses"]},
        "by": sentences.actor(row.actor, names),
        "words": sentences.sealed_words(row.words),
        "case_id": row.case_id or cases.newest_of_person(request.user, row.customer_id),
        "reveal_purposes": reveal_sealed.policy().offered(),
        "flags": flags.of_contact(contact_id),
        "is_transcribed": (is_transcribed := transcripts.is_kept(contact_id)),
        "may_transcribe": not is_transcribed and _may_transcribe(request, contact_id),
    }
    return render(request, "console/contacts/contact.html", context)


def _may_transcribe(request: HttpRequest, contact_id: str) -> bool:
    """Is it a call or visit that was made, and one of the viewer's own where that is asked?"""
    try:
        transcripts.access(request.user, contact_id)
    except Refusal:
        return False
    return True


@require_POST
def transcribe(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Keep what was said, word for word; our side of it is screened."""
    try:
        transcripts.access(request.user, contact_id)
        is_flagged = keep_transcript.keep_transcript(
            contact_id=contact_id,
            text=request.POST.get("text", "").replace("\r\n", "\n"),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("contact", contact_id)
    messages.success(request, gettext("The transcript is kept."))
    if is_flagged:
        messages.warning(request, gettext("Something in it was found wanting: the compliance desk will look at it."))
    return redirect("contact", contact_id)


@require_POST
def release(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Let a planned message go that guidance holds, for a reason that stays on record."""
    queries.access(request.user, contact_id)
    try:
        fate = contact_overrule.release(
            contact_id=contact_id,
            overruling=request.POST.get("overruling", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        if fate.what == contact_fate.GOES:
            messages.success(request, gettext("The advice is overruled: it goes out at its time."))
        else:
            messages.warning(request, gettext("The advice is overruled, and on record. The law still holds it back."))
    return redirect("contact", contact_id)


@require_POST
def resolve(request: HttpRequest, contact_id: str) -> HttpResponse:
    """A person says what became of a contact in doubt, having asked the vendor or the borrower."""
    queries.access(request.user, contact_id)
    answer = request.POST.get("was_spoken", "")
    if answer not in {"yes", "no"}:
        messages.error(request, gettext("Say whether it went out."))
        return redirect("contact", contact_id)
    try:
        contact_resolve.settle(
            contact_id=contact_id, was_spoken=answer == "yes", at=moment.of(request).at, actor=moment.actor(request)
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        messages.success(request, gettext("The contact is settled."))
    return redirect("contact", contact_id)


def _told(
    row: queries.ContactRow, verdicts: list[compliance.VerdictRow], end: str
) -> tuple[queries.ContactRow, compliance.VerdictRow | None, str]:
    """A row with the judgement that tells most and the code of its end; a refusal's judgement says its code better."""
    verdict = _telling(verdicts)
    return row, verdict, "" if verdict and row.status == "REFUSED" else end


def _telling(verdicts: list[compliance.VerdictRow]) -> compliance.VerdictRow | None:
    """The newest judgement with a reason: one that was held may have been allowed since, which gives none."""
    return next((verdict for verdict in reversed(verdicts) if verdict.reasons), None)
