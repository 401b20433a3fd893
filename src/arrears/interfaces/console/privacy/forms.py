"""What the forms of the privacy desk say, read and checked for form; actions say what may be done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

from arrears.actions import reveal_sealed
from arrears.kernel.errors import InvalidInput
from arrears.records.compliance.consents import Given
from arrears.records.rights.holds import Wanted
from arrears.records.rights.requests import Intake
from arrears.rules import reveals

IDENTIFIER = re.compile(r"[0-9a-f]{32}")


class WrongRightsForm(InvalidInput):
    code = "wrong_form"
    message = "{field} is missing or not valid."


def new_id() -> str:
    """An identifier for what a page may put on record, so that a second click puts nothing on record twice."""
    return uuid.uuid4().hex


def identifier(posted: Mapping[str, str]) -> str:
    """The identifier that the page was given; raises WrongRightsForm."""
    found = posted.get("id", "")
    if IDENTIFIER.fullmatch(found) is None:
        raise WrongRightsForm(field="id")
    return found


def turn(posted: Mapping[str, str]) -> int:
    """What was seen of a request; raises WrongRightsForm."""
    text = posted.get("turn", "")
    if not (text.isascii() and text.isdigit()):
        raise WrongRightsForm(field="turn")
    return int(text)


def note(posted: Mapping[str, str]) -> str:
    """A reason written out, without identity; raises reveals.ReasonMissing, ReasonHoldsIdentity."""
    return reveal_sealed.noted(posted.get("note", ""))


def words(posted: Mapping[str, str], name: str) -> str:
    """A longer text, with line ends of one kind."""
    return posted.get(name, "").replace("\r\n", "\n").strip()


def hold(posted: Mapping[str, str], *, customer_id: str) -> Wanted:
    """A hold to be set."""
    return Wanted(identifier(posted), customer_id, posted.get("reason", ""), note(posted))


def request(posted: Mapping[str, str], *, customer_id: str) -> Intake:
    """A request that comes in."""
    asked = (posted.get("kind", ""), posted.get("intake", ""), posted.get("proof", ""))
    return Intake(identifier(posted), customer_id, *asked, text=words(posted, "text"))


def consent(posted: Mapping[str, str], *, customer_id: str) -> Given:
    """A consent that was given."""
    return Given(
        consent_id=identifier(posted),
        customer_id=customer_id,
        purpose=posted.get("purpose", ""),
        proof=posted.get("proof", ""),
        proof_ref=reveals.kept(posted.get("proof_ref", "")),
        policy=posted.get("policy", ""),
    )
