"""What the forms of a placement and a legal step say, read and checked for form; actions say what may be done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date

from arrears.actions.place_with_agency import PlacementWish
from arrears.actions.take_legal_step import StepWish
from arrears.kernel import money
from arrears.kernel.errors import InvalidInput

IDENTIFIER = re.compile(r"[0-9a-f]{32}")
BODY_MAX, REFERENCE_MAX, NOTE_MAX = 80, 60, 1000


class WrongLateForm(InvalidInput):
    code = "wrong_form"
    message = "{field} is missing or not valid."


def new_id() -> str:
    """An identifier for what a page may put on record, so that a second click puts nothing on record twice."""
    return uuid.uuid4().hex


def placement(posted: Mapping[str, str], *, currency: str) -> PlacementWish:
    """Read the form of a placement; raises WrongLateForm."""
    amount_minor = _amount(posted, "amount", currency)
    if amount_minor is None:
        raise WrongLateForm(field="amount")
    return PlacementWish(
        placement_id=_identifier(posted),
        agency=posted.get("agency", ""),
        placed_on=day(posted, "on"),
        amount_minor=amount_minor,
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
        note=posted.get("note", "").strip()[:NOTE_MAX],
    )


def legal_step(posted: Mapping[str, str], *, currency: str) -> StepWish:
    """Read the form of a legal step; raises WrongLateForm."""
    return StepWish(
        step_id=_identifier(posted),
        kind=posted.get("kind", ""),
        taken_on=day(posted, "on"),
        body=posted.get("body", "").strip()[:BODY_MAX],
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
        claim_minor=_amount(posted, "claim", currency),
        note=posted.get("note", "").strip()[:NOTE_MAX],
        next_on=day(posted, "next_on") if posted.get("next_on", "").strip() else None,
    )


def day(posted: Mapping[str, str], name: str) -> date:
    """A date of a form; raises WrongLateForm."""
    try:
        return date.fromisoformat(posted.get(name, "").strip())
    except ValueError:
        raise WrongLateForm(field=name) from None


def _identifier(posted: Mapping[str, str]) -> str:
    if not IDENTIFIER.fullmatch(posted.get("id", "")):
        raise WrongLateForm(field="id")
    return posted["id"]


def _amount(posted: Mapping[str, str], name: str, currency: str) -> int | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        amount = money.parse_minor(text, currency)
    except InvalidInput:
        raise WrongLateForm(field=name) from None
    if amount <= 0:
        raise WrongLateForm(field=name)
    return amount
