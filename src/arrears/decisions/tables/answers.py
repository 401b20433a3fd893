"""What does a table answer on a frame? Rule numbers, outputs and the result that the hit policy asks for.

Called by `evaluate`. The bits of the rules that fired come from `hits`; this module never evaluates a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from arrears.decisions.tables import columns, feel, hits, operators, rules
from arrears.decisions.tables.columns import Shape
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Aggregation, HitPolicy

Counts = npt.NDArray[np.int64]

Flags = npt.NDArray[np.bool_]
ROW = hits.ROW


@dataclass(frozen=True)
class Conflict:
    """Rows on which rules fired together that must not, and the bits of those rules."""

    rows: Counts
    words: hits.Words

    @classmethod
    def none(cls, words: hits.Words) -> Conflict:
        return cls(np.zeros(0, dtype=np.int64), words[:0])

    def fired(self, rules_count: int) -> tuple[Counts, Counts]:
        """(row, rule number) of each rule that fired, rows and rules ascending."""
        place, position = np.nonzero(hits.matrix(self.words, rules_count))
        return self.rows[place], position + 1


@dataclass(frozen=True)
class Answer:
    """What a table said about every row.

    outputs : one column a clause; single-hit: a row for each row; many-hit: a row for each hit, in the policy's order
    rule    : beside `outputs`: the number of the rule, int32; single-hit: null where none answers
    counts  : many-hit: how many hits each row has; single-hit: None
    conflict: single-hit: the rows where rules collided
    """

    compiled: rules.Compiled
    height: int
    outputs: pl.DataFrame
    rule: pl.Series
    counts: Counts | None
    conflict: Conflict

    def hit_rows(self) -> pl.Series:
        """The row of each line of `outputs`, uint32."""
        each = np.arange(self.height, dtype=np.uint32)
        return pl.Series(each if self.counts is None else np.repeat(each, self.counts), dtype=pl.UInt32)


def answer(table: rules.Compiled, frame: pl.DataFrame) -> Answer:
    """Evaluate a compiled table on a frame that has its columns and the row number `§row`."""
    return _single(table, frame) if table.table.hit_policy.is_single else _many(table, frame)


def _single(table: rules.Compiled, frame: pl.DataFrame) -> Answer:
    words = _fired(table, frame)
    place = hits.first(words)
    number = pl.Series(np.append(np.array(table.order, dtype=np.int32) + 1, 0)[place], dtype=pl.Int32)
    collide = _collisions(table, frame, words, place)
    silent = pl.Series((place < 0) | collide)
    rule = pl.select(pl.when(~silent).then(number).alias(rules.RULE)).to_series()
    whole = _outputs(table, rule, lambda: frame)
    if table.defaults is not None and rule.null_count():
        whole = _defaulted(table, frame, whole, pl.Series((place < 0) & ~collide))
    conflict = np.flatnonzero(collide)
    return Answer(table, frame.height, whole, rule, None, Conflict(conflict, words[conflict]))


def _fired(table: rules.Compiled, frame: pl.DataFrame) -> hits.Words:
    """The bits of the rules that fire, in the order in which they answer; none where an input is not allowed."""
    words = hits.fired(table.tests, table.looked_at, table.scope, frame, table.learnt)
    if table.allowed is not None:
        words[~_allowed(table, frame).to_numpy()] = 0
    return words


def _allowed(table: rules.Compiled, frame: pl.DataFrame) -> pl.Series:
    assert table.allowed is not None
    return frame.lazy().select(ROW, ok=table.allowed).collect()["ok"]


def _collisions(table: rules.Compiled, frame: pl.DataFrame, words: hits.Words, place: Counts) -> Flags:
    """Rows on which rules fired together that must not."""
    if table.table.hit_policy is HitPolicy.UNIQUE:
        return hits.several(words)
    if table.table.hit_policy is not HitPolicy.ANY:
        return np.zeros(len(words), dtype=bool)
    same = rules.classes(table)
    if same is None:
        collide = frame.lazy().select(ROW, collide=rules.differ(table)).collect()["collide"].to_numpy()
        return collide & (place >= 0)
    classes = np.array([*same, -1])
    others = classes[:-1][None, :] != classes[:, None]
    collide = ((words & hits.packed(others)[place]) != 0).any(axis=1) & (place >= 0)
    return np.asarray(collide, dtype=bool)


def _outputs(table: rules.Compiled, rule: pl.Series, frame: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """A column a clause, a row a rule that answers; frame : the rows on which outputs are worked out, if any are."""
    columns_ = (
        _looked_up(table, position, rule)
        if table.is_written(position)
        else _worked_out(table, position, frame().with_columns(rule))
        for position in range(len(table.table.outputs))
    )
    return pl.DataFrame([made.alias(clause.name) for made, clause in zip(columns_, table.table.outputs, strict=True)])


def _looked_up(table: rules.Compiled, position: int, rule: pl.Series) -> pl.Series:
    listed = rules.written(table.outputs[position], table.shapes[position])
    return listed.gather((rule - 1).cast(pl.UInt32))


def _worked_out(table: rules.Compiled, position: int, frame: pl.DataFrame) -> pl.Series:
    branches = [(pl.col(rules.RULE) == n, value) for n, value in enumerate(table.outputs[position], 1)]
    value = operators.first_of(branches, columns.nothing(table.shapes[position].kind))
    return frame.lazy().select(ROW, value.expr.alias("value")).collect()["value"]


def _defaulted(table: rules.Compiled, frame: pl.DataFrame, outputs: pl.DataFrame, silent: pl.Series) -> pl.DataFrame:
    """Fill in the default where no rule fired; a collision or a forbidden input stays null."""
    if table.allowed is not None:
        silent &= _allowed(table, frame)
    values = {c.name: v for c, v in zip(table.table.outputs, table.defaults or (), strict=True)}
    defaults = frame.lazy().select(ROW, *(v.expr.alias(n) for n, v in values.items())).collect()
    return outputs.select(
        pl.when(silent).then(defaults[name]).otherwise(pl.col(name)).alias(name) for name in outputs.columns
    )


def _many(table: rules.Compiled, frame: pl.DataFrame) -> Answer:
    numbers = [np.zeros(0, dtype=np.int32)]
    order = np.array(table.order, dtype=np.int32) + 1
    words = _fired(table, frame)
    for start in range(0, frame.height if len(order) else 0, hits.SLICE):
        part = hits.matrix(words[start : start + hits.SLICE], len(order))
        numbers.append(order[np.flatnonzero(part) % len(order)])
    rule = pl.Series(rules.RULE, np.concatenate(numbers), dtype=pl.Int32)
    counts = hits.counts(words) if len(order) else np.zeros(frame.height, dtype=np.int64)
    outputs = _outputs(table, rule, lambda: frame[np.repeat(np.arange(frame.height, dtype=np.uint32), counts)])
    return Answer(table, frame.height, outputs, rule, counts, Conflict.none(words))


# Results, as the hit policy asks for them.


def rules_of(told: Answer) -> pl.Series:
    """The numbers of the rules behind each row's result, a list of int32; where rules collided, all that fired."""
    if told.counts is not None:
        return _lists(told.rule, told.counts)
    rows = np.flatnonzero(told.rule.is_not_null().to_numpy())
    numbers = told.rule.drop_nulls().to_numpy()
    if len(told.conflict.rows):
        more, others = told.conflict.fired(len(told.compiled.order))
        order = np.argsort(np.concatenate([rows, more]), kind="stable")
        rows, numbers = np.concatenate([rows, more])[order], np.concatenate([numbers, others])[order]
    counts = np.bincount(rows, minlength=told.height)
    return _lists(pl.Series(numbers, dtype=pl.Int32), counts)


def result_of(told: Answer, frame: pl.DataFrame) -> pl.Series:
    """The result of each row: a value, a structure of the outputs, a list of either, an aggregate, or null."""
    if told.counts is None:
        return _one(told)
    if told.compiled.table.aggregation is not None:
        return _defaulted_result(told, frame, _aggregated(told))
    values = told.outputs.to_series() if told.outputs.width == 1 else told.outputs.to_struct()
    return _defaulted_result(told, frame, _lists(values, told.counts))


def _one(told: Answer) -> pl.Series:
    if told.outputs.width == 1:
        return told.outputs.to_series()
    answered = told.rule.is_not_null()
    if told.compiled.defaults is not None:
        # Where no rule answered, only a default can have filled an output.
        answered |= told.outputs.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return told.outputs.select(pl.when(answered).then(pl.struct(pl.all())).alias("result")).to_series()


def _lists(values: pl.Series, counts: Counts) -> pl.Series:
    """Consecutive values cut into one list a row."""
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    inner = values.rechunk().to_arrow()
    array = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), inner)
    return pl.Series(pl.from_arrow(array)).cast(pl.List(values.dtype))


def _aggregated(told: Answer) -> pl.Series:
    assert told.counts is not None
    table = told.compiled
    made = []
    for position, clause in enumerate(table.table.outputs):
        lists = _lists(told.outputs[clause.name], told.counts)
        made.append(_aggregate(table, position, lists, told.counts).alias(clause.name))
    return made[0] if len(made) == 1 else pl.DataFrame(made).to_struct()


def _aggregate(table: rules.Compiled, position: int, lists: pl.Series, counts: Counts) -> pl.Series:
    """One clause's collected values made one: SUM, MIN, MAX of no hit is null, COUNT of none is 0."""
    kind, aggregation = table.shapes[position].kind, table.table.aggregation
    if aggregation is Aggregation.COUNT:
        return pl.Series(counts, dtype=pl.Int64)
    if kind not in feel.ORDERED or (aggregation is Aggregation.SUM and kind is not Kind.NUMBER):
        return pl.Series([None] * len(counts), dtype=pl.Float64)
    known = pl.Series(counts > 0) & ~lists.list.eval(pl.element().is_null()).list.any()
    if aggregation is Aggregation.SUM:
        made = _exact_sum(lists, rules.decimals(table.outputs[position]))
    else:
        made = lists.list.min() if aggregation is Aggregation.MIN else lists.list.max()
    return pl.select(pl.when(known).then(made)).to_series()


def _exact_sum(lists: pl.Series, places: int | None) -> pl.Series:
    """Written decimals are added as whole numbers of their smallest place, so 0.1 + 0.2 is 0.3."""
    if not places or places > 9:
        return lists.list.sum()
    scaled = pl.element() * 10**places
    total = lists.list.eval(scaled.round().cast(pl.Int64)).list.sum()
    # Divided as a column: Polars would multiply by the reciprocal of a lone number, and round once too often.
    return total / pl.Series([10.0**places] * len(total), dtype=pl.Float64)


def _defaulted_result(told: Answer, frame: pl.DataFrame, result: pl.Series) -> pl.Series:
    """Many-hit tables: the default, alone in its list, where no rule fired; null where an input is not allowed."""
    table = told.compiled
    assert told.counts is not None
    silent = pl.Series(told.counts == 0)
    if table.defaults is not None:
        parts = [v.expr.alias(c.name) for c, v in zip(table.table.outputs, table.defaults, strict=True)]
        default = pl.struct(parts) if len(parts) > 1 else parts[0]
        if table.table.aggregation is None:
            default = pl.concat_list(default)
        values = frame.lazy().select(ROW, default.alias("default")).collect()["default"]
        dtype = columns.dtype_of(table.result_shape)
        result = pl.select(pl.when(silent).then(values.cast(dtype)).otherwise(result.cast(dtype))).to_series()
    if table.allowed is not None:
        result = pl.select(pl.when(_allowed(table, frame)).then(result)).to_series()
    return result


def value_of(table: rules.Compiled) -> columns.Value:
    """A table as one expression among others: the logic of a knowledge model or of an entry of a context."""
    exprs = [value.expr for values in (table.looked_at, *table.outputs) for value in values]
    exprs += [value.expr for value in table.scope.values.values()]
    exprs += [v.expr for v in table.defaults or ()] + ([table.allowed] if table.allowed is not None else [])
    roots = sorted({name for expr in exprs for name in expr.meta.root_names()} | {ROW})
    shape: Shape = table.result_shape
    dtype = columns.dtype_of(shape)

    def work(packed: pl.Series) -> pl.Series:
        frame = packed.struct.unnest()
        return result_of(answer(table, frame), frame).cast(dtype)

    return columns.shaped(shape, pl.struct(roots).map_batches(work, return_dtype=dtype))
