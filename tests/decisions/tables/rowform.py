"""The slow way: one row at a time, plain Python and decimals, straight from the words of the standard.

Shares nothing with the columns but the syntax trees. Tests hold the columns against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from arrears.decisions.tables import feel
from arrears.decisions.tables.model import Aggregation, DecisionTable, HitPolicy, Rule

Row = Mapping[str, object]


def value(node: feel.Node, row: Row) -> object:
    match node:
        case feel.Constant(one):
            return one
        case feel.Name(name):
            return row[name]
        case feel.Binary(sign, left, right):
            return binary(sign, value(left, row), value(right, row))
        case feel.Negation(of):
            one = value(of, row)
            return -one if isinstance(one, Decimal) else None
        case feel.If(condition, then, otherwise):
            return value(then if value(condition, row) is True else otherwise, row)
        case feel.Call("not", (of,)):
            return inverse(value(of, row))
        case feel.Call("date", (of,)):
            return date.fromisoformat(str(value(of, row)))
    raise NotImplementedError(node)


def binary(sign: str, left: object, right: object) -> object:
    if sign == "and":
        return both(left, right)
    if sign == "or":
        return inverse(both(inverse(left), inverse(right)))
    if sign in ("=", "!="):
        return equal(left, right) if sign == "=" else inverse(equal(left, right))
    if sign in ("<", "<=", ">", ">="):
        return order(sign, left, right)
    return arithmetic(sign, left, right)


def arithmetic(sign: str, left: object, right: object) -> object:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        if sign == "/":
            return left / right if right else None
        return {"+": left + right, "-": left - right, "*": left * right}[sign]
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if sign == "-" and isinstance(left, date) and isinstance(right, date):
        return left - right
    return None


def both(left: object, right: object) -> object:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def inverse(one: object) -> object:
    return (not one) if isinstance(one, bool) else None


def equal(left: object, right: object) -> object:
    if left is None or right is None:
        return left is right
    return left == right if type(left) is type(right) else None


def order(sign: str, left: object, right: object) -> object:
    if type(left) is not type(right) or not isinstance(left, Decimal | str | date | timedelta):
        return None
    assert isinstance(right, type(left))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]  # type: ignore[operator]


def passes(tests: feel.UnaryTests, looked_at: object, row: Row) -> object:
    if not tests.tests:
        return True
    answers = [one_test(test, looked_at, row) for test in tests.tests]
    together = True if True in answers else None if None in answers else False
    return inverse(together) if tests.negated else together


def one_test(test: feel.Test, looked_at: object, row: Row) -> object:
    match test:
        case feel.Compare(sign, to):
            return order(sign, looked_at, value(to, row))
        case feel.Interval(low, low_closed, high, high_closed):
            above = order(">=" if low_closed else ">", looked_at, value(low, row))
            below = order("<=" if high_closed else "<", looked_at, value(high, row))
            return both(above, below)
        case feel.Equal(feel.Sequence(items)):
            return any(equal(looked_at, value(item, row)) is True for item in items)
        case feel.Equal(to):
            return equal(looked_at, value(to, row))


def fires(table: DecisionTable, rule: Rule, row: Row) -> bool:
    return all(
        passes(tests, value(clause.expression, row), row) is True
        for tests, clause in zip(rule.tests, table.inputs, strict=True)
    )


def outputs(table: DecisionTable, rule: Rule, row: Row) -> tuple[object, ...]:
    return tuple(value(node, row) for node in rule.outputs)


def importance(table: DecisionTable, rule: Rule, row: Row) -> tuple[int, ...]:
    places = []
    for clause, one in zip(table.outputs, outputs(table, rule, row), strict=True):
        listed = [value(node, row) for node in clause.values]
        places.append(listed.index(one) if one in listed else len(listed))
    return tuple(places)


def told(table: DecisionTable, results: tuple[object, ...]) -> object:
    if len(results) == 1:
        return results[0]
    return {clause.name: one for clause, one in zip(table.outputs, results, strict=True)}


def decide(table: DecisionTable, row: Row) -> tuple[object, list[int]]:
    """(result, numbers of the rules behind it) of one row."""
    hits = [rule for rule in table.rules if fires(table, rule, row)]
    if table.hit_policy.is_single:
        return single(table, hits, row)
    if table.hit_policy is HitPolicy.OUTPUT_ORDER:
        hits.sort(key=lambda rule: importance(table, rule, row))
    numbers = [rule.number for rule in hits]
    default = defaults(table, row)
    if table.aggregation is not None:
        return (default if not hits and default is not None else aggregate(table, hits, row)), numbers
    if not hits and default is not None:
        return [default], numbers
    return [told(table, outputs(table, rule, row)) for rule in hits], numbers


def single(table: DecisionTable, hits: list[Rule], row: Row) -> tuple[object, list[int]]:
    if not hits:
        return defaults(table, row), []
    if table.hit_policy is HitPolicy.PRIORITY:
        hits.sort(key=lambda rule: importance(table, rule, row))
    collide = table.hit_policy is HitPolicy.UNIQUE and len(hits) > 1
    if table.hit_policy is HitPolicy.ANY:
        collide = len({outputs(table, rule, row) for rule in hits}) > 1
    if collide:
        return None, [rule.number for rule in hits]
    return told(table, outputs(table, hits[0], row)), [hits[0].number]


def defaults(table: DecisionTable, row: Row) -> object:
    if all(clause.default is None for clause in table.outputs):
        return None
    return told(table, tuple(None if c.default is None else value(c.default, row) for c in table.outputs))


def aggregate(table: DecisionTable, hits: list[Rule], row: Row) -> object:
    columns = list(zip(*(outputs(table, rule, row) for rule in hits), strict=True)) or [()] * len(table.outputs)
    return told(table, tuple(collected(table.aggregation, list(column)) for column in columns))


def collected(aggregation: Aggregation | None, values: list[object]) -> object:
    if aggregation is Aggregation.COUNT:
        return Decimal(len(values))
    if not values or None in values:
        return None
    if aggregation is Aggregation.SUM:
        return sum(values, Decimal(0)) if all(isinstance(one, Decimal) for one in values) else None  # type: ignore[arg-type]
    return (min if aggregation is Aggregation.MIN else max)(values)  # type: ignore[type-var]
