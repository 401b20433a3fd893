"""The rule packs: every rule with its source and dates, and how packs read when they are composed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from arrears.actions import house
from arrears.interfaces.console.packs import rules
from arrears.interfaces.console.packs.rules import Row
from arrears.interfaces.ui import gate_words, moment, parts, sentences
from arrears.kernel.errors import InvalidInput
from arrears.rules.compliance import reading
from arrears.rules.compliance.packs import Pack


@dataclass(frozen=True)
class Listed:
    """A pack on the list; `fault` says where its file is wrong, and then nothing else is known of it."""

    name: str
    fault: str = ""
    title: str = ""
    version: str = ""
    zones: tuple[str, ...] = ()
    rules_count: int = 0
    duties_count: int = 0
    unchecked_count: int = 0
    is_live: bool = False
    is_everywhere: bool = False


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every pack that can be used; several that are ticked are opened as one."""
    folder, on = house.policies_in_force(), moment.of(request).business_on
    asked = parts.of(request)
    chosen = asked.some_of("together", set(reading.names(folder)))
    if chosen and not asked.wrong():
        return redirect("pack", "+".join(chosen))
    live = str(settings.RULE_PACK).split("+")
    listed = [_listed(folder, name, live, on) for name in (*reading.names(folder), reading.BASE)]
    listed.sort(key=lambda one: (not one.is_live, one.is_everywhere))
    return render(request, "console/packs/list.html", {"packs": listed, "live": settings.RULE_PACK})


def _listed(folder: Path, name: str, live: list[str], on: date) -> Listed:
    is_everywhere = name == reading.BASE
    is_live = is_everywhere or name in live
    try:
        pack = reading.parts(folder, name)[0]
    except InvalidInput as wrong:
        return Listed(name, fault=str(wrong), is_live=is_live, is_everywhere=is_everywhere)
    return Listed(
        name=name,
        title=sentences.in_language(pack.title_zh, pack.title_en),
        version=pack.version,
        zones=pack.zones,
        rules_count=sum(rule.holds_on(on) for rule in pack.rules),
        duties_count=sum(rules.standing(duty, on=on) == rules.IN_FORCE for duty in pack.duties),
        unchecked_count=sum(one.confidence in rules.UNCHECKED for one in (*pack.rules, *pack.duties)),
        is_live=is_live,
        is_everywhere=is_everywhere,
    )


@require_GET
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Every rule of a pack, or of several as one, with what holds everywhere."""
    asked = parts.of(request)
    kind, on = asked.one_of("kind", gate_words.KINDS), asked.day("on")
    try:
        packs = reading.parts(house.policies_in_force(), name)
    except reading.UnknownPack as refusal:
        raise Http404(str(refusal)) from refusal
    except InvalidInput as wrong:
        return render(request, "console/packs/pack.html", {"name": name, "fault": str(wrong)})
    today = moment.of(request).business_on
    found = rules.rows(packs, on=on or today)
    kinds = [row.kind for row in found]
    shown = [row for row in found if kind in ("", row.kind) and (on is None or row.standing == rules.IN_FORCE)]
    context = {
        "name": name,
        "title": " + ".join(_title(pack) for pack in packs if pack.pack_id != reading.BASE or len(packs) == 1),
        "packs": packs,
        "is_live": name == settings.RULE_PACK,
        "is_composed": len(packs) > 1,
        "groups": _groups(shown),
        "kinds": [(code, label, kinds.count(code)) for code, label in gate_words.choices(gate_words.KINDS, kinds)],
        "kind": kind,
        "on": on,
        "total": len(shown),
    }
    return render(request, "console/packs/pack.html", context)


def _groups(shown: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rows by kind, in the order of precedence."""
    groups: dict[str, list[Row]] = {}
    for row in shown:
        groups.setdefault(row.kind, []).append(row)
    return [(sentences.said(gate_words.KINDS, kind), rows) for kind, rows in groups.items()]


def _title(pack: Pack) -> str:
    return sentences.in_language(pack.title_zh, pack.title_en)
