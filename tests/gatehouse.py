"""The shipped law and words, and drafts for the cast: what tests of the gate, the worker and the night start from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests import cast

from arrears import policies
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_plan import Draft
from arrears.config import gate_in_force


def shipped_gate() -> Gate:
    """The mainland China pack with the house's own choices, and the shipped texts."""
    return gate_in_force.read(policies.folder(), "cn+house")


def draft(customer_id: str = cast.PAYS, **changes: Any) -> Draft:
    """A text message to a borrower's own phone, three days late, meant for now and good until this evening."""
    given: dict[str, Any] = {
        "customer_id": customer_id,
        "case_id": None,
        "currency": "CNY",
        "contact_point_id": cast.own_point(customer_id),
        "channel": "SMS",
        "purpose": "COLLECT",
        "template": "EARLY_D3",
        "as_of": cast.TODAY,
        "planned_for": cast.NOW,
        "expires_at": cast.NOW + timedelta(hours=36),
        "facts": {"amount_minor": 50_000, "currency": "CNY", "due_on": "2026-11-20", "days": 3},
    }
    return Draft(**(given | changes))
