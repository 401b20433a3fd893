"""A contact on a form, and the same contact as one line of `arrears permit`: written the one from the other.

The line is what is judged. The form adds nothing to it but a named clock: times are entered as wall time of `zone` and
stand in the line with its offset. What cannot be read at all is an error at its field; what the vocabulary does not
know is left to the verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from arrears.rules import regions

CONTACT = ("channel", "initiated_by", "purpose", "relation", "contact_point_id", "creditor_id", "collector")
TOUCH = ("channel", "outcome", "initiated_by", "relation", "purpose", "contact_point_id", "creditor_id")
#: Contacts of the past that the form holds; a line may hold more.
TOUCHES_MAX = 40
TEXT_MAX = 200
WALL = "%Y-%m-%dT%H:%M:%S"


@dataclass
class Filled:
    """What stands in the fields. `values` : name → text; `ticked` : name → codes; `errors` : name → what is wrong."""

    values: dict[str, str]
    ticked: dict[str, list[str]] = field(default_factory=dict)
    touches: list[dict[str, str]] = field(default_factory=list)
    discloses: bool = True
    errors: dict[str, str] = field(default_factory=dict)


def blank(*, at: datetime, zone: str) -> Filled:
    """The form as it is first shown: an everyday call to a borrower, at a moment."""
    values = {"zone": zone, "at": at.astimezone(ZoneInfo(zone)).strftime(WALL), "staff_count": "1", "dpd": "12"}
    values |= {"channel": "CALL", "initiated_by": "COLLECTOR", "purpose": "COLLECT", "relation": "SELF"}
    return Filled(values | {"timezone": zone})


def blank_touch() -> dict[str, str]:
    """A contact of the past of which nothing but the likeliest is filled in."""
    return {"channel": "CALL", "outcome": "NO_ANSWER", "initiated_by": "COLLECTOR", "relation": "SELF"}


def posted(given: QueryDict) -> Filled:
    """What was filled in; a contact of the past without a time is left out."""
    names = ("zone", "at", "staff_count", "dpd", "debt_ids", "region", "timezone", *CONTACT)
    columns = {name: given.getlist(f"past_{name}")[:TOUCHES_MAX] for name in ("at", "debt_ids", *TOUCH)}
    rows = len(columns["at"])
    touches = [{name: _plain(_of(column, row)) for name, column in columns.items()} for row in range(rows)]
    return Filled(
        values={name: _plain(given.get(name, "")) for name in names},
        ticked={name: [_plain(code) for code in given.getlist(name)] for name in ("status", "consents")},
        touches=[touch for touch in touches if touch["at"]],
        discloses=given.get("discloses_debt") == "yes",
    )


def line(filled: Filled) -> dict[str, Any] | None:
    """The row of `arrears permit` that the form says; None, and errors beside the fields, when it says none."""
    values = filled.values
    zone = values["zone"]
    if not regions.is_zone(zone):
        filled.errors["zone"] = _("There is no such time zone. Example: Asia/Shanghai")
        return None
    contact: dict[str, Any] = {"at": _moment(values["at"], zone)} | {name: values[name] for name in CONTACT}
    contact |= {"debt_ids": _several(values["debt_ids"]), "discloses_debt": filled.discloses}
    contact |= {"staff_count": _count(values["staff_count"]), "consents": filled.ticked["consents"]}
    borrower = {"region": values["region"], "timezone": values["timezone"], "status": filled.ticked["status"]}
    history = [
        {"at": _moment(touch["at"], zone), "debt_ids": _several(touch["debt_ids"])} | {n: touch[n] for n in TOUCH}
        for touch in filled.touches
    ]
    if contact["at"] is None:
        filled.errors["at"] = _("This is not a time.")
    if contact["staff_count"] is None:
        filled.errors["staff_count"] = _("This is not a number.")
    if values["dpd"] and _count(values["dpd"]) is None:
        filled.errors["dpd"] = _("This is not a number.")
    if any(touch["at"] is None for touch in history):
        filled.errors["history"] = _("The time of a past contact is not a time.")
    if filled.errors:
        return None
    return {"contact": contact, "borrower": borrower | {"dpd": _count(values["dpd"])}, "history": history}


def of_line(text: str, *, zone: str) -> Filled | None:
    """The form filled from a line, as far as it can be read; None when it is no object."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    contact, borrower = _table(row.get("contact")), _table(row.get("borrower"))
    own = _word(borrower.get("timezone"))
    zone = own if own and regions.is_zone(own) else zone
    values = {name: _word(contact.get(name)) for name in CONTACT}
    values |= {"zone": zone, "at": _wall(contact.get("at"), zone), "debt_ids": _joined(contact.get("debt_ids"))}
    values |= {"staff_count": _figure(contact.get("staff_count")) or "0", "dpd": _figure(borrower.get("dpd"))}
    values |= {"region": _word(borrower.get("region")), "timezone": own}
    history = row.get("history")
    told = [_table(touch) for touch in history[:TOUCHES_MAX]] if isinstance(history, list) else []
    return Filled(
        values=values,
        ticked={"status": _words(borrower.get("status")), "consents": _words(contact.get("consents"))},
        touches=[
            {"at": _wall(touch.get("at"), zone), "debt_ids": _joined(touch.get("debt_ids"))}
            | {name: _word(touch.get(name)) for name in TOUCH}
            for touch in told
        ],
        discloses=contact.get("discloses_debt") is not False,
    )


def _moment(text: str, zone: str) -> str | None:
    """Wall time of a zone, with its offset; a time that brings one keeps it."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).isoformat()
    except (ValueError, OverflowError):
        return None


def _wall(told: object, zone: str) -> str:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
        return at.astimezone(ZoneInfo(zone)).strftime(WALL) if at is not None and at.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _several(text: str) -> list[str]:
    return [part for part in text.replace("，", ",").replace(",", " ").split() if part]


def _plain(text: str) -> str:
    return text.strip()[:TEXT_MAX]


def _of(column: list[str], row: int) -> str:
    return column[row] if row < len(column) else ""


def _table(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _word(told: object) -> str:
    """A text that can be shown: half a character cannot."""
    return told.encode(errors="replace").decode()[:TEXT_MAX] if isinstance(told, str) else ""


def _words(told: object) -> list[str]:
    return [_word(word) for word in told] if isinstance(told, list) else []


def _joined(told: object) -> str:
    return " ".join(_words(told))


def _figure(told: object) -> str:
    return str(told) if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1_000_000 else ""
