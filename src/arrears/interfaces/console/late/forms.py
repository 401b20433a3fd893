"""What the forms of a placement and a legal step say, read and checked for form; actions say what may be done."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions.place_with_agency import PlacementWish
from arrears.actions.take_legal_step import StepWish
from arrears.interfaces.console import fields
from arrears.kernel.errors import InvalidInput

BODY_MAX, REFERENCE_MAX, NOTE_MAX = 80, 60, 1000


def placement(posted: Mapping[str, str], *, currency: str) -> PlacementWish:
    """Read the form of a placement; raises fields.WrongForm."""
    amount_minor = _amount(posted, "amount", currency)
    if amount_minor is None:
        raise fields.WrongForm(field="amount")
    return PlacementWish(
        placement_id=fields.identifier(posted),
        agency=posted.get("agency", ""),
        placed_on=fields.day(posted, "on"),
        amount_minor=amount_minor,
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
        note=posted.get("note", "").strip()[:NOTE_MAX],
    )


def legal_step(posted: Mapping[str, str], *, currency: str) -> StepWish:
    """Read the form of a legal step; raises fields.WrongForm."""
    return StepWish(
        step_id=fields.identifier(posted),
        kind=posted.get("kind", ""),
        taken_on=fields.day(posted, "on"),
        body=posted.get("body", "").strip()[:BODY_MAX],
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
        claim_minor=_amount(posted, "claim", currency),
        note=posted.get("note", "").strip()[:NOTE_MAX],
        next_on=fields.day_or_none(posted, "next_on"),
    )


def _amount(posted: Mapping[str, str], name: str, currency: str) -> int | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        amount = fields.minor(text, currency)
    except InvalidInput:
        raise fields.WrongForm(field=name) from None
    if amount <= 0:
        raise fields.WrongForm(field=name)
    return amount
