"""What is a table to columns? One decision table compiled: what it looks at, its outputs, which rule answers first.

Called by `evaluate`; `hits` then finds the rules that fire and `answers` what they say. It never looks at data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

import polars as pl

from arrears.decisions.tables import columns, feel, hits, operators
from arrears.decisions.tables import compile as compiling
from arrears.decisions.tables.columns import Shape, Value
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Aggregation, DecisionTable, HitPolicy, OutputClause

RULE = "rule"


@dataclass(frozen=True)
class Compiled:
    """A table as expressions.

    looked_at: the value of each condition column
    scope    : what the names in its cells mean
    outputs  : one list a clause, one value a rule
    shapes   : what each clause yields
    defaults : what each clause yields where no rule fires, if the table says so
    allowed  : false where an input is outside the values that its clause allows
    order    : positions of the rules, the one that answers first in front
    learnt   : per condition column, what `hits` once worked out of it: no frame changes that
    """

    table: DecisionTable
    looked_at: tuple[Value, ...]
    scope: compiling.Scope
    outputs: tuple[tuple[Value, ...], ...]
    shapes: tuple[Shape, ...]
    defaults: tuple[Value, ...] | None
    allowed: pl.Expr | None
    order: tuple[int, ...]
    learnt: dict[int, hits.Learnt] = field(default_factory=dict, compare=False)

    @property
    def result_shape(self) -> Shape:
        """What one row answers with."""
        counted = self.table.aggregation is Aggregation.COUNT
        shapes = [Shape(Kind.NUMBER)] * len(self.shapes) if counted else self.shapes
        one = shapes[0]
        if len(shapes) > 1:
            one = Shape(Kind.CONTEXT, {c.name: s for c, s in zip(self.table.outputs, shapes, strict=True)})
        if self.table.hit_policy.is_single or self.table.aggregation is not None:
            return one
        return Shape(Kind.LIST, item=one)

    @property
    def tests(self) -> list[tuple[feel.UnaryTests, ...]]:
        """The cells of each rule, in the order in which the rules answer."""
        return [self.table.rules[position].tests for position in self.order]

    def is_written(self, clause: int) -> bool:
        """Are all outputs of a clause written in the table, so that the rule number is enough to know them?"""
        return all(value.is_constant for value in self.outputs[clause])


def compiled(table: DecisionTable, scope: compiling.Scope) -> Compiled:
    """A table as expressions over the columns that a scope speaks of.

    table   : from `parse`
    scope   : what its names mean
    returns : conditions, outputs, defaults; nothing is evaluated yet
    raises  : compiling.UnknownName; operators.MixedKinds, naming the output, where a column of results mixes kinds
    """
    scope = scope.at(table.where)
    looked_at = [compiling.expression(clause.expression, scope) for clause in table.inputs]
    outputs, shapes = [], []
    for number, clause in enumerate(table.outputs):
        values = [compiling.expression(rule.outputs[number], scope) for rule in table.rules]
        shapes.append(_shape(table, clause, values, scope))
        outputs.append(tuple(values))
    allowed = [
        (compiling.unary_tests(clause.allowed, value, scope).expr | value.expr.is_null()).fill_null(False)
        for clause, value in zip(table.inputs, looked_at, strict=True)
        if clause.allowed is not None
    ]
    return Compiled(
        table,
        tuple(looked_at),
        scope,
        tuple(outputs),
        tuple(shapes),
        _defaults(table, scope),
        reduce(lambda a, b: a & b, allowed) if allowed else None,
        _order(table, outputs),
    )


def _shape(table: DecisionTable, clause: OutputClause, values: list[Value], scope: compiling.Scope) -> Shape:
    default = [] if clause.default is None else [compiling.expression(clause.default, scope)]
    counted = table.aggregation is Aggregation.COUNT
    try:
        if counted:
            operators.common_shape([columns.constant(Decimal(0)), *default])
        shape = operators.common_shape([*values, *([] if counted else default)])
    except operators.MixedKinds as wrong:
        raise operators.MixedKinds(f"{table.where}, output {clause.label}: {wrong}") from None
    known = clause.type.kind in columns.DTYPES and shape.kind is Kind.NULL
    return Shape(clause.type.kind) if known else shape


def _defaults(table: DecisionTable, scope: compiling.Scope) -> tuple[Value, ...] | None:
    if all(clause.default is None for clause in table.outputs):
        return None
    return tuple(
        columns.NULL if clause.default is None else compiling.expression(clause.default, scope)
        for clause in table.outputs
    )


def _order(table: DecisionTable, outputs: Sequence[Sequence[Value]]) -> tuple[int, ...]:
    """The rules in the order in which they answer: as written, or by the priority of their outputs."""
    positions = range(len(table.rules))
    if table.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        return tuple(positions)

    def rank(position: int) -> tuple[int, ...]:
        return tuple(_priority(values[position], clause) for clause, values in zip(table.outputs, outputs, strict=True))

    return tuple(sorted(positions, key=rank))


def _priority(value: Value, clause: OutputClause) -> int:
    """The place of an output in the list of its clause's values; an output that is not listed comes last."""
    listed = [one.value if isinstance(one, feel.Constant) else columns.VARIES for one in clause.values]
    if not value.is_constant and listed:
        raise operators.MixedKinds(f"output {clause.label}: a priority needs outputs that are written, not worked out")
    return listed.index(value.constant) if value.constant in listed else len(listed)


def classes(table: Compiled) -> list[int] | None:
    """Rules with the same written outputs share a class; None when some outputs are worked out row by row."""
    if not all(table.is_written(clause) for clause in range(len(table.outputs))):
        return None
    seen: dict[tuple[object, ...], int] = {}
    rows = zip(*([value.constant for value in values] for values in table.outputs), strict=True)
    return [seen.setdefault(tuple(row), len(seen)) for row in rows]


def differ(table: Compiled) -> pl.Expr:
    """Do two rules of an ANY table, whose outputs are worked out row by row, fire with different outputs?"""
    masks = [
        compiling.all_hold(
            [compiling.unary_tests(t, v, table.scope) for t, v in zip(r.tests, table.looked_at, strict=True)]
        )
        for r in table.table.rules
    ]
    conflicts = []
    for values in table.outputs:
        answer = operators.first_of(list(zip(masks, values, strict=True)), columns.NULL)
        for mask, value in zip(masks, values, strict=True):
            conflicts.append((mask & ~operators.equal(answer, value).expr.fill_null(False)).fill_null(False))
    return pl.any_horizontal(conflicts)


def written(values: Sequence[Value], shape: Shape) -> pl.Series:
    """The outputs of one clause as a series, one a rule, ready to be looked up by rule number."""
    plain = [columns.plain(value.constant) for value in values]  # type: ignore[arg-type]
    whole = shape.kind is Kind.NUMBER and all(isinstance(one, int | None) for one in plain)
    dtype = pl.Int64() if whole else columns.dtype_of(shape)
    return pl.Series(plain, dtype=dtype, strict=False)


def decimals(values: Sequence[Value]) -> int | None:
    """How many decimals written numbers have at most; None when they are not all written numbers."""
    numbers = [value.constant for value in values if value.constant is not None]
    if not all(isinstance(number, Decimal) for number in numbers):
        return None
    exponents = [number.as_tuple().exponent for number in numbers if isinstance(number, Decimal)]
    return max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)
