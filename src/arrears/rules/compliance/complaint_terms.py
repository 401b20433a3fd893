"""By which days must a complaint be acknowledged and answered? The figures of the packs' duties, made into dates.

Asked by `actions.take_complaint` and `actions.work_complaint`. Every duty on complaints that is in force speaks; where
several name a day, the earliest is kept. A term in days runs from the day after the complaint came in, and one that
ends on a holiday is not put off: that keeps the stricter reading of every law.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arrears.kernel import calendars
from arrears.rules.compliance.packs import Duty

TOPIC = "complaints"
ACKNOWLEDGE, ANSWER = "ACKNOWLEDGE", "ANSWER"
#: How a complaint comes in.
INTAKES = ("PHONE", "WRITTEN", "PORTAL", "REGULATOR")
#: The figures of a duty from which a day follows; INTAKES_KEY says of which complaints alone it speaks.
FIGURES = ("acknowledge_days", "acknowledge_working_days", "days", "days_extended", "days_max", "working_days", "weeks")
INTAKES_KEY = "intakes"
#: An answer's term may be put off as often as a duty names a longer one.
LONGER = ("days", "days_extended", "days_max")
#: No term is longer: what is, was mistyped.
TERM_MAX = 366


@dataclass(frozen=True)
class Term:
    """A day by which something is done, and why: `what` is ACKNOWLEDGE or ANSWER."""

    what: str
    due_on: date
    rule_id: str
    citation: str
    text_zh: str
    text_en: str


def terms(duties: Collection[Duty], *, from_on: date, intake: str, country: str, extended: int = 0) -> tuple[Term, ...]:
    """Every term of a complaint, the earliest first.

    from_on  : the day it came in, or was opened again; duties in force that day speak
    country  : whose working days count
    extended : how often the answer was put off
    returns  : at least one to ANSWER: without any duty it is due on `from_on`, for then nobody knows the law
    example  : days = 15 from 2026-11-02 -> due 2026-11-17
    """
    speaking = [duty for duty in duties if _speaks(duty, from_on, intake)]
    found = [term for duty in speaking for term in _of(duty, from_on, country, extended)]
    if not any(term.what == ANSWER for term in found):
        found.append(Term(ANSWER, from_on, "", "", "没有可用的规则：立即答复。", "No rule is at hand: due at once."))
    return tuple(sorted(found, key=lambda term: (term.due_on, term.what, term.rule_id)))


def due(found: Sequence[Term], what: str) -> date | None:
    """The day that counts: the earliest."""
    return min((term.due_on for term in found if term.what == what), default=None)


def _speaks(duty: Duty, on: date, intake: str) -> bool:
    named = duty.values.get(INTAKES_KEY, INTAKES)
    return duty.topic == TOPIC and duty.holds_on(on) and isinstance(named, list | tuple) and intake in named


def _of(duty: Duty, from_on: date, country: str, extended: int) -> list[Term]:
    figures = {name: value for name in FIGURES if isinstance(value := duty.values.get(name), int)}
    dates: list[tuple[str, date]] = []
    if "acknowledge_days" in figures:
        dates.append((ACKNOWLEDGE, from_on + timedelta(days=figures["acknowledge_days"])))
    if "acknowledge_working_days" in figures:
        dates.append((ACKNOWLEDGE, working_days_after(from_on, figures["acknowledge_working_days"], country)))
    longer = [figures[name] for name in LONGER if name in figures]
    if longer:
        dates.append((ANSWER, from_on + timedelta(days=longer[min(extended, len(longer) - 1)])))
    if "weeks" in figures:
        dates.append((ANSWER, from_on + timedelta(weeks=figures["weeks"])))
    if "working_days" in figures:
        dates.append((ANSWER, working_days_after(from_on, figures["working_days"], country)))
    return [Term(what, due_on, duty.rule_id, duty.citation, duty.text_zh, duty.text_en) for what, due_on in dates]


def working_days_after(on: date, count: int, country: str) -> date:
    """The day that is so many working days after another.

    example : working_days_after(date(2026, 11, 6), 2, "CN") -> date(2026, 11, 10), over a week-end
    """
    for _ in range(count):
        on = calendars.next_working_day(on + timedelta(days=1), country)
    return on
