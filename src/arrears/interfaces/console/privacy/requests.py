"""Requests about one's own data: the list with its clocks, one request, and what can be done to it.

The pages tell no words of anybody: what was asked is in the answer to the post that opens it, which leaves its audit
row. Each deed is one POST and one call below; a refusal is told with what was entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import correct_person, house, reveal_sealed, wired, work_request
from arrears.interfaces.console import actors, clocks, deeds, fields
from arrears.interfaces.console.deeds import Asked
from arrears.interfaces.console.privacy import retention
from arrears.interfaces.ui import gate_words, keyset, moment, parts, refusals, rights_words, scores, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import Refusal
from arrears.records.people import queries as people
from arrears.records.rights import queries
from arrears.records.rights.queries import RequestRow

PAGE_SIZE = 40


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Open requests by what is due first, or those that ended, narrowed to one kind."""
    on, lists = moment.of(request).business_on, queries.request_choices()
    asked = parts.of(request)
    which = asked.one_of("which", (queries.OPEN, queries.ENDED), otherwise=queries.OPEN)
    kind = asked.one_of("kind", dict(lists["kinds"]))
    after = cast("queries.Place | None", asked.place([datetime if which == queries.ENDED else date, str]))
    rows = queries.requests(which=which, kind=kind, after=after, size=PAGE_SIZE)
    shown = rows[:PAGE_SIZE]
    context = {
        "which": which,
        "kind": kind,
        "kinds": lists["kinds"],
        "counts": queries.request_counts(on=on),
        "rows": [(row, clocks.clock(row, on)) for row in shown],
        "later": keyset.pack(queries.place_of(shown[-1])) if len(rows) > PAGE_SIZE else "",
    }
    return render(request, "console/privacy/requests.html", context)


@never_cache
@require_GET
def one(request: HttpRequest, request_id: str) -> HttpResponse:
    """One request: its clock and the law behind it, what stands in its way, and what can be done."""
    return page(request, request_id)


@never_cache
@require_POST
def open_words(request: HttpRequest, request_id: str) -> HttpResponse:
    """What they wrote: a fragment for HTMX, the whole page without."""
    row = queries.access_request(request_id)
    try:
        opened = reveal_sealed.reveal_request(viewer=request.user, request_id=row.request_id, at=moment.of(request).at)
    except Refusal as refusal:
        if request.htmx:
            return render(request, "console/reveals/value.html", {"refusal": refusals.sentence(refusal)})
        refusals.tell(request, refusal)
        return redirect("subject-request", request_id)
    if request.htmx:
        return render(request, "console/reveals/value.html", {"value": opened.value, "is_words": True})
    return page(request, request_id, opened=opened.value)


def page(
    request: HttpRequest,
    request_id: str,
    *,
    entered: Mapping[str, str] | None = None,
    refused: str = "",
    opened: str = "",
) -> HttpResponse:
    """The page of one request; with what was entered and why it was refused, or with words that were opened."""
    row, now, names = queries.access_request(request_id), moment.of(request), actors.names()
    obstacles = _obstacles(row, now.business_on)
    context = {
        "row": row,
        "clock": clocks.clock(row, now.business_on),
        "terms": [_term(term) for term in row.terms],
        "received_by": sentences.actor(row.received_by, names),
        "ended_by": sentences.actor(row.ended_by, names) if row.ended_by else "",
        "may": dict.fromkeys(row.may, True),
        "is_kind": {row.kind: True},
        "why_not": sentences.said(rights_words.WHY_NOT, row.reason) if row.reason else "",
        "kept": [_kept(told) for told in row.result.get("kept", [])],
        "erased": [(retention.kind_said(kind), count) for kind, count in row.result.get("erased", {}).items()],
        "explained": [_explained(told) for told in row.result.get("explained", [])],
        "review": sentences.said(rights_words.REVIEWS, row.result.get("review", "")),
        "explained_by_me": row.result.get("explained_by") == moment.actor(request),
        "choices": queries.request_choices(),
        "points": [point for point in people.points_of(row.customer_id) if point.is_own and not point.invalid_since],
        "channels": [(code, sentences.channel(code)) for code in work_request.CHANNELS],
        "refusals": [(code, str(rights_words.WHY_NOT[code])) for code in work_request.BY_HAND],
        "reviews": list(rights_words.REVIEWS.items()),
        "obstacles": obstacles,
        "is_refused_whole": any(not one["kind"] for one in obstacles),
        "value_max": correct_person.VALUE_MAX,
        "entered": entered or {},
        "refused": refused,
        "opened": opened,
    }
    return render(request, "console/privacy/request.html", context)


def _term(term: Mapping[str, str]) -> dict[str, object]:
    return {
        "on": date.fromisoformat(term["due_on"]),
        "said": sentences.in_language(term["text_zh"], term["text_en"]),
        "rule": term["rule_id"],
        "citation": term["citation"],
        "confidence": sentences.said(gate_words.CONFIDENCES, term["confidence"]),
        "is_unchecked": term["confidence"] in retention.UNCHECKED,
    }


def _kept(told: Mapping[str, str]) -> dict[str, object]:
    return {
        "why": sentences.said(rights_words.WHY_NOT, told["code"]),
        "kind": retention.kind_said(told["kind"]) if told["kind"] else "",
        "until": date.fromisoformat(told["until"]) if told["until"] else None,
        "rule": told["rule"],
        "citation": told["citation"],
    }


def _obstacles(row: RequestRow, on: date) -> list[dict[str, object]]:
    """What stands in the way of a deletion that is asked for, and what it would leave, before it is done."""
    if row.kind != "DELETION" or not row.is_open:
        return []
    found = work_request.obstacles(
        row.customer_id, on=on, place=house.here(), gate=wired.here().gate, request_id=row.request_id
    )
    if all(told.kind for told in found):
        found += work_request.left_in_lake(row.customer_id, place=house.here())
    return [_kept(told.as_dict()) for told in found]


def _explained(told: Mapping[str, Any]) -> dict[str, object]:
    """A case's decisions as a page tells them; prior_weight is of no matter here, for only the moves are told."""
    score = scores.read(str(told["score"]["reason"] or ""), prior_weight=1)
    return {
        "case_id": told["case_id"],
        "stage": told["stage"],
        "stage_rule": _rule(told["stage_rule"]),
        "facts": told["facts"],
        "chance": told["score"]["cure_share_est"],
        "moves": score.moves if score else [],
        "treatments": [_treatment(one) for one in told["treatments"]],
    }


def _treatment(told: Mapping[str, Any]) -> tuple[date, str, dict[str, object]]:
    return date.fromisoformat(told["on"]), sentences.treatment(told["what"]), _rule(told["rule"])


def _rule(told: Mapping[str, Any]) -> dict[str, object]:
    return {
        "number": told["number"],
        "text": sentences.in_language(told["zh"], told["en"]),
        "source": told["source"],
    }


_deed = deeds.on("subject-request", page=page, turn=fields.turn)


@_deed
def delete(asked: Asked) -> str:
    """Delete what may be deleted, or refuse with the reason."""
    answer = work_request.answer_deletion(**asked.seen, place=house.here(), gate=wired.here().gate)
    if not answer.is_done:
        return gettext("The request is refused with its reasons; nothing was deleted.")
    if answer.kept:
        return gettext("What may be deleted is deleted. Tell them what stays, until when, and why.")
    return gettext("Everything about this person is deleted.")


@_deed
def correct(asked: Asked) -> str:
    """Put the right value in the place of the wrong one."""
    kind, _colon, name = asked.text("what").partition(":")
    work_request.correct(
        **asked.seen,
        field=name if kind == "field" else "",
        contact_point_id=name if kind == "point" else "",
        value=asked.text("value"),
    )
    return gettext("It is corrected. Their own numbers and addresses are to be checked again.")


@_deed
def restrict(asked: Asked) -> str:
    """From now on the data is kept and not used."""
    work_request.restrict(**asked.seen)
    return gettext("Their data is kept and not used: nobody contacts them.")


@_deed
def object_to(asked: Asked) -> str:
    """They are not contacted this way any more."""
    channel = asked.text("channel")
    work_request.object_to(**asked.seen, channel=channel)
    return gettext("From now on the gate refuses this way of contact: %(channel)s.") % {
        "channel": sentences.channel(channel)
    }


@_deed
def explain(asked: Asked) -> str:
    """Put together which rule fired, on which facts."""
    work_request.explain(**asked.seen)
    return gettext("The explanation is below. Where they ask for it, somebody else reviews the decision.")


@_deed
def review(asked: Asked) -> str:
    """A person looks at what the machine decided."""
    outcome = asked.text("outcome")
    work_request.review(**asked.seen, outcome=outcome, note=asked.text("note"))
    if outcome == work_request.OVERTURNED:
        return gettext("Overturned: nobody contacts them until a person lifts the stop.")
    return gettext("The decision stands; the reason is on record.")


@_deed
def close(asked: Asked) -> str:
    """The explanation was enough."""
    work_request.close(**asked.seen)
    return gettext("The request is done.")


@_deed
def refuse(asked: Asked) -> str:
    """Refuse it, with a reason."""
    work_request.refuse(**asked.seen, reason=asked.text("reason"), note=asked.text("note"))
    return gettext("The request is refused. Tell them why, and where they may complain.")


@_deed
def withdraw(asked: Asked) -> str:
    """Whoever asked takes it back."""
    work_request.withdraw(**asked.seen, note=asked.text("note"))
    return gettext("The request is withdrawn.")


@_deed
def extend(asked: Asked) -> str:
    """It takes longer, as the rules allow, and why."""
    due_on = work_request.extend(**asked.seen, note=asked.text("note"), gate=wired.here().gate)
    return gettext("The answer is due on %(on)s now. Tell whoever asked, and why.") % {"on": ui.day(due_on)}
