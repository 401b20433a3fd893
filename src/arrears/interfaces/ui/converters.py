"""What stands in an address: a business date."""

from __future__ import annotations

from datetime import date

from django.urls import register_converter


class Day:
    """An ISO date; any other text is no address of ours."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(Day, "day")
