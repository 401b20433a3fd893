"""The queue of quality checks: words of ours that were found wanting, opened for the record, decided by a person.

The list and the page of a record tell what was found and by which rule. The words themselves stay sealed: they are in
the answer to the post that opens them, which leaves its audit row, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import decide_flag, reveal_sealed, screen_words, words_in_force
from arrears.interfaces.console import actors
from arrears.interfaces.ui import keyset, moment, parts, refusals, sentences, speech_words
from arrears.kernel.errors import NotFound, Refusal
from arrears.records.cases import scope
from arrears.records.compliance import flags
from arrears.records.compliance.flags import FlagRow

PAGE_SIZE = 30
#: What the words of a flagged record are, as `reveal_sealed` knows them, where it has another word.
SEALED = {screen_words.NOTE: reveal_sealed.WORDS}
PURPOSE = "QUALITY"


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Flagged records of a status, and of one label when it is named."""
    statuses, asked = flags.statuses(), parts.of(request)
    status = asked.one_of("status", dict(statuses), otherwise=statuses[0][0])
    label = asked.one_of("label", speech_words.LABELS)
    after = cast("flags.Place | None", asked.place([int, datetime, str]))
    rows = flags.queue(status, within=_seen(request), label=label, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    names, policies = actors.names(), words_in_force.speech().folder
    sizes = flags.sizes()
    context = {
        "tabs": [(code, title, sizes[code]) for code, title in statuses],
        "status": status,
        "label": label,
        "labels": [(code, str(title)) for code, title in speech_words.LABELS.items()],
        "rows": [
            (row, speech_words.told(row.findings, policies=policies), sentences.actor(row.actor, names))
            for row in shown
        ],
        "faults": words_in_force.faults(),
        "later": keyset.pack(flags.place_of(shown[-1])) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/quality/queue.html", context)


@never_cache
@require_GET
def flag(request: HttpRequest, flag_id: str) -> HttpResponse:
    """What was found in one record; its words are sealed until they are opened."""
    return _page(request, _access(request, flag_id), opened=None)


@never_cache
@require_POST
def open_words(request: HttpRequest, flag_id: str) -> HttpResponse:
    """The words with what was found marked in them: a fragment for HTMX, the whole page without."""
    row = _access(request, flag_id)
    try:
        opened = reveal_sealed.reveal(
            viewer=request.user,
            case_id=row.case_id,
            what=SEALED.get(row.said, row.said),
            subject_id=row.subject_id,
            purpose=PURPOSE,
            reason="",
            at=moment.of(request).at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        if request.htmx:
            return render(request, "console/quality/words.html", {"refusal": refusals.sentence(refusal)})
        refusals.tell(request, refusal)
        return redirect("quality-flag", flag_id)
    return _page(request, row, opened=opened.value)


@require_POST
def decide(request: HttpRequest, flag_id: str) -> HttpResponse:
    """Upheld, or not a violation; with a note."""
    _access(request, flag_id)
    try:
        decide_flag.decide_flag(
            flag_id=flag_id,
            decision=request.POST.get("decision", ""),
            note=request.POST.get("note", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("quality-flag", flag_id)
    messages.success(request, gettext("The decision is on record."))
    return redirect("quality")


def _page(request: HttpRequest, row: FlagRow, *, opened: str | None) -> HttpResponse:
    findings = speech_words.told(row.findings, policies=words_in_force.speech().folder)
    names = actors.names()
    context = {
        "row": row,
        "findings": findings,
        "said_by": sentences.actor(row.actor, names),
        "decided_by": sentences.actor(row.decided_by, names) if row.decided_by else "",
        "segments": None if opened is None else speech_words.marked(opened, findings),
        "decisions": [one for one in flags.statuses() if one[0] != row.status],
    }
    if opened is not None and request.htmx:
        return render(request, "console/quality/words.html", context)
    return render(request, "console/quality/flag.html", context)


def _seen(request: HttpRequest) -> Q:
    return scope.of_people(request.user, "customer_id")


def _access(request: HttpRequest, flag_id: str) -> FlagRow:
    return flags.access(flag_id, within=_seen(request))
