"""Which functions may a cell call, and how? The built-in functions of FEEL by name, with their parameters.

Called by `expressions`. A function is given arguments of the kinds that its parameters name, or it answers null; so no
function here has to doubt what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any

from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.rowwise import lists, numbers, ranges, texts, times, values
from arrears.decisions.tables.rowwise.values import Feel, Function


@dataclass(frozen=True)
class BuiltIn:
    """One way to call a built-in function.

    parameters : names in order
    kinds      : beside them, what each may be; None lets anything in
    needed     : how many must be given; the rest are null when left out
    rest       : the last parameter takes all further arguments, as a list
    """

    parameters: tuple[str, ...]
    kinds: tuple[frozenset[Kind] | None, ...]
    body: Callable[..., Feel]
    needed: int
    rest: bool = False


KIND_WORDS: Mapping[str, frozenset[Kind] | None] = {
    "any": None,
    "number": frozenset({Kind.NUMBER}),
    "string": frozenset({Kind.STRING}),
    "list": frozenset({Kind.LIST}),
    "context": frozenset({Kind.CONTEXT}),
    "time": frozenset({Kind.TIME}),
    "instant": frozenset({Kind.DATE, Kind.DATE_TIME}),
    "span": frozenset({Kind.DAYS_DURATION}),
    "size": frozenset({Kind.NUMBER, Kind.DAYS_DURATION, Kind.MONTHS_DURATION}),
}


def built(spelled: str, body: Callable[..., Feel]) -> BuiltIn:
    """`string: string, start position: number, length?: number` and a body. `list...` takes all the rest."""
    parameters, kinds, needed, rest = [], [], 0, False
    for parameter in (one.strip() for one in spelled.split(",") if one.strip()):
        name, _, word = parameter.partition(":")
        rest = name.endswith("...")
        needed += not (name.endswith("?") or rest)
        parameters.append(name.removesuffix("?").removesuffix("..."))
        kinds.append(KIND_WORDS[word.strip() or "any"])
    return BuiltIn(tuple(parameters), tuple(kinds), body, needed, rest)


def call(called: Function | Sequence[BuiltIn], given: Sequence[Feel], names: tuple[str, ...]) -> Feel:
    """The answer of a function to arguments by position or by `names`; null when it takes none such."""
    if isinstance(called, Function):
        arguments = _arranged(called.parameters, len(called.parameters), given, names)
        return None if arguments is None else called.body(*arguments)
    for one in called:
        arguments = _fitting(one, given, names)
        if arguments is not None:
            try:
                return one.body(*arguments)
            except (DecimalException, OverflowError, ValueError, ZeroDivisionError):
                return None
    return None


def _arranged(
    parameters: tuple[str, ...], needed: int, given: Sequence[Feel], names: tuple[str, ...]
) -> list[Feel] | None:
    if names:
        by_name = dict(zip(names, given, strict=True))
        known = set(names) <= set(parameters) and set(parameters[:needed]) <= set(names)
        return [by_name.get(name) for name in parameters] if known else None
    if not needed <= len(given) <= len(parameters):
        return None
    return [*given, *[None] * (len(parameters) - len(given))]


def _fitting(one: BuiltIn, given: Sequence[Feel], names: tuple[str, ...]) -> list[Feel] | None:
    """The arguments of a call, or None when they are too few, too many, or of other kinds."""
    if one.rest and not names:
        first = len(one.parameters) - 1
        if len(given) < first:
            return None
        given = [*given[:first], list(given[first:])]
    arguments = _arranged(one.parameters, one.needed, given, names)
    if arguments is None:
        return None
    made: list[Any] = []
    for place, (argument, kinds) in enumerate(zip(arguments, one.kinds, strict=True)):
        left_out = place >= one.needed and argument is None and not one.rest
        fitted = argument if kinds is None or left_out else _fitted(argument, kinds)
        if fitted is None and kinds is not None and not left_out:
            return None
        made.append(fitted)
    return made


def _fitted(argument: Feel, kinds: frozenset[Kind]) -> Feel:
    """An argument of one of the kinds: a value stands for the list of it, a list of one value for that value."""
    if values.kind(argument) in kinds:
        return argument
    if Kind.LIST in kinds:
        return None if argument is None else [argument]
    if isinstance(argument, list) and len(argument) == 1 and values.kind(argument[0]) in kinds:
        return argument[0]
    return None


def _table(spelled: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]]) -> dict[str, tuple[BuiltIn, ...]]:
    return {name: tuple(built(words, body) for words, body in ways) for name, ways in spelled.items()}


FUNCTIONS: Mapping[str, tuple[BuiltIn, ...]] = _table(
    {**texts.FUNCTIONS, **numbers.FUNCTIONS, **lists.FUNCTIONS, **times.FUNCTIONS, **ranges.FUNCTIONS}
)


def _sort(items: list[Feel], precedes: Feel) -> Feel:
    """sort(list, function): a merge sort, since the order is whatever the function says."""
    if len(items) < 2:
        return list(items)
    middle = len(items) // 2
    left, right = _sort(items[:middle], precedes), _sort(items[middle:], precedes)
    made: list[Feel] = []
    while left and right:
        made.append((right if call(precedes, [right[0], left[0]], ()) is True else left).pop(0))
    return made + left + right


FUNCTIONS = {**FUNCTIONS, "sort": (built("list: list, precedes", _sort),)}
