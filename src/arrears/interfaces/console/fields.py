"""What the forms of the console have in common: an identifier made with the page, what was seen, days, free words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date

from arrears.interfaces.ui import typed
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel import money
from arrears.kernel.errors import InvalidInput

IDENTIFIER = re.compile(r"[0-9a-f]{32}")


class WrongForm(InvalidInput):
    """What is said of each `field` stands in `ui.refusals`."""

    code = "wrong_form"
    message = "{field} is missing or not valid."


def new_id() -> str:
    """An identifier for what a page may put on record, so that a second click puts nothing on record twice."""
    return uuid.uuid4().hex


def identifier(posted: Mapping[str, str]) -> str:
    """The identifier that the page was given; raises WrongForm."""
    found = posted.get("id", "")
    if IDENTIFIER.fullmatch(found) is None:
        raise WrongForm(field="id")
    return found


def turn(posted: Mapping[str, str]) -> int:
    """What the page had seen of its thing; raises WrongForm."""
    found = typed.number(posted.get("turn", ""))
    if found is None:
        raise WrongForm(field="turn")
    return found


def day(posted: Mapping[str, str], name: str) -> date:
    """A date that must be there, of whatever year: the deed says what is too far; raises WrongForm."""
    try:
        return date.fromisoformat(posted.get(name, "").strip())
    except ValueError:
        raise WrongForm(field=name) from None


def day_or_none(posted: Mapping[str, str], name: str) -> date | None:
    """A date that may be left out; raises WrongForm."""
    return day(posted, name) if posted.get(name, "").strip() else None


def minor(text: str, currency: str) -> int:
    """An amount as it is typed, or grouped exactly as the pages show it (`1,420.83`): no other comma has one reading.

    raises : what `money.parse_minor` says of it
    """
    found = money.parse_minor(text.replace(",", ""), currency)
    if "," in text and text != ui.amount_text(found, currency):
        raise money.NotAnAmount(text=repr(text))
    return found


def words(posted: Mapping[str, str], name: str) -> str:
    """Free words with plain line ends."""
    return posted.get(name, "").replace("\r\n", "\n").strip()
