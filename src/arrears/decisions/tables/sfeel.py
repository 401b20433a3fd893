"""What does the text of a cell mean? Text of the expression language in, syntax tree out.

Called by `parse` for every cell of a file. It must never evaluate, and never guess: text that it cannot read is refused
with the position of the first sign that does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, cast

import lark

from arrears.decisions.tables import feel
from arrears.kernel.errors import InvalidInput

#: Built-in functions whose names have spaces; they are names only in front of a bracket.
SPACED_FUNCTIONS = (
    "years and months duration",
    "date and time",
    "list contains",
    "string length",
    "upper case",
    "lower case",
    "starts with",
    "ends with",
    "round half up",
    "round half down",
    "round up",
    "round down",
)

#: A name that the grammar reads without having been told of it.
PLAIN_NAME = re.compile(r"[^\W\d]\w*\Z")

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?\Z")


class UnreadableCell(InvalidInput):
    """The text is not in the language; `column` counts from 1 in the line of the cell."""

    code = "unreadable_cell"


def normal_name(name: str) -> str:
    """A name with its runs of white space made one space, as FEEL compares names."""
    return " ".join(name.split())


def read_expression(text: str, *, names: frozenset[str] = frozenset()) -> feel.Node:
    """The tree of an expression.

    text    : e.g. `Full Name + "!"`
    names   : names known to the file; only those with spaces or signs matter here
    raises  : UnreadableCell
    example : read_expression("1 + 2") -> Binary("+", Constant(1), Constant(2))
    """
    return cast(feel.Node, _read(text, "expression", names))


def read_tests(text: str, *, names: frozenset[str] = frozenset()) -> feel.UnaryTests:
    """The tests of a condition cell; an empty cell is `-`.

    raises  : UnreadableCell
    example : read_tests("<18, [60..70)") -> any of two tests
    """
    if not text.strip():
        return feel.ALWAYS
    return cast(feel.UnaryTests, _read(text, "unary_tests", names))


def read_values(text: str, *, names: frozenset[str] = frozenset()) -> tuple[feel.Node, ...]:
    """The listed values of an output clause, in their order; tests that list no single value are left out."""
    return tuple(test.to for test in read_tests(text, names=names).tests if isinstance(test, feel.Equal))


def _read(text: str, start: str, names: frozenset[str]) -> object:
    special = frozenset(name for name in names if not PLAIN_NAME.match(name))
    try:
        return _Builder().transform(_parser(special).parse(text, start=start))
    except lark.UnexpectedInput as wrong:
        raise UnreadableCell(_complaint(text, wrong)) from None
    except lark.exceptions.VisitError as wrong:
        if isinstance(wrong.orig_exc, UnreadableCell):
            raise wrong.orig_exc from None
        raise


def _complaint(text: str, wrong: lark.UnexpectedInput) -> str:
    column = getattr(wrong, "column", -1)
    token = getattr(wrong, "token", None)
    if column is None or column < 1 or (token is not None and token.type == "$END"):
        return f"`{text}` ends too early"
    found = text.splitlines()[wrong.line - 1][column - 1 :][:12] if wrong.line and text.splitlines() else ""
    return f"`{text}` does not fit at column {column}" + (f", `{found}`" if found else ": it ends too early")


@lru_cache(maxsize=32)
def _parser(special: frozenset[str]) -> lark.Lark:
    known = sorted(special, key=lambda name: (-len(name), name))
    spelled = [r"\s+".join(re.escape(part) for part in name.split()) + r"(?!\w)" for name in known]
    functions = [r"\s+".join(name.split()) + r"(?=\s*\()" for name in SPACED_FUNCTIONS]
    names = "|".join([*functions, *spelled, r"[^\W\d]\w*"]).replace("/", r"\/")
    grammar = resources.files(__package__).joinpath("sfeel.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar.replace("@NAMES@", names), parser="lalr", start=["unary_tests", "expression"])


def read_temporal(text: str) -> feel.Scalar:
    """The date, time, date and time or duration that an at-literal spells, or None when it spells none."""
    readers: tuple[Callable[[str], feel.Scalar], ...] = (read_date, read_time, read_date_time, read_duration)
    return next((value for reader in readers if (value := reader(text)) is not None), None)


def read_date(text: str) -> date | None:
    """`2026-11-23`, or None."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`08:30:00`, or None."""
    try:
        return time.fromisoformat(text) if re.match(r"\d\d:\d\d:\d\d", text) else None
    except ValueError:
        return None


def read_date_time(text: str) -> datetime | None:
    """`2026-11-23T08:30:00`, with or without an offset, or None."""
    try:
        return datetime.fromisoformat(text) if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text) else None
    except ValueError:
        return None


def read_duration(text: str) -> timedelta | feel.Months | None:
    """`P3DT2H` in days and time, `P1Y6M` in months, or None."""
    if (found := _MONTHS.match(text)) and text.strip("-") != "P":
        sign, years, months = found.groups()
        count = int(years or 0) * 12 + int(months or 0)
        return feel.Months(-count if sign else count)
    if (found := _DURATION.match(text)) and text[-1] not in "PT":
        sign, days, hours, minutes, seconds = found.groups()
        span = timedelta(int(days or 0), float(seconds or 0), hours=int(hours or 0), minutes=int(minutes or 0))
        return -span if sign else span
    return None


def _unescape(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        sign = found.group(1)
        return chr(int(sign[1:], 16)) if sign[0] in "uU" and len(sign) > 1 else _ESCAPED.get(sign, found.group(0))

    return _ESCAPE.sub(one, text[1:-1])


class _Builder(lark.Transformer[Any, Any]):
    """Turns the parse tree into the frozen tree of `feel`."""

    def always(self, _: list[Any]) -> feel.UnaryTests:
        return feel.ALWAYS

    def any_of(self, children: list[Any]) -> feel.UnaryTests:
        (tests,) = children
        match tests:
            case [feel.Equal(feel.Call("not", (inner,)))]:
                return feel.UnaryTests((feel.Equal(inner),), negated=True)
        return feel.UnaryTests(tuple(tests))

    def none_of(self, children: list[Any]) -> feel.UnaryTests:
        return feel.UnaryTests(tuple(children[-1]), negated=True)

    def tests(self, children: list[Any]) -> list[Any]:
        return children

    def compare(self, children: list[Any]) -> feel.Compare:
        return feel.Compare(str(children[0]), children[1])

    def interval(self, children: list[Any]) -> feel.Interval:
        opens, low, high, closes = children
        return feel.Interval(low, str(opens) == "[", high, str(closes) == "]")

    def equal(self, children: list[Any]) -> feel.Equal:
        return feel.Equal(children[0])

    def if_else(self, children: list[Any]) -> feel.If:
        return feel.If(*children)

    def either(self, children: list[Any]) -> feel.Binary:
        return feel.Binary("or", *children)

    def both(self, children: list[Any]) -> feel.Binary:
        return feel.Binary("and", *children)

    def binary(self, children: list[Any]) -> feel.Binary:
        left, sign, right = children
        return feel.Binary(str(sign), left, right)

    def between(self, children: list[Any]) -> feel.Node:
        value, low, high = children
        return feel.In(value, feel.UnaryTests((feel.Interval(low, True, high, True),)))

    def in_one(self, children: list[Any]) -> feel.Node:
        return feel.In(children[0], feel.UnaryTests((children[1],)))

    def in_many(self, children: list[Any]) -> feel.Node:
        return feel.In(children[0], feel.UnaryTests(tuple(children[1:])))

    def negation(self, children: list[Any]) -> feel.Node:
        match children[0]:
            case feel.Constant(Decimal() as number):
                return feel.Constant(-number)
        return feel.Negation(children[0])

    def path(self, children: list[Any]) -> feel.Path:
        return feel.Path(children[0], normal_name(str(children[1])))

    def number(self, children: list[Any]) -> feel.Constant:
        return feel.Constant(Decimal(str(children[0])))

    def string(self, children: list[Any]) -> feel.Constant:
        return feel.Constant(_unescape(str(children[0])))

    def at(self, children: list[Any]) -> feel.Constant:
        value = read_temporal(_unescape(str(children[0])))
        if value is None:
            raise UnreadableCell(f"@{children[0]} is not a date, a time or a duration")
        return feel.Constant(value)

    def true(self, _: list[Any]) -> feel.Constant:
        return feel.Constant(True)

    def false(self, _: list[Any]) -> feel.Constant:
        return feel.Constant(False)

    def null(self, _: list[Any]) -> feel.Constant:
        return feel.Constant(None)

    def looked_at(self, _: list[Any]) -> feel.Name:
        return feel.Name("?")

    def name(self, children: list[Any]) -> feel.Name:
        return feel.Name(normal_name(str(children[0])))

    def call(self, children: list[Any]) -> feel.Call:
        name, *arguments = children
        return feel.Call(normal_name(str(name)), tuple(arguments) if arguments != [None] else ())

    def not_(self, children: list[Any]) -> feel.Call:
        return feel.Call("not", (children[0],))

    def sequence(self, children: list[Any]) -> feel.Sequence:
        return feel.Sequence(tuple(children) if children != [None] else ())

    def structure(self, children: list[Any]) -> feel.Structure:
        return feel.Structure(tuple(children) if children != [None] else ())

    def entry(self, children: list[Any]) -> tuple[str, Any]:
        key = str(children[0])
        return (_unescape(key) if key.startswith('"') else normal_name(key), children[1])
