"""By which day is a request about one's own data answered? The figures of the packs' duties, made into dates.

Asked by `actions.take_request`. Every duty on such requests that is in force speaks; the earliest day counts. A term in
months ends on the same day of the month, or on the month's last. Where nothing speaks it is due at once.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from arrears.rules.compliance.complaint_terms import working_days_after
from arrears.rules.compliance.packs import Duty

TOPIC = "subject_requests"
#: What may be asked: to see, to correct, to delete, to leave unused, not to be treated so, and why it was decided so.
ACCESS, CORRECTION, DELETION = "ACCESS", "CORRECTION", "DELETION"
RESTRICTION, OBJECTION, EXPLANATION = "RESTRICTION", "OBJECTION", "EXPLANATION"
REQUESTS = (ACCESS, CORRECTION, DELETION, RESTRICTION, OBJECTION, EXPLANATION)
#: The figures from which a day follows; each with the longer one that a duty may name. REQUESTS_KEY: of which alone.
FIGURES = ("days", "days_extended", "months", "months_extended", "working_days")
REQUESTS_KEY = "requests"


@dataclass(frozen=True)
class Term:
    """A day by which it is answered, and why."""

    due_on: date
    rule_id: str
    citation: str
    confidence: str
    text_zh: str
    text_en: str


def terms(
    duties: Collection[Duty], *, from_on: date, request: str, country: str, is_extended: bool = False
) -> tuple[Term, ...]:
    """Every term of a request, the earliest first; at least one.

    from_on     : the day it came in; duties in force that day speak
    is_extended : it was put off once, as far as each duty allows
    example     : months = 1 from 2026-01-31 -> due 2026-02-28
    """
    found = [
        Term(due_on, duty.rule_id, duty.citation, duty.confidence, duty.text_zh, duty.text_en)
        for duty in duties
        if _speaks(duty, from_on, request)
        for due_on in _days(duty, from_on, country, is_extended)
    ]
    if not found:
        found = [Term(from_on, "", "", "own_choice", "没有可用的规则：立即答复。", "No rule is at hand: due at once.")]
    return tuple(sorted(found, key=lambda term: (term.due_on, term.rule_id)))


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def _speaks(duty: Duty, on: date, request: str) -> bool:
    named = duty.values.get(REQUESTS_KEY, REQUESTS)
    return duty.topic == TOPIC and duty.holds_on(on) and isinstance(named, list | tuple) and request in named


def _days(duty: Duty, from_on: date, country: str, is_extended: bool) -> list[date]:
    figures = {name: value for name in FIGURES if isinstance(value := duty.values.get(name), int)}
    days = []
    if "days" in figures:
        longer = figures.get("days_extended", figures["days"])
        days.append(from_on + timedelta(days=longer if is_extended else figures["days"]))
    if "months" in figures:
        longer = figures.get("months_extended", figures["months"])
        days.append(months_after(from_on, longer if is_extended else figures["months"]))
    if "working_days" in figures:
        days.append(working_days_after(from_on, figures["working_days"], country))
    return days
