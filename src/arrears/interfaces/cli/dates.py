"""How is a date written on the command line? As YYYY-MM-DD, and a date that the calendar knows.

Called by every command with a date among its options.
"""

from __future__ import annotations

import re
from datetime import date

import typer

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")


def day(text: str) -> date:
    """The date that was typed; raises BadParameter, in words for an operator."""
    try:
        if _FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text} is no date: write a day of the calendar as YYYY-MM-DD, such as 2026-11-23")
