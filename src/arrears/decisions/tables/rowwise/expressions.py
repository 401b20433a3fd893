"""How is an expression worked out on one row? A syntax tree in, a function of the row out.

Called by `tables` and `decisions`. A tree is turned into nested functions once, and these run for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from arrears.decisions.tables import feel
from arrears.decisions.tables.rowwise import functions, lists, properties, values
from arrears.decisions.tables.rowwise.values import Feel, Function, Range
from arrears.kernel.errors import InvalidInput

Row = Mapping[str, Any]
Run = Callable[[Row], Feel]


class UnknownFunction(InvalidInput):
    """A cell calls a function that is neither built in nor in the file."""

    code = "unknown_function"


def compiled(node: feel.Node) -> Run:
    """The function from a row to the value of an expression."""
    match node:
        case feel.Constant(value):
            return lambda row: value
        case feel.Name(name):
            return lambda row: row.get(name)
        case feel.Path(of, name):
            return _path(of, name)
        case feel.Binary(sign, left, right):
            return _binary(sign, compiled(left), compiled(right))
        case feel.Negation(of):
            run = compiled(of)
            return lambda row: values.minus(run(row))
        case feel.If(condition, then, otherwise):
            when, yes, no = compiled(condition), compiled(then), compiled(otherwise)
            return lambda row: yes(row) if when(row) is True else no(row)
        case feel.In(looked_at, tests):
            return _in(compiled(looked_at), unary_tests(tests))
        case feel.Interval(low, low_closed, high, high_closed):
            start, end = compiled(low), compiled(high)
            return lambda row: Range(start(row), low_closed, end(row), high_closed)
    return _compound(node)


def _compound(node: feel.Node) -> Run:
    match node:
        case feel.Sequence(items):
            parts = [compiled(item) for item in items]
            return lambda row: [part(row) for part in parts]
        case feel.Structure(entries):
            return _structure([(name, compiled(entry)) for name, entry in entries])
        case feel.Call(name, arguments, names):
            return _call(name, [compiled(one) for one in arguments], names)
        case feel.Apply(function, arguments):
            return _apply(compiled(function), [compiled(one) for one in arguments])
        case feel.Filter(of, condition):
            return _filter(compiled(of), compiled(condition), feel.names_in(condition))
        case feel.For(over, result):
            return _for(_loops(over), compiled(result), "partial" in feel.names_in(result))
        case feel.Quantified(every, over, condition):
            return _quantified(every, _loops(over), compiled(condition))
        case feel.Function(parameters, body):
            return closure(parameters, compiled(body))
        case feel.InstanceOf(of, type_name):
            run = compiled(of)
            return lambda row: properties.is_instance(run(row), type_name)
    raise TypeError(node)


def _path(of: feel.Node, name: str) -> Run:
    run = compiled(of)
    return lambda row: properties.part(run(row), name)


def _binary(sign: str, left: Run, right: Run) -> Run:
    match sign:
        case "and":
            return lambda row: values.both(left(row), right(row))
        case "or":
            return lambda row: values.either(left(row), right(row))
        case "=":
            return lambda row: values.equal(left(row), right(row))
        case "!=":
            return lambda row: values.inverse(values.equal(left(row), right(row)))
        case "<" | "<=" | ">" | ">=":
            return lambda row: values.order(sign, left(row), right(row))
    return lambda row: values.arithmetic(sign, left(row), right(row))


def _structure(entries: Sequence[tuple[str, Run]]) -> Run:
    def run(row: Row) -> Feel:
        made: dict[str, Feel] = {}
        inside = dict(row)
        for name, entry in entries:
            made[name] = inside[name] = entry(inside)
        return made

    return run


def _call(name: str, arguments: Sequence[Run], names: tuple[str, ...]) -> Run:
    built_in = functions.FUNCTIONS.get(name)

    def run(row: Row) -> Feel:
        given = [argument(row) for argument in arguments]
        own = row.get(name)
        called = own if isinstance(own, Function) else built_in
        if called is None:
            return None
        return functions.call(called, given, names)

    return run


def _apply(function: Run, arguments: Sequence[Run]) -> Run:
    def run(row: Row) -> Feel:
        called = function(row)
        given = [argument(row) for argument in arguments]
        return functions.call(called, given, ()) if isinstance(called, Function) else None

    return run


def loop(kind: str, variable: str, domain: Run, body: Run) -> Run:
    """A loop of a box: `for`, `some`, `every` or `filter`."""
    over = [(variable, domain)]
    match kind:
        case "for":
            return _for(over, body, looks_back=True)
        case "filter":
            return _filter(domain, body, frozenset({"item"}))
    return _quantified(kind == "every", over, body)


def _loops(over: tuple[feel.Iteration, ...]) -> Sequence[tuple[str, Run]]:
    return [(one.name, compiled(one.domain)) for one in over]


def closure(parameters: tuple[str, ...], body: Run) -> Run:
    return lambda row: Function(parameters, lambda *given: body({**row, **dict(zip(parameters, given, strict=True))}))


def _filter(of: Run, condition: Run, names: frozenset[str]) -> Run:
    def run(row: Row) -> Feel:
        items = of(row)
        items = items if isinstance(items, list) else [] if items is None else [items]
        position = condition(row) if not names & _speaks_of(items) else None
        if isinstance(position, Decimal):
            return _at(items, position)
        return [item for item in items if condition(_inside(row, item)) is True]

    return run


def _speaks_of(items: list[Feel]) -> set[str]:
    """The names that the items of a list give to a condition."""
    return {"item"}.union(*(item for item in items if isinstance(item, dict)))


def _at(items: list[Feel], position: Decimal) -> Feel:
    place = lists.place(items, position)
    return None if place is None else items[place]


def _inside(row: Row, item: Feel) -> Row:
    return {**row, **item, "item": item} if isinstance(item, dict) else {**row, "item": item}


def _rows(over: Sequence[tuple[str, Run]], row: Row) -> Iterator[Row]:
    """The rows that nested loops go through; nothing when a domain is no list and no range of numbers or dates."""
    if not over:
        yield row
        return
    (name, domain), *inner = over
    for item in _items(domain(row)):
        yield from _rows(inner, {**row, name: item})


def _items(domain: Feel) -> Iterator[Feel]:
    if isinstance(domain, list):
        yield from domain
    elif isinstance(domain, Range):
        low, high = domain.low, domain.high
        step = values.order("<=", low, high)
        if step is not None and isinstance(low, Decimal | date):
            one = timedelta(days=1) if isinstance(low, date) else Decimal(1)
            at = low
            while at <= high if step else at >= high:
                yield at
                at = at + one if step else at - one  # type: ignore[operator]
    elif domain is not None:
        yield domain


def _for(loops: Sequence[tuple[str, Run]], result: Run, looks_back: bool) -> Run:
    def run(row: Row) -> Feel:
        made: list[Feel] = []
        for inside in _rows(loops, row):
            made.append(result({**inside, "partial": list(made)} if looks_back else inside))
        return made

    return run


def _quantified(every: bool, loops: Sequence[tuple[str, Run]], condition: Run) -> Run:
    together = values.both if every else values.either

    def run(row: Row) -> Feel:
        answer: bool | None = every
        for inside in _rows(loops, row):
            answer = together(answer, condition(inside))
        return answer

    return run


# Tests.


def unary_tests(tests: feel.UnaryTests) -> Callable[[Feel, Row], bool | None]:
    """Does a value pass the tests of a cell? A rule fires on true alone."""
    parts = [_test(test) for test in tests.tests]
    if not parts:
        return lambda value, row: True
    looks_again = any("?" in feel.names_in(node) for node in feel.tested(tests))
    if len(parts) == 1 and not tests.negated and not looks_again:
        return parts[0]

    def run(value: Feel, row: Row) -> bool | None:
        inside = {**row, "?": value} if looks_again else row
        answer: bool | None = False
        for part in parts:
            answer = values.either(answer, part(value, inside))
        return values.inverse(answer) if tests.negated else answer

    return run


def _in(looked_at: Run, passes: Callable[[Feel, Row], bool | None]) -> Run:
    return lambda row: passes(looked_at(row), row)


def _test(test: feel.Test) -> Callable[[Feel, Row], bool | None]:
    match test:
        case feel.Compare(sign, to):
            wanted = compiled(to)
            return lambda value, row: values.order(sign, value, wanted(row))
        case feel.Interval():
            range_of = compiled(test)
            return lambda value, row: values.within(value, range_of(row))
        case feel.Equal(to):
            return _equal(to)


def _equal(to: feel.Node) -> Callable[[Feel, Row], bool | None]:
    wanted = compiled(to)
    if "?" in feel.names_in(to):
        return lambda value, row: truth(wanted(row))
    is_written = isinstance(to, feel.Constant)

    def run(value: Feel, row: Row) -> bool | None:
        one = wanted(row)
        if isinstance(one, bool) and not is_written and not isinstance(value, bool):
            return one
        if isinstance(one, Range):
            return values.within(value, one)
        if isinstance(one, list) and not isinstance(value, list):
            return lists.holds(one, value)
        if isinstance(value, list) and not isinstance(one, list) and one is not None:
            return lists.holds(value, one)
        return values.equal(value, one)

    return run


def truth(value: Feel) -> bool | None:
    """A value as the outcome of a test."""
    return value if isinstance(value, bool) else None
