"""What can a cell say? The syntax tree of the expression language (S-FEEL and the basics of FEEL), as frozen data.

Built by `sfeel`, walked by `compile`. Nothing here evaluates anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of FEEL values. Values of two kinds never equal or order each other: the answer is null."""

    ANY = "any"
    NULL = "null"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date and time"
    DAYS_DURATION = "days and time duration"
    MONTHS_DURATION = "years and months duration"
    CONTEXT = "context"
    LIST = "list"


@dataclass(frozen=True)
class Months:
    """A duration in months: FEEL's years-and-months duration."""

    count: int


Scalar = Decimal | str | bool | date | time | datetime | timedelta | Months | None
KIND_OF: Mapping[type, Kind] = {
    type(None): Kind.NULL,
    Decimal: Kind.NUMBER,
    str: Kind.STRING,
    bool: Kind.BOOLEAN,
    date: Kind.DATE,
    time: Kind.TIME,
    datetime: Kind.DATE_TIME,
    timedelta: Kind.DAYS_DURATION,
    Months: Kind.MONTHS_DURATION,
}
#: The kinds whose values order one another.
ORDERED = frozenset(KIND_OF.values()) - {Kind.NULL, Kind.BOOLEAN}


@dataclass(frozen=True)
class Constant:
    """A value written in the cell."""

    value: Scalar


@dataclass(frozen=True)
class Name:
    """A variable; `?` is the value that a unary test looks at."""

    name: str


@dataclass(frozen=True)
class Path:
    """A component of a structure, or a property of a date or a duration."""

    of: Node
    name: str


@dataclass(frozen=True)
class Binary:
    """+ - * / ** = != < <= > >= and or."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negation:
    """Arithmetic minus."""

    of: Node


@dataclass(frozen=True)
class Call:
    """A function with arguments by position, or by name when `names` says so."""

    name: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Apply:
    """A function that is itself worked out, with arguments by position."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Filter:
    """list[condition] or list[position]."""

    of: Node
    condition: Node


@dataclass(frozen=True)
class Iteration:
    """`name in domain` of a loop."""

    name: str
    domain: Node


@dataclass(frozen=True)
class For:
    """for … return …: a list."""

    over: tuple[Iteration, ...]
    result: Node


@dataclass(frozen=True)
class Quantified:
    """some … satisfies …, or every … satisfies …."""

    every: bool
    over: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True)
class Function:
    """function(a, b) body."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class InstanceOf:
    """value instance of type."""

    of: Node
    type: str


@dataclass(frozen=True)
class If:
    """if … then … else …: anything but true takes the else."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Sequence:
    """[a, b, c]."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Structure:
    """{a: 1, b: 2}."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class In:
    """value in (tests)."""

    value: Node
    tests: UnaryTests


@dataclass(frozen=True)
class Compare:
    """The test `< e`, `>= e`, …: the looked-at value compared with e."""

    op: str
    to: Node


@dataclass(frozen=True)
class Interval:
    """`[a..b)`, with each end closed or open: a test, or a range as a value."""

    low: Node
    low_closed: bool
    high: Node
    high_closed: bool


@dataclass(frozen=True)
class Equal:
    """The test `e`: the looked-at value equals e, or is in the list e; or e, if it mentions `?`, is true."""

    to: Node


Node = (
    Constant
    | Name
    | Path
    | Binary
    | Negation
    | Call
    | Apply
    | Filter
    | For
    | Quantified
    | Function
    | InstanceOf
    | If
    | Sequence
    | Structure
    | In
    | Interval
)
Test = Compare | Interval | Equal


@dataclass(frozen=True)
class UnaryTests:
    """One cell: any of the tests, or none of them when negated; no tests at all is `-`, which always holds."""

    tests: tuple[Test, ...]
    negated: bool = False


ALWAYS = UnaryTests(())


def parts(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside an expression."""
    match node:
        case Path(of, _) | Negation(of) | InstanceOf(of, _):
            return (of,)
        case Interval(low, _, high, _):
            return (low, high)
        case Apply(function, arguments):
            return (function, *arguments)
        case Filter(of, condition):
            return (of, condition)
        case For(over, last) | Quantified(_, over, last):
            return (*(one.domain for one in over), last)
        case Function(_, body):
            return (body,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments, _):
            return arguments
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
        case Sequence(items):
            return items
        case Structure(entries):
            return tuple(entry for _, entry in entries)
        case In(value, tests):
            return (value, *tested(tests))
    return ()


def tested(tests: UnaryTests) -> tuple[Node, ...]:
    """The expressions that the tests of a cell compare with."""
    found: list[Node] = []
    for test in tests.tests:
        found += (test.low, test.high) if isinstance(test, Interval) else (test.to,)
    return tuple(found)


def names_in(node: Node) -> frozenset[str]:
    """Every variable that an expression takes from outside, `?` included."""
    if isinstance(node, Name):
        return frozenset({node.name})
    return frozenset[str]().union(*map(names_in, parts(node))) - bound_in(node)


def bound_in(node: Node) -> frozenset[str]:
    """The variables that an expression itself gives a meaning to."""
    match node:
        case Structure(entries):
            return frozenset(name for name, _ in entries)
        case For(over, _) | Quantified(_, over, _):
            return frozenset(one.name for one in over) | {"partial"}
        case Function(parameters, _):
            return frozenset(parameters)
        case Filter():
            return frozenset({"item"})
    return frozenset()


def calls_in(node: Node) -> frozenset[str]:
    """Every function that an expression calls by name."""
    own = {node.name} if isinstance(node, Call) else set()
    return frozenset(own).union(*map(calls_in, parts(node))) - bound_in(node)
