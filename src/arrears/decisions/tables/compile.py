"""How does a cell become a column expression? The tree of `feel` in, a value of `columns` out.

Called by `evaluate` with a scope, which says what each name is. It never looks at data: kinds are known beforehand, so
a name or a function that does not exist is refused before the first row is read.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import polars as pl

from arrears.decisions.tables import columns, feel, functions, operators
from arrears.decisions.tables.columns import Shape, Value
from arrears.decisions.tables.feel import Kind
from arrears.kernel.errors import InvalidInput

#: A knowledge model, called with its arguments by position or by name.
Called = Callable[[tuple[Value, ...] | Mapping[str, Value]], Value]


class UnknownName(InvalidInput):
    """A cell speaks of something that is neither an input, nor a requirement, nor a function."""

    code = "unknown_name"


@dataclass(frozen=True)
class Scope:
    """What names mean where an expression stands: values, and the knowledge models that it may call."""

    where: str
    values: Mapping[str, Value] = field(default_factory=dict)
    knowledge: Mapping[str, Called] = field(default_factory=dict)

    def having(self, name: str, value: Value) -> Scope:
        return Scope(self.where, {**self.values, name: value}, self.knowledge)

    def at(self, where: str) -> Scope:
        return Scope(where, self.values, self.knowledge)


def expression(node: feel.Node, scope: Scope) -> Value:
    """The value of an expression, row by row.

    node    : a tree from `sfeel`
    scope   : every name that it may speak of
    returns : a Value; expr yields one value a row
    raises  : UnknownName; MixedKinds where branches differ in kind
    """
    match node:
        case feel.Constant(value):
            return columns.constant(value)
        case feel.Name(name):
            if name not in scope.values:
                raise UnknownName(f"{scope.where}: there is no `{name}` here")
            return scope.values[name]
        case feel.Path(of, name):
            return _path(expression(of, scope), name)
        case feel.Binary(sign, left, right):
            return _binary(sign, expression(left, scope), expression(right, scope))
        case feel.Negation(of):
            return operators.minus(expression(of, scope))
        case feel.Call(name, arguments, ()):
            return _call(name, tuple(expression(argument, scope) for argument in arguments), scope)
        case feel.If(condition, then, otherwise):
            return operators.choose(*(expression(part, scope) for part in (condition, then, otherwise)))
        case feel.Sequence(items):
            return _sequence(tuple(expression(item, scope) for item in items))
        case feel.Structure(entries):
            return _structure(entries, scope)
        case feel.In(value, tests):
            return unary_tests(tests, expression(value, scope), scope)
    raise UnknownName(f"{scope.where}: {type(node).__name__} works row by row only")


def _structure(entries: tuple[tuple[str, feel.Node], ...], scope: Scope) -> Value:
    made: dict[str, Value] = {}
    for name, entry in entries:
        made[name] = expression(entry, scope)
        scope = scope.having(name, made[name])
    return columns.structure(made)


def _sequence(items: tuple[Value, ...]) -> Value:
    shape = operators.common_shape(items)
    exprs = [item.expr for item in items]
    expr = pl.concat_list(exprs) if exprs else pl.lit(None, pl.List(pl.Boolean))
    return Value(Shape(Kind.LIST, item=shape), expr, items=items)


def _path(value: Value, name: str) -> Value:
    if name in value.components:
        return value.components[name]
    return functions.property_of(value, name) or columns.NULL


def _binary(sign: str, left: Value, right: Value) -> Value:
    match sign:
        case "and":
            return operators.every((left, right))
        case "or":
            return operators.some((left, right))
        case "=":
            return operators.equal(left, right)
        case "!=":
            return operators.negate(operators.equal(left, right))
        case "<" | "<=" | ">" | ">=":
            return operators.order(sign, left, right)
    return operators.arithmetic(sign, left, right)


def _call(name: str, arguments: tuple[Value, ...], scope: Scope) -> Value:
    if name in scope.knowledge:
        return scope.knowledge[name](arguments)
    if name not in functions.FUNCTIONS:
        raise UnknownName(f"{scope.where}: there is no function `{name}` here")
    called = functions.FUNCTIONS[name]
    try:
        inspect.signature(called).bind(*arguments)
    except TypeError:
        raise UnknownName(f"{scope.where}: `{name}` does not take {len(arguments)} arguments") from None
    return called(*arguments)


def unary_tests(tests: feel.UnaryTests, value: Value, scope: Scope) -> Value:
    """Does a value pass the tests of a cell? True, false or null, row by row.

    tests   : of one cell; no tests is `-`, which always holds
    value   : what is looked at; `?` in the tests
    returns : a boolean Value; a rule fires on true alone
    example : `<18, >=60` on 60 -> true; on null -> null; `not("A")` on null -> true
    """
    if not tests.tests:
        return columns.constant(True)
    scope = scope.having("?", value)
    passes = operators.some(_test(test, value, scope) for test in tests.tests)
    return operators.negate(passes) if tests.negated else passes


def _test(test: feel.Test, value: Value, scope: Scope) -> Value:
    match test:
        case feel.Compare(sign, to):
            return operators.order(sign, value, expression(to, scope))
        case feel.Interval(low, low_closed, high, high_closed):
            above = operators.order(">=" if low_closed else ">", value, expression(low, scope))
            below = operators.order("<=" if high_closed else "<", value, expression(high, scope))
            return operators.every((above, below))
        case feel.Equal(to):
            return _equal(to, value, scope)


def _equal(to: feel.Node, value: Value, scope: Scope) -> Value:
    wanted = expression(to, scope)
    if "?" in feel.names_in(to):
        return wanted
    if wanted.kind is Kind.BOOLEAN and value.kind is not Kind.BOOLEAN and not wanted.is_constant:
        return wanted
    if wanted.kind is Kind.LIST and value.kind is not Kind.LIST:
        return functions.contains(wanted, value)
    if value.kind is Kind.LIST and wanted.kind is not Kind.LIST and not operators.is_nothing(wanted):
        return functions.contains(value, wanted)
    return operators.equal(value, wanted)


def all_hold(conditions: list[Value]) -> pl.Expr:
    """Do all conditions of a rule hold? Constant truths are left out, so `-` costs nothing."""
    exprs = [value.expr for value in conditions if value.constant is not True]
    return reduce(lambda a, b: a & b, exprs) if exprs else pl.lit(True)
