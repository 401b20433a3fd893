"""Which rules fire on which rows? Every row's fired rules as bits, worked out column by column.

Called by `answers`. A column whose cells hold only written values is sorted into classes: the points that the cells
name, and the gaps between them. The tests are evaluated once for each class; a row's class then looks up, in one step,
the bits of all rules that its value lets through, and the bits of all columns together are the rules that fire. So the
work for a row grows with the columns of a table, not with its rules. Cells that speak of other columns are evaluated
row by row instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.decisions.tables import columns, feel
from arrears.decisions.tables import compile as compiling
from arrears.decisions.tables.columns import Value
from arrears.decisions.tables.feel import Kind

Words = npt.NDArray[np.uint64]
Array = npt.NDArray[np.generic]

#: Rows whose cells are evaluated one by one are worked through in slices of this many, so memory stays flat.
SLICE = 65_536
ROW = "§row"
#: A whole-number column spanning no more than this, and fewer values than rows, is looked up without a search.
SPAN = 1 << 16
#: Fewer rows than this are searched at once.
MANY = 1 << 10
_VALUE = "§value"
#: A text that no cell can name: it stands for all texts that none does.
_OTHER = "\x00other"


@dataclass(frozen=True)
class Classes:
    """How the values of a column fall into classes. code: the class of each row · members: one of each class."""

    code: Callable[[pl.Series], Array]
    members: pl.Series


@dataclass(frozen=True)
class Learnt:
    """Of one column, what no frame changes. classes: None when its cells speak of more · bits: of each class."""

    classes: Classes | None
    bits: Words


def fired(
    tests: Sequence[Sequence[feel.UnaryTests]],
    looked_at: Sequence[Value],
    scope: compiling.Scope,
    frame: pl.DataFrame,
    learnt: dict[int, Learnt],
) -> Words:
    """The bits of the rules that fire on each row.

    tests     : one sequence a rule, one cell for each looked-at value
    looked_at : what the columns of the table look at
    frame     : holds `§row` and every column that these speak of
    learnt    : of earlier frames of the same columns and dtypes; those learnt now are added
    returns   : (rows, words) uint64; bit b of word w is rule 64·w + b of `tests`, counted from 0
    """
    words = np.broadcast_to(packed(np.ones((1, len(tests)), dtype=bool)), (frame.height, -(-len(tests) // 64) or 1))
    words = words.copy()
    seen = frame.lazy().select(ROW, *(value.expr.alias(str(n)) for n, value in enumerate(looked_at))).collect()
    for n, value in enumerate(looked_at):
        cells = [rule[n] for rule in tests]
        if all(not cell.tests for cell in cells):
            continue
        if n not in learnt:
            learnt[n] = _learnt(seen.schema[str(n)], value, cells, scope)
        classes, bits = learnt[n].classes, learnt[n].bits
        words &= bits[classes.code(seen[str(n)])] if classes else _one_by_one(cells, value, scope, frame)
    return words


def first(words: Words) -> npt.NDArray[np.int64]:
    """The position of each row's lowest bit; -1 where no bit is set."""
    answer = np.full(len(words), -1, dtype=np.int64)
    for w in range(words.shape[1] - 1, -1, -1):
        word = words[:, w]
        lowest = word & (~word + np.uint64(1))
        place = np.bitwise_count(lowest - np.uint64(1)).astype(np.int64) + 64 * w
        np.copyto(answer, place, where=word != 0)
    return answer


def several(words: Words) -> npt.NDArray[np.bool_]:
    """Is more than one bit of a row set?"""
    return counts(words) > 1


def matrix(words: Words, rules: int) -> npt.NDArray[np.bool_]:
    """(rows, rules) booleans of the bits."""
    octets = np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=1, count=rules, bitorder="little").view(np.bool_)


def counts(words: Words) -> npt.NDArray[np.int64]:
    """How many bits of each row are set."""
    counted: npt.NDArray[np.int64] = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
    return counted


def packed(bools: npt.NDArray[np.bool_]) -> Words:
    """Booleans of (rows, rules) as bits."""
    octets = np.packbits(bools, axis=1, bitorder="little")
    width = -(-bools.shape[1] // 64) * 8 or 8
    padded = np.zeros((len(bools), width), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view("<u8").astype(np.uint64, copy=False)


def _one_by_one(cells: Sequence[feel.UnaryTests], value: Value, scope: compiling.Scope, frame: pl.DataFrame) -> Words:
    exprs = [
        compiling.unary_tests(cell, value, scope).expr.fill_null(False).alias(str(n)) for n, cell in enumerate(cells)
    ]
    parts = []
    for start in range(0, frame.height, SLICE):
        part = frame.slice(start, SLICE).lazy().select(ROW, *exprs).collect().drop(ROW)
        parts.append(packed(part.to_numpy(order="c").astype(bool, copy=False)))
    return np.concatenate(parts) if parts else np.zeros((0, -(-len(cells) // 64) or 1), dtype=np.uint64)


def _learnt(dtype: pl.DataType, value: Value, cells: Sequence[feel.UnaryTests], scope: compiling.Scope) -> Learnt:
    points = _points(value.kind, cells, scope)
    if points is None:
        return Learnt(None, np.zeros((0, 0), dtype=np.uint64))
    classes = _classes(dtype, value.kind, points)
    return Learnt(classes, _bits(classes.members, value, cells, scope))


def _bits(members: pl.Series, value: Value, cells: Sequence[feel.UnaryTests], scope: compiling.Scope) -> Words:
    """The rules that each class lets through."""
    member = Value(value.shape, pl.col(_VALUE))
    exprs = [compiling.unary_tests(cell, member, scope).expr.alias(str(n)) for n, cell in enumerate(cells)]
    told = members.alias(_VALUE).to_frame().lazy().select(_VALUE, *exprs).collect().drop(_VALUE)
    return packed(told.select(pl.all().fill_null(False)).to_numpy().astype(bool, copy=False))


def _classes(dtype: pl.DataType, kind: Kind, points: list[object]) -> Classes:
    """The classes of a column of a dtype whose cells compare with `points` alone."""
    if kind is Kind.STRING:
        return _of_texts(sorted({str(point) for point in points}))
    if kind is Kind.BOOLEAN:
        members = pl.Series([False, True, None])
        return Classes(lambda seen: seen.cast(pl.UInt8).fill_null(2).to_numpy(), members)
    if kind is Kind.NUMBER:
        return _of_numbers(dtype, points)
    physical = pl.Series(points, dtype=dtype).to_physical().cast(pl.Int64).to_numpy()
    found = _of_whole(np.unique(physical))
    return Classes(lambda seen: found.code(seen.to_physical()), found.members.cast(dtype))


def _points(kind: Kind, cells: Sequence[feel.UnaryTests], scope: compiling.Scope) -> list[object] | None:
    """The values of a kind that cells compare with; None when a cell holds anything else."""
    if kind not in feel.ORDERED and kind is not Kind.BOOLEAN:
        return None
    points: list[object] = []
    for test in (test for cell in cells for test in cell.tests):
        if kind is Kind.STRING and not isinstance(test, feel.Equal):
            return None
        for node in feel.tested(feel.UnaryTests((test,))):
            if feel.names_in(node):
                return None
            point = compiling.expression(node, scope)
            if not point.is_constant:
                return None
            if point.kind is kind and point.constant is not None:
                points.append(columns.plain(point.constant))  # type: ignore[arg-type]
    return points


def _of_texts(named: list[str]) -> Classes:
    known = pl.Enum(named)

    def code(seen: pl.Series) -> Array:
        found = seen.cast(known, strict=False).to_physical().cast(pl.UInt32).fill_null(len(named)).to_numpy()
        if seen.null_count():
            found = np.where(seen.is_null().to_numpy(), np.uint32(len(named) + 1), found)
        return found

    return Classes(code, pl.Series([*named, _OTHER, None], dtype=pl.String))


def _of_numbers(dtype: pl.DataType, points: list[object]) -> Classes:
    if dtype.is_integer() and all(isinstance(point, int) and abs(point) < 2**62 for point in points):
        return _of_whole(np.unique(np.array(points, dtype=np.int64)))
    edges = np.unique(np.array([float(point) for point in points], dtype=np.float64))  # type: ignore[arg-type]
    gaps = (edges[:-1] + edges[1:]) / 2
    outer = (edges[:1] - 1 - abs(edges[:1]), edges[-1:] + 1 + abs(edges[-1:])) if len(edges) else ([0.0], [])
    members = _woven(np.concatenate([outer[0], gaps, outer[1]]), edges)
    listed = pl.Series([*members.tolist(), None], dtype=pl.Float64)
    return Classes(lambda seen: _searched(seen.cast(pl.Float64).fill_nan(None), edges), listed)


def _of_whole(edges: npt.NDArray[np.int64]) -> Classes:
    """Whole numbers: a gap's member is the number before its upper point, which no row has when the gap is empty."""
    members = _woven(np.concatenate([edges - 1, edges[-1:] + 1]) if len(edges) else np.zeros(1, np.int64), edges)

    def code(seen: pl.Series) -> Array:
        seen = seen.cast(pl.Int64)
        low, high = seen.min(), seen.max()
        if len(seen) > MANY and isinstance(low, int) and isinstance(high, int) and high - low < min(SPAN, len(seen)):
            each = pl.int_range(low, high + 1, dtype=pl.Int64, eager=True)
            table = np.concatenate([_searched(each, edges), [len(members)]]).astype(np.uint32)
            found: Array = table[(seen - low).fill_null(high - low + 1).cast(pl.UInt32).to_numpy()]
            return found
        return _searched(seen, edges)

    return Classes(code, pl.Series([*members.tolist(), None], dtype=pl.Int64))


def _woven(gaps: Array, points: Array) -> Array:
    """gap, point, gap, …, gap."""
    woven = np.empty(len(gaps) + len(points), dtype=np.result_type(gaps, points))
    woven[0::2], woven[1::2] = gaps, points
    return woven


def _searched(seen: pl.Series, edges: Array) -> Array:
    """The place of each value in the woven row of gaps and points; nulls come last."""
    known = seen.fill_null(0).to_numpy()
    left = np.searchsorted(edges, known, side="left")
    at_point = edges[np.minimum(left, len(edges) - 1)] == known if len(edges) else np.zeros(len(known), dtype=bool)
    code: Array = (2 * left + at_point).astype(np.uint32)
    if seen.null_count():
        code[seen.is_null().to_numpy()] = 2 * len(edges) + 1
    return code
