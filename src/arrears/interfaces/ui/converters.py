"""What stands in an address: a business date, or a number that every column holds."""

from __future__ import annotations

from datetime import date

from django.urls import register_converter

from arrears.interfaces.ui import typed


class Day:
    """An ISO date; any other text is no address of ours."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class Number:
    """A whole number in no more digits than both databases keep; any other text is no address of ours."""

    regex = f"[0-9]{{1,{typed.DIGITS_MAX}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Day, "day")
register_converter(Number, "number")
