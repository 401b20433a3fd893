"""What does a table answer on one row? The rules that fire, and the result that the hit policy makes of them.

Called by `decisions`. The standard is DMN 8.2.8 to 8.2.11; where rules collide that must not, the answer is null and
the collision is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from arrears.decisions.tables import feel
from arrears.decisions.tables.model import Aggregation, DecisionTable, HitPolicy
from arrears.decisions.tables.rowwise import expressions, lists, values
from arrears.decisions.tables.rowwise.expressions import Row, Run
from arrears.decisions.tables.rowwise.values import Feel

Passes = Callable[[Feel, Row], bool | None]


@dataclass(frozen=True)
class Told:
    """The result of one row, the numbers of the rules behind it, and whether rules collided."""

    result: Feel
    rules: tuple[int, ...] = ()
    collided: bool = False


@dataclass(frozen=True)
class Table:
    """A table ready to run.

    inputs   : what each condition column looks at
    allowed  : beside them, what each may be
    tests    : a rule's cells that say something: (column, test)
    outputs  : a rule's results
    listed   : per output, its values in order of priority
    defaults : per output, its value where no rule fires; None when the table has none
    """

    table: DecisionTable
    inputs: tuple[Run, ...]
    allowed: tuple[Passes | None, ...]
    tests: tuple[tuple[tuple[int, Passes], ...], ...]
    outputs: tuple[tuple[Run, ...], ...]
    listed: tuple[tuple[Run, ...], ...]
    defaults: tuple[Run, ...] | None

    def decide(self, row: Row) -> Told:
        looked_at = [look(row) for look in self.inputs]
        for value, allowed in zip(looked_at, self.allowed, strict=True):
            if allowed is not None and value is not None and allowed(value, row) is not True:
                return Told(None)
        hits = [
            place
            for place, cells in enumerate(self.tests)
            if all(passes(looked_at[column], row) is True for column, passes in cells)
        ]
        answer = self._single if self.table.hit_policy.is_single else self._many
        return answer(hits, [tuple(run(row) for run in self.outputs[place]) for place in hits], row)

    def _single(self, hits: list[int], results: list[tuple[Feel, ...]], row: Row) -> Told:
        if not hits:
            return Told(self._default(row))
        policy = self.table.hit_policy
        collide = policy is HitPolicy.UNIQUE and len(hits) > 1
        if policy is HitPolicy.ANY:
            collide = any(values.equal(list(one), list(results[0])) is not True for one in results[1:])
        if collide:
            return Told(None, _numbers(hits), collided=True)
        best = min(range(len(hits)), key=lambda n: self._rank(results[n], row)) if policy is HitPolicy.PRIORITY else 0
        return Told(self._shaped(results[best]), (hits[best] + 1,))

    def _many(self, hits: list[int], results: list[tuple[Feel, ...]], row: Row) -> Told:
        order = list(range(len(hits)))
        if self.table.hit_policy is HitPolicy.OUTPUT_ORDER:
            order.sort(key=lambda n: self._rank(results[n], row))
        numbers = _numbers([hits[n] for n in order])
        if self.table.aggregation is not None:
            if not hits and self.defaults is not None:
                return Told(self._default(row))
            columns = list(zip(*results, strict=True)) or [()] * len(self.table.outputs)
            return Told(self._shaped([_aggregate(self.table.aggregation, list(one)) for one in columns]), numbers)
        if not hits and self.defaults is not None:
            return Told([self._default(row)])
        return Told([self._shaped(results[n]) for n in order], numbers)

    def _rank(self, result: tuple[Feel, ...], row: Row) -> tuple[int, ...]:
        """How far behind an answer comes: the places of its outputs in the lists of their values."""
        return tuple(_place(one, listed, row) for one, listed in zip(result, self.listed, strict=True))

    def _default(self, row: Row) -> Feel:
        return None if self.defaults is None else self._shaped([run(row) for run in self.defaults])

    def _shaped(self, result: Sequence[Feel]) -> Feel:
        """One output is the value itself; several are a structure."""
        if len(result) == 1:
            return result[0]
        return {clause.name: one for clause, one in zip(self.table.outputs, result, strict=True)}


def _numbers(hits: list[int]) -> tuple[int, ...]:
    return tuple(place + 1 for place in hits)


def _place(one: Feel, listed: tuple[Run, ...], row: Row) -> int:
    return next((n for n, run in enumerate(listed) if values.equal(run(row), one) is True), len(listed))


def _aggregate(aggregation: Aggregation, collected: list[Feel]) -> Feel:
    """One clause's collected values made one: SUM, MIN, MAX of no hit is null, COUNT of none is 0."""
    match aggregation:
        case Aggregation.COUNT:
            return Decimal(len(collected))
        case Aggregation.SUM:
            return lists.total(collected)
        case Aggregation.MIN:
            return lists.least(collected)
    return lists.most(collected)


def compiled(table: DecisionTable) -> Table:
    """A table of the file made ready to run."""
    defaults = None
    if any(clause.default is not None for clause in table.outputs):
        defaults = tuple(expressions.compiled(clause.default or feel.Constant(None)) for clause in table.outputs)
    return Table(
        table,
        tuple(expressions.compiled(clause.expression) for clause in table.inputs),
        tuple(None if c.allowed is None else expressions.unary_tests(c.allowed) for c in table.inputs),
        tuple(
            tuple((n, expressions.unary_tests(cell)) for n, cell in enumerate(rule.tests) if cell.tests)
            for rule in table.rules
        ),
        tuple(tuple(expressions.compiled(node) for node in rule.outputs) for rule in table.rules),
        tuple(tuple(expressions.compiled(node) for node in clause.values) for clause in table.outputs),
        defaults,
    )
