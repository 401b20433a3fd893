"""What the forms of the privacy desk say, read and checked for form; actions say what may be done."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions import reveal_sealed
from arrears.interfaces.console import fields
from arrears.records.compliance.consents import Given
from arrears.records.rights.holds import Wanted
from arrears.records.rights.requests import Intake
from arrears.rules import reveals


def note(posted: Mapping[str, str]) -> str:
    """A reason written out, without identity; raises reveals.ReasonMissing, ReasonHoldsIdentity."""
    return reveal_sealed.noted(posted.get("note", ""))


def hold(posted: Mapping[str, str], *, customer_id: str) -> Wanted:
    """A hold to be set."""
    return Wanted(fields.identifier(posted), customer_id, posted.get("reason", ""), note(posted))


def request(posted: Mapping[str, str], *, customer_id: str) -> Intake:
    """A request that comes in."""
    asked = (posted.get("kind", ""), posted.get("intake", ""), posted.get("proof", ""))
    return Intake(fields.identifier(posted), customer_id, *asked, text=fields.words(posted, "text"))


def consent(posted: Mapping[str, str], *, customer_id: str) -> Given:
    """A consent that was given."""
    return Given(
        consent_id=fields.identifier(posted),
        customer_id=customer_id,
        purpose=posted.get("purpose", ""),
        proof=posted.get("proof", ""),
        proof_ref=reveals.reference(posted.get("proof_ref", "")),
        policy=reveals.reference(posted.get("policy", "")),
    )
