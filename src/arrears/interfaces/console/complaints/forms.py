"""What the forms of the complaints desk say, read and checked for form; actions say what may be done."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions import take_complaint
from arrears.interfaces.console import fields
from arrears.records.complaints.operations import Intake

REGULATOR, REFERENCE_MAX, REGULATOR_MAX = "REGULATOR", 60, 80
#: How a colleague may say that a complaint came in; what a regulator sends on is for the compliance desk.
BY_HAND = ("PHONE", "WRITTEN")


def intake(posted: Mapping[str, str], *, customer_id: str, case_id: str, intakes: tuple[str, ...]) -> Intake:
    """Read the form of a complaint that comes in; raises fields.WrongForm, take_complaint.UnknownAbout."""
    complaint_id, came = fields.identifier(posted), posted.get("intake", "")
    if came not in intakes:
        raise fields.WrongForm(field="intake")
    is_sent_on = came == REGULATOR
    return Intake(
        complaint_id=complaint_id,
        customer_id=customer_id,
        case_id=case_id,
        intake=came,
        complainant=posted.get("complainant", ""),
        kind=posted.get("kind", ""),
        text=fields.words(posted, "text"),
        about=take_complaint.about(posted.get("about", "")),
        regulator=posted.get("regulator", "").strip()[:REGULATOR_MAX] if is_sent_on else "",
        reference=posted.get("reference", "").strip()[:REFERENCE_MAX],
    )
