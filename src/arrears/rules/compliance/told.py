"""A contact as one line of JSON, told by somebody outside, made into the facts that the gate judges; and back.

Called by `arrears permit`, and by the gate, which keeps with each verdict the line that it was given on. Nothing is
guessed: what is missing, of the wrong type or outside the vocabulary is unknown, and the unknown is refused with a
reason or counted against the contact. A key that nobody asked for says nothing, one that stands twice makes the line
unreadable, and nothing that is left out allows more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Any

from arrears.kernel import json_lines
from arrears.rules.compliance import judging
from arrears.rules.compliance.facts import BorrowerFacts, Case, ContactFacts, Reason, Touch, Verdict

#: Moments outside these years are mistakes, and would not survive a change of zone.
YEARS = range(1970, 2200)
LONGEST = 200
#: A contact that names more debts than this names none that we know, and then the touches of every debt count.
DEBTS_MAX = 1_000

#: When something was, that does not say when: before whatever does.
UNDATED = datetime.min.replace(tzinfo=UTC)
#: What stands for a code that cannot be read, where none need be told.
UNREAD = "?"

UNREADABLE = judging.unknown("line", "这一行")
UNKNOWN_HISTORY = judging.unknown("history", "联系记录")
UNKNOWN_STATUS = judging.unknown("status", "借款人状态")
UNKNOWN_MOMENT = judging.unknown("moment", "时间")


@dataclass(frozen=True)
class Told:
    """What one line says: the case to judge, or the reasons why it cannot be. `line_id`: as given, None without one."""

    line_id: Any
    case: Case | None
    reasons: tuple[Reason, ...] = ()

    @property
    def refusal(self) -> Verdict:
        return Verdict(False, None, self.reasons)


def read(line: bytes) -> Told:
    """One line of JSON: {"id", "contact", "borrower", "history"}. Never raises for what a line holds."""
    try:
        row = json.loads(line, **json_lines.STRICT)
    except (ValueError, RecursionError):
        return Told(None, None, (UNREADABLE,))
    if not isinstance(row, dict):
        return Told(None, None, (UNREADABLE,))
    contact, borrower = _table(row.get("contact")), _table(row.get("borrower"))
    at, status, history = _moment(contact.get("at")), _words(borrower.get("status")), _history(row.get("history"))
    reasons = (
        *((UNKNOWN_MOMENT,) if at is None else ()),
        *((UNKNOWN_STATUS,) if status is None else ()),
        *((UNKNOWN_HISTORY,) if history is None else ()),
    )
    if at is None or status is None or history is None:
        return Told(json_lines.line_id(row), None, reasons)
    return Told(
        json_lines.line_id(row), Case(_contact(contact, at), _borrower(borrower, frozenset(status)), history, at)
    )


def line(case: Case, **beside: Any) -> str:
    """A case as the line that says it: `read` makes the same case of it. What is blank is left out where it may be.

    beside : whatever else the line shall say, under keys that `read` does not ask for
    """
    contact = _filled(case.contact, CONTACT_KEYS)
    contact |= {"at": case.at.isoformat(), "staff_count": case.contact.staff_count}
    contact |= {} if case.contact.discloses_debt else {"discloses_debt": False}
    borrower = _filled(case.borrower, ("region", "timezone")) | {"status": sorted(case.borrower.status)}
    borrower |= {} if case.borrower.dpd is None else {"dpd": case.borrower.dpd}
    history = [{"at": touch.at.isoformat()} | _filled(touch, TOUCH_KEYS) for touch in case.history]
    row = {"contact": contact, "borrower": borrower, "history": history, **beside}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


TOUCH_KEYS = (
    *("channel", "outcome", "relation", "initiated_by", "purpose"),
    *("contact_point_id", "debt_ids", "creditor_id"),
)
CONTACT_KEYS = (*(key for key in TOUCH_KEYS if key != "outcome"), "consents", "collector")


def _filled(of: ContactFacts | BorrowerFacts | Touch, keys: tuple[str, ...]) -> dict[str, Any]:
    """What is not blank; codes of a set in a fixed order."""
    values = {key: getattr(of, key) for key in keys}
    return {key: _plain(value) for key, value in values.items() if value}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _contact(told: Mapping[str, Any], at: datetime) -> ContactFacts:
    return ContactFacts(
        channel=_text(told.get("channel")),
        purpose=_text(told.get("purpose")),
        relation=_text(told.get("relation")),
        initiated_by=_text(told.get("initiated_by")),
        contact_point_id=_text(told.get("contact_point_id")),
        debt_ids=tuple(_words(told.get("debt_ids"), DEBTS_MAX) or ()),
        creditor_id=_text(told.get("creditor_id")),
        staff_count=_count(told.get("staff_count")) or 0,
        consents=_consents(told.get("consents"), at),
        discloses_debt=told.get("discloses_debt") is not False,
        collector=_collector(told.get("collector")),
    )


def _consents(told: object, at: datetime) -> frozenset[str]:
    """Those that hold at a moment: named plainly, or with when they were given and taken back.

    One that is given later, taken back before, or of which it cannot be read when, is none. Told of more than once,
    what was last given or taken back decides; a name alone says not when, and beside one that is none gives nothing.
    """
    last: dict[str, tuple[datetime, bool]] = {}
    for one in told if isinstance(told, list) else ():
        consent, act = (one, (UNDATED, False)) if isinstance(one, str) else _act(_table(one), at)
        last[consent] = max(act, last.get(consent, act))
    return frozenset(consent for consent, (_, is_none) in last.items() if consent and not is_none)


def _act(table: Mapping[str, Any], at: datetime) -> tuple[str, tuple[datetime, bool]]:
    """The consent that is told of, when it was last given or taken back by a moment, and whether it is none since."""
    given, back = _moment(table.get("given_at")), _moment(table.get("revoked_at"))
    consent, was_given = _text(table.get("consent")), given if given is not None and given <= at else UNDATED
    if table.get("revoked_at") is not None and (back is None or back <= at):
        return consent, (max(back or at, was_given), True)
    return consent, (was_given, was_given is UNDATED)


def _borrower(told: Mapping[str, Any], status: frozenset[str]) -> BorrowerFacts:
    return BorrowerFacts(
        region=_text(told.get("region")),
        timezone=_zone(told.get("timezone")),
        status=status,
        dpd=_count(told.get("dpd")),
    )


def _history(told: object) -> list[Touch] | None:
    if not isinstance(told, list):
        return None
    touches = [_touch(one) for one in told]
    known = [touch for touch in touches if touch is not None]
    return known if len(known) == len(touches) else None


def _touch(told: object) -> Touch | None:
    """One contact of the past; None when it is not said when it was."""
    table = _table(told)
    at = _moment(table.get("at"))
    if at is None:
        return None
    return Touch(
        at=at,
        channel=_text(table.get("channel")),
        outcome=_text(table.get("outcome")),
        relation=_text(table.get("relation")),
        initiated_by=_text(table.get("initiated_by")),
        purpose=_text(table.get("purpose")),
        contact_point_id=_text(table.get("contact_point_id")),
        debt_ids=tuple(_words(table.get("debt_ids")) or ()),
        creditor_id=_text(table.get("creditor_id")),
    )


def _moment(told: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and at.year in YEARS else None


def _table(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _text(told: object) -> str:
    """A code or an identifier; what is longer than any of them is none that we know."""
    return told if isinstance(told, str) and len(told) <= LONGEST else ""


def _collector(told: object) -> str:
    """Who collects: nothing where nothing is told; what cannot be read is nobody who is known."""
    return "" if told in (None, "") else _text(told) or UNREAD


def _zone(told: object) -> str:
    """A zone's name; what was told and is none stays one that does not exist, so that the region alone does not do."""
    return "" if told is None or told == "" else _text(told) or "?"


def _words(told: object, most: float = inf) -> list[str] | None:
    if isinstance(told, list) and len(told) <= most and all(isinstance(word, str) for word in told):
        return told
    return None


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1_000_000 else None
