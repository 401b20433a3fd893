"""Can the columns answer exactly? Only a table that compares and looks up: no sum, no function, no other decision.

Called by the command line, which works through everything else row by row in decimals. A binary number keeps fifteen
decimal digits and whole numbers below 2**53, so up to there comparing columns is comparing decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from arrears.decisions.tables import columns, feel, graph
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Aggregation, Decision, DecisionTable, Model, OutputClause, Type

KINDS = frozenset({Kind.NUMBER, Kind.STRING, Kind.BOOLEAN, Kind.DATE})
DIGITS = 15
WHOLE = 2**53
#: A number as text that may hold more digits than a binary number keeps, or be smaller than any.
LONG = r"[\d.]{16,}|\d[eE]-\d{3}"


def is_plain(model: Model, decision: Decision) -> bool:
    """Do the columns answer a decision as the row form does, whatever the rows, numbers of many digits aside?"""
    table = decision.logic
    if not isinstance(table, DecisionTable) or not table.rules:
        return False
    needs = graph.needs(model, decision)
    inputs = needs.inputs
    return (
        len(needs.decisions) == 1
        and all(_is_scalar(type_) for type_ in inputs.values())
        and all(isinstance(clause.expression, feel.Name) for clause in table.inputs)
        and all(_is_simple(node, inputs) for node in _compared(table, inputs))
        and all(_is_written(table, n, clause, decision.type, inputs) for n, clause in enumerate(table.outputs))
        and all(isinstance(node, feel.Constant) for clause in table.outputs for node in clause.values)
    )


def _is_scalar(type_: Type) -> bool:
    return type_.kind in KINDS and not type_.is_list and not type_.components


def _compared(table: DecisionTable, inputs: Mapping[str, Type]) -> Iterator[feel.Node]:
    """What the cells and the allowed values compare with."""
    cells = [cell for rule in table.rules for cell in rule.tests]
    cells += [clause.allowed for clause in table.inputs if clause.allowed is not None]
    cells += [type_.allowed for type_ in inputs.values() if type_.allowed is not None]
    for cell in cells:
        yield from feel.tested(cell)


def _is_simple(node: feel.Node, inputs: Mapping[str, Type]) -> bool:
    return (isinstance(node, feel.Name) and node.name in inputs) or _is_short(node)


def _is_short(node: feel.Node) -> bool:
    """A written value that a column holds as it is."""
    if not isinstance(node, feel.Constant):
        return False
    if isinstance(node.value, Decimal):
        number = node.value.normalize()
        return len(number.as_tuple().digits) <= DIGITS and -200 < number.adjusted() < 200
    return columns.kind_of(node.value) in KINDS | {Kind.NULL}


def _is_written(
    table: DecisionTable, place: int, clause: OutputClause, type_: Type, inputs: Mapping[str, Type]
) -> bool:
    """Are the outputs of a clause values of one kind, written or taken over, that fit the decision's type?"""
    nodes = [rule.outputs[place] for rule in table.rules] + [clause.default or feel.Constant(None)]
    if not all(_is_simple(node, inputs) for node in nodes):
        return False
    kinds = {_kind(node, inputs) for node in nodes} - {Kind.NULL}
    if len(table.outputs) > 1:
        type_ = type_.components.get(clause.name, Type())
    fits = type_.kind is Kind.ANY or kinds <= {type_.kind}
    free = type_.allowed is None and not type_.components and not type_.is_list
    return len(kinds) <= 1 and fits and free and (table.aggregation is None or _adds_up(table, nodes))


def _kind(node: feel.Node, inputs: Mapping[str, Type]) -> Kind:
    if isinstance(node, feel.Name):
        return inputs[node.name].kind
    assert isinstance(node, feel.Constant)
    return columns.kind_of(node.value)


def _adds_up(table: DecisionTable, nodes: list[feel.Node]) -> bool:
    """Can the outputs be made one without rounding?"""
    written = [node.value for node in nodes if isinstance(node, feel.Constant)]
    if table.aggregation is not Aggregation.SUM:
        return len(written) == len(nodes)
    numbers = [value for value in written if isinstance(value, Decimal)]
    places = max((-int(n.as_tuple().exponent) for n in numbers), default=0)
    return len(written) == len(nodes) and places <= 9 and sum(map(abs, numbers)) * 10 ** max(places, 0) < WHOLE


def holds_exactly(frame: pl.DataFrame, table: DecisionTable, inputs: Mapping[str, Type], *, long: bool) -> bool:
    """Do the columns of a frame hold the numbers of its rows as exactly as the table needs them?

    long : may a number of the rows have had more digits than fit?
    """
    numbers = [name for name, type_ in inputs.items() if type_.kind is Kind.NUMBER and name in frame.columns]
    reals = [name for name in numbers if not frame.schema[name].is_integer()]
    if not all(_keeps(frame[name]) for name in numbers):
        return False
    if not long and not any(_is_long(frame[name]) for name in reals):
        return True
    points = {float(number) for number in _written_numbers(table, inputs)}
    return not _takes_over(table) and not any(_meets(frame[name], points) for name in reals)


def _keeps(column: pl.Series) -> bool:
    """A whole column is small enough, a real one finite, and there is no other."""
    if column.dtype.is_integer():
        low, high = column.min(), column.max()
        return not isinstance(low, int) or not isinstance(high, int) or (low > -WHOLE and high < WHOLE)
    if column.dtype.is_float():
        return bool(column.is_finite().all())
    return column.dtype in (pl.String, pl.Boolean, pl.Null)


def _is_long(column: pl.Series) -> bool:
    return column.dtype == pl.String and bool(column.str.contains(LONG).any())


def _written_numbers(table: DecisionTable, inputs: Mapping[str, Type]) -> Iterator[Decimal]:
    for node in _compared(table, inputs):
        if isinstance(node, feel.Constant) and isinstance(node.value, Decimal):
            yield node.value


def _takes_over(table: DecisionTable) -> bool:
    """Do cells or outputs speak of other inputs?"""
    nodes = [*_compared(table, {}), *(node for rule in table.rules for node in rule.outputs)]
    return any(isinstance(node, feel.Name) for node in nodes)


def _meets(column: pl.Series, points: set[float]) -> bool:
    """Is a value of a column, as it was rounded, one that the table names?"""
    real = column.cast(pl.Float64, strict=False)
    return bool(real.is_in(pl.Series(sorted(points), dtype=pl.Float64).implode()).any())
