"""One judgement, what it was given on, and what it would be under the rules of its day and of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from arrears.actions import contact_rejudge, contact_words, house
from arrears.actions.contact_rejudge import Rejudged, Under
from arrears.interfaces.ui import gate_words, moment, parts, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.records.cases import scope
from arrears.records.compliance import queries
from arrears.rules.compliance import reading
from arrears.rules.compliance.facts import Case, Touch


@dataclass(frozen=True)
class Side:
    """One of the answers that stand side by side; `lone`: the rules that speak here and not on the other side."""

    title: str
    pack: str
    allowed: bool | None
    not_before: object
    reasons: list[dict[str, object]]
    notes: list[str]
    fault: str = ""
    lone: frozenset[str] = frozenset()


@require_GET
def one(request: HttpRequest, verdict_id: int) -> HttpResponse:
    """A judgement of the log, judged again."""
    asked = parts.of(request)
    on = asked.day("on")
    pack = asked.text("pack", longest=200).replace(" ", "+") or settings.RULE_PACK
    queries.verdict(verdict_id, within=scope.of_people(request.user, "customer_id"))
    again = contact_rejudge.rejudge(verdict_id, today=on or moment.of(request).business_on, pack_name=pack)
    context = {
        "verdict": again.stored,
        "again": again,
        "sides": _sides(again),
        "facts": _facts(again.case) if again.case else [],
        "history": [_touch(touch) for touch in sorted(again.case.history, key=_when)] if again.case else [],
        "is_of_words": any(reason["rule"].startswith(contact_words.PREFIX) for reason in again.stored.reasons),
        "overruled": [str(rule) for rule in (again.facts or {}).get("overruled", [])],
        "pack": pack,
        "packs": reading.names(house.policies_in_force()),
        "on": on,
    }
    return render(request, "console/verdicts/one.html", context)


def _sides(again: Rejudged) -> list[Side]:
    stored = again.stored
    sides = [Side(gettext("As it was judged"), stored.pack, stored.allowed, stored.not_before, stored.reasons, [])]
    if again.then and again.now:
        day = gettext("By the rules in force on that day")
        sides.append(_side(day, again.then, again.now.rules, _of_that_day(again)))
        other = gettext("By the rules of %(day)s") % {"day": ui.day(again.now.on)}
        sides.append(_side(other, again.now, again.then.rules, []))
    return sides


def _side(title: str, under: Under, others: frozenset[str], notes: list[str]) -> Side:
    if under.since:
        notes = [*notes, _longer(under)]
    verdict = under.verdict
    return Side(
        title=title,
        pack=under.law,
        allowed=verdict.allowed if verdict else None,
        not_before=verdict.not_before if verdict else None,
        reasons=[reason.as_dict() for reason in under.reasons],
        notes=notes,
        fault=under.fault,
        lone=under.rules - others,
    )


def _of_that_day(again: Rejudged) -> list[str]:
    if again.then is None or again.then.fault:
        return []
    if not again.then.is_same_text:
        return [
            gettext(
                "The text of the packs as it was then is not kept here. These are the rules that today's text says "
                "were in force on that day."
            )
        ]
    if not again.agrees:
        return [gettext("This is not what is on record, though the text is the same: report it to whoever runs this.")]
    return [gettext("The same text, and the same answer as on record.")]


def _longer(under: Under) -> str:
    return gettext(
        "These rules look back to %(since)s; contacts from before those that the judgement knew are not counted."
    ) % {"since": ui.when(under.since)}


def _facts(case: Case) -> list[tuple[str, str]]:
    """What was known of the contact and the borrower, in words; codes that no page knows as they are."""
    contact, borrower = case.contact, case.borrower
    told: list[tuple[str, str]] = [
        (gettext("Judged for"), ui.when(case.at)),
        (gettext("Channel"), sentences.said(sentences.CHANNELS, contact.channel)),
        (gettext("Purpose"), sentences.said(gate_words.PURPOSES, contact.purpose)),
        (gettext("With whom"), sentences.said(gate_words.RELATIONS, contact.relation) or gettext("Unknown")),
        (gettext("Begun by"), sentences.said(gate_words.INITIATORS, contact.initiated_by)),
        (gettext("Our people taking part"), str(contact.staff_count)),
        (gettext("Region"), borrower.region or "–"),
        (gettext("Time zone"), borrower.timezone or "–"),
        (gettext("What holds of the person"), _listed(gate_words.STATUSES, borrower.status)),
        (gettext("The person consents"), _listed(gate_words.CONSENTS, contact.consents)),
    ]
    return told


def _listed(words: Mapping[str, Promise], codes: frozenset[str]) -> str:
    return gate_words.listed(words, codes) or "–"


def _touch(touch: Touch) -> dict[str, object]:
    return {
        "at": touch.at,
        "channel": sentences.said(sentences.CHANNELS, touch.channel),
        "outcome": sentences.said(sentences.OUTCOMES, touch.outcome) or "–",
        "relation": sentences.said(gate_words.RELATIONS, touch.relation) or "–",
        "by": sentences.said(gate_words.INITIATORS, touch.initiated_by),
        "point": touch.contact_point_id,
    }


def _when(touch: Touch) -> object:
    return touch.at
