"""How long is which kind of personal data kept, and from which day? The figures of the packs' duties, made into dates.

Asked by `actions.retain` and `actions.work_request`. Every duty on retention in force that names a kind speaks of it,
and the latest day counts: what one law demands to be kept is not deleted because another is content. A kind that no
duty speaks of is never due. What the lender chose itself is kept until its day, and longer for nobody who asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arrears.rules.compliance.packs import Duty

TOPIC = "retention"
WORDS, RECORDINGS, NOTES = "WORDS", "RECORDINGS", "NOTES"
CONTACT_POINTS, IDENTITY, COMPLAINTS, CONSENTS = "CONTACT_POINTS", "IDENTITY", "COMPLAINTS", "CONSENTS"
#: Kinds of personal data, in the order in which they are told and deleted.
KINDS = (WORDS, RECORDINGS, NOTES, COMPLAINTS, CONSENTS, CONTACT_POINTS, IDENTITY)
CASE_CLOSED, DEBT_SETTLED, LAST_ACTIVITY = "CASE_CLOSED", "DEBT_SETTLED", "LAST_ACTIVITY"
#: The days from which a term may run.
STARTS = (CASE_CLOSED, DEBT_SETTLED, LAST_ACTIVITY)
YEARS, KEEPS, FROM = "keep_years", "keeps", "keep_from"
FIGURES = (YEARS, KEEPS, FROM)
#: How many days what strangers write is kept: they have no debt and no case from which years could run.
STRANGER_DAYS = "stranger_days"
STRANGER_DAYS_MAX = 3_660
#: No term is longer: what is, was mistyped.
YEARS_MAX = 50
#: Start → its day; None = there is one that nobody knows. A start that is not there has nothing to do with the person.
Starts = Mapping[str, date | None]


@dataclass(frozen=True)
class Row:
    """One line of the schedule: so many years from a day. is_duty: a law or standard demands it, not the lender."""

    kind: str
    years: int
    start: str
    rule_id: str
    citation: str
    confidence: str
    text_zh: str
    text_en: str
    is_duty: bool


@dataclass(frozen=True)
class Term:
    """The last day of a row for one person; until is None where the day it runs from is not known."""

    row: Row
    until: date | None

    def stands(self, on: date) -> bool:
        """Is the data still kept by it on a day? A term of an unknown beginning has no end."""
        return self.until is None or on <= self.until


def of_strangers(duties: Collection[Duty], *, on: date) -> Duty | None:
    """The duty in force by which strangers' messages are kept, the longest of several; None: nothing is deleted."""
    found = [duty for duty in duties if _speaks(duty, on, STRANGER_DAYS)]
    return max(found, key=stranger_days, default=None)


def stranger_days(duty: Duty) -> int:
    """For how many days; 0 where it does not speak of strangers."""
    days = duty.values.get(STRANGER_DAYS, 0)
    assert isinstance(days, int), duty.rule_id
    return days


def schedule(duties: Collection[Duty], *, on: date) -> tuple[Row, ...]:
    """The rows in force on a day, by kind, the longest first."""
    rows = [row for duty in duties if _speaks(duty, on, YEARS) for row in _rows(duty)]
    return tuple(sorted(rows, key=lambda row: (KINDS.index(row.kind), -row.years, row.rule_id)))


def fingerprint(rows: Sequence[Row]) -> str:
    """What tells one schedule from another, its order and its words left out: 64 hex digits."""
    told = sorted([row.kind, row.years, row.start, row.rule_id] for row in rows)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def terms(rows: Sequence[Row], *, kind: str, starts: Starts) -> tuple[Term, ...]:
    """Until when one kind of a person's data is kept, by each row that speaks of it."""
    return tuple(
        Term(row, None if (start := starts[row.start]) is None else years_after(start, row.years))
        for row in rows
        if row.kind == kind and row.start in starts
    )


def is_due(found: Sequence[Term], *, on: date) -> bool:
    """May the kind be deleted on a day? Never where no row speaks."""
    return bool(found) and not any(term.stands(on) for term in found)


def until(found: Sequence[Term]) -> date | None:
    """The last day on which the kind is kept; None where no row speaks or a beginning is unknown."""
    days = [term.until for term in found if term.until is not None]
    return max(days) if days and len(days) == len(found) else None


def years_after(on: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March, so that no term is cut short.

    example : years_after(date(2024, 2, 29), 5) -> date(2029, 3, 1)
    """
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return date(on.year + years, 3, 1)


def _speaks(duty: Duty, on: date, figure: str) -> bool:
    return duty.topic == TOPIC and duty.holds_on(on) and figure in duty.values


def _rows(duty: Duty) -> list[Row]:
    years, start, kinds = duty.values[YEARS], duty.values[FROM], duty.values[KEEPS]
    assert isinstance(years, int), duty.rule_id
    assert isinstance(start, str), duty.rule_id
    assert isinstance(kinds, list), duty.rule_id
    return [
        Row(
            kind=kind,
            years=years,
            start=start,
            rule_id=duty.rule_id,
            citation=duty.citation,
            confidence=duty.confidence,
            text_zh=duty.text_zh,
            text_en=duty.text_en,
            is_duty=duty.author != "lender",
        )
        for kind in kinds
    ]
