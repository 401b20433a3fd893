"""The built-in functions on texts: parts of them, questions about them, and texts of other values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from arrears.decisions.tables import decimals, temporal
from arrears.decisions.tables.rowwise import values
from arrears.decisions.tables.rowwise.values import Feel

_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
#: A pattern and a text may together be no longer, since a pattern can take a time that grows with their power.
LONGEST = 10_000


def string_of(value: Feel) -> Feel:
    """string(value); null stays null."""
    return None if value is None else value if isinstance(value, str) else shown(value)


def shown(value: Feel) -> str:
    """A value as a cell would write it."""
    match value:
        case None | bool():
            return "null" if value is None else str(value).lower()
        case Decimal():
            return decimals.written(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join(map(shown, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{name}: {shown(one)}" for name, one in value.items()) + "}"
        case values.Range(low, low_closed, high, high_closed):
            return f"{'[' if low_closed else '('}{shown(low)}..{shown(high)}{']' if high_closed else ')'}"
        case values.Function():
            return "function"
    return temporal.written(value)


def substring(text: str, start: Decimal, length: Decimal | None = None) -> Feel:
    """substring(text, from, length): from counts at 1, or backwards when negative."""
    begin = int(start)
    begin = begin - 1 if begin > 0 else len(text) + begin if begin < 0 else -1
    if not 0 <= begin < len(text) or (length is not None and length < 1):
        return None if begin < 0 or (length is not None and length < 1) else ""
    return text[begin:] if length is None else text[begin : begin + int(length)]


def before(text: str, match: str) -> str:
    return text[: max(text.find(match), 0)]


def after(text: str, match: str) -> str:
    place = text.find(match)
    return text[place + len(match) :] if place >= 0 else ""


def pattern_of(pattern: str, flags: str | None, text: str) -> re.Pattern[str] | None:
    """A pattern of XML Schema as one of Python; None when it is none."""
    if len(pattern) + len(text) > LONGEST:
        return None
    if flags is not None and not set(flags) <= set(_FLAGS):
        return None
    wanted = re.UNICODE
    for flag in flags or "":
        wanted |= _FLAGS[flag]
    try:
        return re.compile(pattern, wanted)
    except re.error:
        return None


def matches(text: str, pattern: str, flags: str | None = None) -> Feel:
    found = pattern_of(pattern, flags, text)
    return None if found is None else found.search(text) is not None


def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> Feel:
    found = pattern_of(pattern, flags, text)
    if found is None:
        return None
    try:
        return found.sub(re.sub(r"\$(\d)", r"\\g<\1>", replacement.replace("\\", "\\\\")), text)
    except (re.error, IndexError):
        return None


def split(text: str, delimiter: str) -> Feel:
    found = pattern_of(delimiter, None, text)
    return None if found is None else found.split(text)


def join(items: list[Feel], delimiter: str | None = None) -> Feel:
    if not all(one is None or isinstance(one, str) for one in items):
        return None
    return (delimiter or "").join(one for one in items if one is not None)


PATTERNED = "input: string, pattern: string, flags?: string"
MATCHED = "string: string, match: string"
FUNCTIONS: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]] = {
    "string": [("from", string_of)],
    "substring": [("string: string, start position: number, length?: number", substring)],
    "string length": [("string: string", lambda text: Decimal(len(text)))],
    "upper case": [("string: string", str.upper)],
    "lower case": [("string: string", str.lower)],
    "substring before": [(MATCHED, before)],
    "substring after": [(MATCHED, after)],
    "contains": [(MATCHED, str.__contains__)],
    "starts with": [(MATCHED, str.startswith)],
    "ends with": [(MATCHED, str.endswith)],
    "matches": [(PATTERNED, matches)],
    "replace": [("input: string, pattern: string, replacement: string, flags?: string", replace)],
    "split": [("string: string, delimiter: string", split)],
    "string join": [("list: list, delimiter?: string", join)],
}
