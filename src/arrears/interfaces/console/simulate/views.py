"""Try a contact against any rule pack: a form, or lines as `arrears permit` takes them. Nothing is kept and nobody is
contacted; the verdict is the one that the command gives for the same line, because the same function gives it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from arrears.actions import house
from arrears.interfaces.console.simulate import form
from arrears.interfaces.console.simulate.form import Filled
from arrears.interfaces.ui import gate_words, moment, outcome_words, parts, refusals, sentences
from arrears.kernel import json_lines
from arrears.kernel.errors import InvalidInput
from arrears.rules.compliance import answering, facts, reading, told
from arrears.rules.compliance.packs import Pack

#: What the box takes: characters, and lines of them.
BOX_MAX, LINES_MAX = 400_000, 20


@require_http_methods(["GET", "POST"])
def simulate(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what it says."""
    if request.method == "GET":
        filled = form.blank(at=moment.of(request).at, zone=settings.LENDER_ZONE)
        pack = parts.of(request).text("pack", longest=200).replace(" ", "+") or settings.RULE_PACK
        return _show(request, pack, filled, lines="", answers=[])
    pack = request.POST.get("pack", "").strip().replace(" ", "+")[:200]
    if request.POST.get("by") == "line":
        return _by_line(request, pack)
    filled = form.posted(request.POST)
    if request.POST.get("by") == "more":
        filled.touches.append(form.blank_touch())
        return _show(request, pack, filled, lines="", answers=[])
    row = form.line(filled)
    lines = json.dumps(row, ensure_ascii=False) if row is not None else ""
    return _show(request, pack, filled, lines=lines, answers=_judged(pack, lines, filled))


def _by_line(request: HttpRequest, pack: str) -> HttpResponse:
    """What is pasted is judged as it is; the form then shows its first line."""
    lines = request.POST.get("line", "")[:BOX_MAX].strip()
    first = lines.partition("\n")[0]
    filled = form.of_line(first, zone=settings.LENDER_ZONE)
    if filled is None:
        filled = form.blank(at=moment.of(request).at, zone=settings.LENDER_ZONE)
    if not lines:
        filled.errors["line"] = str(refusals.SENTENCES["invalid_input"])
    return _show(request, pack, filled, lines=lines, answers=_judged(pack, lines, filled))


def _judged(pack: str, lines: str, filled: Filled) -> list[dict[str, Any]]:
    """The answers to the lines, by the pack; none, and an error at its field, when there is no such pack."""
    try:
        law = reading.named(house.policies_in_force(), pack)
    except InvalidInput as refusal:
        filled.errors["pack"] = str(refusal)
        return []
    given = [line.encode(errors="replace") for line in lines.split("\n")[:LINES_MAX] if line.strip()]
    rows = zip(answering.answers(given, law), given, strict=True)
    return [row | {"json": json_lines.written(row), **_by_their_clock(row, line, law)} for row, line in rows]


def _by_their_clock(row: dict[str, Any], line: bytes, law: Pack) -> dict[str, str]:
    """The moment of an answer as the borrower's clock shows it, and of which zone that is: none where nobody knows."""
    case = told.read(line).case
    if row["not_before"] is None or case is None:
        return {}
    zones = law.zones_of(region=case.borrower.region, timezone=case.borrower.timezone)
    if len(zones) != 1:
        return {}
    at = datetime.fromisoformat(row["not_before"]).astimezone(ZoneInfo(zones[0]))
    return {"not_before": at.isoformat(), "zone": zones[0]}


@require_GET
def touch(request: HttpRequest) -> HttpResponse:
    """One more contact of the past, for the form."""
    return render(request, "console/simulate/touch.html", {"touch": form.blank_touch(), **_choices()})


def _show(
    request: HttpRequest, pack: str, filled: Filled, *, lines: str, answers: list[dict[str, Any]]
) -> HttpResponse:
    context = {
        "pack": pack,
        "packs": reading.names(house.policies_in_force()),
        "filled": filled,
        "line": lines,
        "answers": answers,
        **_choices(),
    }
    return render(request, "console/simulate/simulate.html", context)


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, in words."""
    return {
        "channels": gate_words.choices(sentences.CHANNELS, facts.CHANNELS),
        "purposes": gate_words.choices(gate_words.PURPOSES, facts.PURPOSES),
        "relations": gate_words.choices(gate_words.RELATIONS, facts.RELATIONS),
        "initiators": gate_words.choices(gate_words.INITIATORS, facts.INITIATORS),
        "collectors": gate_words.choices(gate_words.COLLECTORS, facts.COLLECTORS),
        "statuses": gate_words.choices(gate_words.STATUSES, facts.STATUSES),
        "consents": gate_words.choices(gate_words.CONSENTS, facts.CONSENTS),
        "outcomes": gate_words.choices(outcome_words.OUTCOMES, facts.OUTCOMES),
    }
