"""What does a decision say about every row of a frame? Inputs read, required decisions first, then the wanted one.

Called by `strategy`, the night and the command line. Pure: a frame in, a frame out, row for row in the same order. A
row whose value is missing or of a wrong type is null there; a column that is missing altogether is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from arrears.decisions.tables import answers, columns, graph, priorities, rules
from arrears.decisions.tables import compile as compiling
from arrears.decisions.tables.columns import Shape, Value
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import (
    Context,
    Decision,
    DecisionTable,
    Fitted,
    Invocation,
    Knowledge,
    Literal,
    Logic,
    Model,
    Type,
)
from arrears.kernel.errors import InvalidInput

ROW = answers.ROW

#: What the compiled form of a table of one model depends on: the decision's name, the columns given and their dtypes.
CompiledFor = tuple[str, tuple[tuple[str, pl.DataType], ...]]
CompiledTables = dict[CompiledFor, rules.Compiled]


class MissingColumn(InvalidInput):
    """The rows lack a fact that the decision stands on."""

    code = "missing_column"


class RulesConflict(InvalidInput):
    """Two rules of a UNIQUE or ANY table fired together, and the caller wanted no such row."""

    code = "rules_conflict"


@dataclass(frozen=True)
class Finding:
    """A collision: in which decision, under which policy, on how many rows, the first of them and its rules."""

    decision: str
    policy: str
    rows: int
    first_row: int
    rules: tuple[int, ...]

    def __str__(self) -> str:
        fired = " and ".join(map(str, self.rules))
        return (
            f"{self.decision}: rules {fired} fired together under {self.policy} on row {self.first_row + 1}"
            f" ({self.rows} such {'row' if self.rows == 1 else 'rows'}); the result is null there"
        )


@dataclass(frozen=True)
class Evaluation:
    """What was decided.

    shape    : of the result
    value    : one value a row, where the decision is a formula; None when it is a table
    answer   : what the table said, rule by rule; None when the decision is no table
    frame    : the inputs and required decisions it stood on, with `§row`
    findings : rows where rules collided, in this decision and in those it requires
    """

    shape: Shape
    value: pl.Series | None
    answer: answers.Answer | None
    frame: pl.DataFrame
    findings: tuple[Finding, ...]

    def result(self) -> pl.Series:
        """One value a row, in the shape that the hit policy gives it."""
        if self.answer is not None:
            return answers.result_of(self.answer, self.frame)
        assert self.value is not None
        return self.value

    def rules(self) -> pl.Series:
        """The numbers of the rules behind each result, list of int32, empty where none fired."""
        if self.answer is None:
            return pl.Series([[]] * self.frame.height, dtype=pl.List(pl.Int32))
        return answers.rules_of(self.answer)


def evaluate(
    model: Model,
    frame: pl.DataFrame,
    *,
    decision: str | None = None,
    strict: bool = False,
    compiled: CompiledTables | None = None,
    needs: graph.Needs | None = None,
) -> Evaluation:
    """Evaluate one decision of a file on every row.

    model    : from `parse`
    frame    : one column an input, named as the file names it; any dtype, structures as Struct
    decision : its name; may be left out when exactly one decision is required by no other
    strict   : refuse rows on which rules of a UNIQUE or ANY table collide, instead of answering null
    compiled : tables of this very model compiled for earlier frames; those compiled now are added
    needs    : what `graph.needs` once said of this decision
    returns  : Evaluation, row for row as `frame`
    raises   : MissingColumn, graph.UnknownDecision, graph.CircularDecision, compiling.UnknownName,
               operators.MixedKinds; RulesConflict when strict
    """
    target = graph.wanted(model, decision)
    needs = needs or graph.needs(model, target)
    values, working = _inputs(model, frame, needs.inputs)
    findings: list[Finding] = []
    for name in needs.decisions:
        scope = compiling.Scope(f"{model.source}: decision {name}", values, _knowledge(model))
        key = (name, tuple((column, frame.schema[column]) for column in needs.inputs))
        told = _decide(model.decisions[name], scope, working, key, {} if compiled is None else compiled)
        findings += told.findings
        if name != target.name:
            working = working.with_columns(told.result().alias(name))
            values = {**values, name: columns.shaped(told.shape, pl.col(name))}
    if strict and findings:
        raise RulesConflict(f"{model.source}: {findings[0]}")
    return Evaluation(told.shape, told.value, told.answer, working, tuple(findings))


def _inputs(model: Model, frame: pl.DataFrame, needed: Mapping[str, Type]) -> tuple[dict[str, Value], pl.DataFrame]:
    """The facts that a decision stands on, each of its declared type, as columns of a working frame."""
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise MissingColumn(f"{model.source}: the rows have no column {', '.join(f'`{name}`' for name in missing)}")
    read = {name: columns.declared(name, frame.schema[name], type_) for name, type_ in needed.items()}
    kept = []
    for name, value in read.items():
        allowed = needed[name].allowed
        expr = value.expr
        if allowed is not None and not needed[name].is_list:
            scope = compiling.Scope(f"{model.source}: input {name}")
            expr = pl.when(compiling.unary_tests(allowed, value, scope).expr).then(expr)
        kept.append(expr.alias(name))
    number = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).alias(ROW)
    working = frame.select(number, *kept) if kept else number.to_frame()
    return {name: columns.shaped(value.shape, pl.col(name)) for name, value in read.items()}, working


def _finding(name: str, told: answers.Answer) -> Finding:
    first = answers.Conflict(told.conflict.rows[:1], told.conflict.words[:1])
    rows, fired = first.fired(len(told.compiled.order))
    policy = str(told.compiled.table.hit_policy)
    return Finding(name, policy, len(told.conflict.rows), int(rows[0]), tuple(map(int, fired)))


def _decide(
    decision: Decision, scope: compiling.Scope, frame: pl.DataFrame, key: CompiledFor, tables: CompiledTables
) -> Evaluation:
    match decision.logic:
        case DecisionTable() as table:
            if key not in tables:
                tables[key] = rules.compiled(priorities.of_types(table, decision.type), scope)
            compiled = tables[key]
            told = answers.answer(compiled, frame)
            found = (_finding(decision.name, told),) if len(told.conflict.rows) else ()
            return Evaluation(compiled.result_shape, None, told, frame, found)
        case None:
            return Evaluation(Shape(Kind.NULL), pl.Series([None] * frame.height, dtype=pl.Boolean), None, frame, ())
        case logic:
            value = _value(logic, scope)
            made = frame.lazy().select(ROW, value.expr.alias("result")).collect()["result"]
            return Evaluation(value.shape, made, None, frame, ())


def _value(logic: Logic, scope: compiling.Scope) -> Value:
    """A piece of logic as one expression."""
    match logic:
        case Literal(where, expression):
            return compiling.expression(expression, scope.at(f"{scope.where.split(': ')[0]}: {where}"))
        case DecisionTable() as table:
            return answers.value_of(rules.compiled(table, scope))
        case Context(_, entries):
            return _context(entries, scope)
        case Invocation(where, function, bindings):
            if function not in scope.knowledge:
                raise compiling.UnknownName(f"{scope.where}: there is no knowledge model `{function}` here")
            given = {name: _value(inner, scope) for name, inner in bindings}
            return scope.knowledge[function](given)
        case Fitted(_, inner, _):
            return _value(inner, scope)
    raise compiling.UnknownName(f"{scope.where}: a boxed {type(logic).__name__} works row by row only")


def _context(entries: tuple[tuple[str | None, Logic], ...], scope: compiling.Scope) -> Value:
    made: dict[str, Value] = {}
    for name, logic in entries:
        value = _value(logic, scope)
        if name is None:
            return value
        made[name] = value
        scope = scope.having(name, value)
    return columns.structure(made)


def _knowledge(model: Model) -> dict[str, compiling.Called]:
    """The knowledge models of a file as functions; each may call the others, but none may call itself."""

    def callable_for(one: Knowledge, open_names: tuple[str, ...]) -> compiling.Called:
        def call(arguments: tuple[Value, ...] | Mapping[str, Value]) -> Value:
            if one.name in open_names:
                raise graph.CircularDecision(f"{model.source}: knowledge {one.name} calls itself")
            names = [name for name, _ in one.parameters]
            if isinstance(arguments, tuple):
                if len(arguments) != len(names):
                    raise compiling.UnknownName(f"{model.source}: `{one.name}` takes {len(names)} arguments")
                arguments = dict(zip(names, arguments, strict=True))
            bound = {name: arguments.get(name, columns.NULL) for name in names}
            others = {o.name: callable_for(o, (*open_names, one.name)) for o in model.knowledge.values()}
            return _value(one.logic, compiling.Scope(f"{model.source}: knowledge {one.name}", bound, others))

        return call

    return {one.name: callable_for(one, ()) for one in model.knowledge.values()}
