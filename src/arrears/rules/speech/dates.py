"""Days of the year as texts and facts name them, and until which of them something is said to hold.

Asked by `truths` and `binding`: an offer that ends on another day than the text says is told wrongly. A year is seldom
named and none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = re.compile(
    rf"(?<!\d)(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH})|"
    rf"\b(?P<m2>{_MONTH}) (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)|"
    r"(?<!\d)\d{4}[-/年.](?P<m3>\d{1,2})[-/月.](?P<d3>\d{1,2})(?!\d)|(?<!\d)(?P<m4>\d{1,2})月(?P<d4>\d{1,2})[日号]"
)
_UNTIL = re.compile(
    r"(\b(by|until|till|before|through|than|ends?|expires?|closes?|deadline|valid|stops?)"
    r"( (is|of|on|at|midnight|the|end))*|"
    r"截[止至][日期到至于为是:]*|有效期[至到为:]*)\s*$"
)
_BEFORE = re.compile(r"\s*(当[天日])?(\d{1,2}[点时])?(之?前|以前|止|截止|为止|结束|失效)")


def days(text: str) -> Iterator[tuple[tuple[int, int], int, int]]:
    """Each day of a text in lower case as (month, day), and its place."""
    for match in _DAY.finditer(text):
        month, day = next((match[f"m{at}"], match[f"d{at}"]) for at in range(1, 5) if match[f"m{at}"])
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
        yield (number, int(day)), *match.span()


def ends(text: str) -> set[tuple[int, int]]:
    """The days until which, as a text says, something holds or must be done."""
    return {day for day, start, end in days(text) if _UNTIL.search(text[:start]) or _BEFORE.match(text, end)}
