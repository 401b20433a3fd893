"""What the forms of the complaints desk say, read and checked for form; actions say what may be done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date

from arrears.actions import take_complaint
from arrears.kernel.errors import InvalidInput
from arrears.records.complaints.operations import Intake

IDENTIFIER = re.compile(r"[0-9a-f]{32}")
REGULATOR, REFERENCE_MAX, REGULATOR_MAX = "REGULATOR", 60, 80
#: How a colleague may say that a complaint came in; what a regulator sends on is for the compliance desk.
BY_HAND = ("PHONE", "WRITTEN")


class WrongComplaintForm(InvalidInput):
    code = "wrong_form"
    message = "{field} is missing or not valid."


def new_id() -> str:
    """An identifier for what a page may put on record, so that a second click puts nothing on record twice."""
    return uuid.uuid4().hex


def intake(posted: Mapping[str, str], *, customer_id: str, case_id: str, intakes: tuple[str, ...]) -> Intake:
    """Read the form of a complaint that comes in; raises WrongComplaintForm, take_complaint.UnknownAbout."""
    complaint_id, came = posted.get("id", ""), posted.get("intake", "")
    if IDENTIFIER.fullmatch(complaint_id) is None:
        raise WrongComplaintForm(field="id")
    if came not in intakes:
        raise WrongComplaintForm(field="intake")
    is_sent_on = came == REGULATOR
    return Intake(
        complaint_id=complaint_id,
        customer_id=customer_id,
        case_id=case_id,
        intake=came,
        complainant=posted.get("complainant", ""),
        kind=posted.get("kind", ""),
        text=words(posted, "text"),
        about=take_complaint.about(posted.get("about", "")),
        regulator=posted.get("regulator", "").strip()[:REGULATOR_MAX] if is_sent_on else "",
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
    )


def words(posted: Mapping[str, str], name: str) -> str:
    """Free words with plain line ends."""
    return posted.get(name, "").replace("\r\n", "\n").strip()


def turn(posted: Mapping[str, str]) -> int:
    """What the page had seen of the complaint; raises WrongComplaintForm."""
    text = posted.get("turn", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise WrongComplaintForm(field="turn")
    return int(text)


def day_or_none(posted: Mapping[str, str], name: str) -> date | None:
    """A date that may be left out; raises WrongComplaintForm."""
    text = posted.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongComplaintForm(field="on") from None
