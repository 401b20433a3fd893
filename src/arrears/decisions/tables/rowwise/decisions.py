"""What does a decision say of one row? Its inputs read, required decisions first, then the wanted one, exactly.

Called by the command line, when the columns cannot be exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arrears.decisions.tables import feel, graph, priorities
from arrears.decisions.tables.model import (
    Choice,
    Context,
    Decision,
    DecisionTable,
    Fitted,
    Invocation,
    Knowledge,
    Lambda,
    Listed,
    Literal,
    Logic,
    Loop,
    Model,
    Type,
)
from arrears.decisions.tables.rowwise import conforming, expressions, functions, tables
from arrears.decisions.tables.rowwise.expressions import Row
from arrears.decisions.tables.rowwise.tables import Told
from arrears.decisions.tables.rowwise.values import Feel, Function

Work = Callable[[Row], Told]

#: How often a knowledge model may be inside itself.
DEEPEST = 40


@dataclass(frozen=True)
class Collision:
    """Rules of a decision that fired together and must not."""

    decision: str
    policy: str
    rules: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """The result of one row, the rules behind it, and the collisions on the way.

    unfit : inputs whose value was not of their type, and so is null
    """

    result: Feel
    rules: tuple[int, ...]
    collisions: tuple[Collision, ...]
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decider:
    """A decision ready to run, with all that it requires.

    inputs   : what the rows bring
    steps    : the decisions in the order in which they can be worked out; the wanted one last
    standing : what every row sees: the knowledge models
    """

    inputs: Mapping[str, Type]
    steps: tuple[tuple[Decision, Work], ...]
    standing: Mapping[str, Any]

    def decide(self, brought: Mapping[str, object]) -> Answer:
        """Decide one row; an input that the row does not bring is null.

        brought : input name → value as JSON has it
        """
        row = dict(self.standing)
        row |= {name: conforming.brought(brought.get(name), type_) for name, type_ in self.inputs.items()}
        unfit = tuple(name for name in self.inputs if row[name] is None and brought.get(name) is not None)
        found: list[Collision] = []
        told = Told(None)
        for decision, work in self.steps:
            told = work(row)
            row[decision.name] = result = typed(told.result, decision)
            told = Told(result, told.rules, told.collided)
            if told.collided and isinstance(decision.logic, DecisionTable):
                found.append(Collision(decision.name, str(decision.logic.hit_policy), told.rules))
        return Answer(told.result, told.rules, tuple(found), unfit)


def typed(result: Feel, decision: Decision) -> Feel:
    """A result of the decision's type; a table answers as its hit policy says, so its type is that of one answer."""
    table = decision.logic
    if isinstance(table, DecisionTable):
        if len(table.outputs) > 1 and not decision.type.components:
            return result
        if isinstance(result, list) and not decision.type.is_list:
            return [conforming.conforming(one, decision.type) for one in result]
    return conforming.conforming(result, decision.type)


def decider(model: Model, decision: Decision) -> Decider:
    """A decision made ready to run.

    raises : graph.CircularDecision; expressions.UnknownFunction
    """
    needs = graph.needs(model, decision)
    standing = _knowledge(model)
    known = frozenset(standing) | needs.inputs.keys() | set(needs.decisions)
    steps = []
    for name in needs.decisions:
        one = model.decisions[name]
        steps.append((one, _work(one.logic, one.type, f"{model.source}: decision {name}", known)))
    return Decider(needs.inputs, tuple(steps), standing)


def _work(logic: Logic | None, type_: Type, where: str, known: frozenset[str]) -> Work:
    """A piece of logic as a function of the row."""
    match logic:
        case None:
            return lambda row: Told(None)
        case Literal(_, expression):
            _check(expression, where, known)
            run = expressions.compiled(expression)
            return lambda row: Told(run(row))
        case DecisionTable() as table:
            for node in graph.nodes_in(table):
                _check(node, where, known)
            return tables.compiled(priorities.of_types(table, type_)).decide
        case Context(_, entries):
            inside = known | {name for name, _ in entries if name}
            return _context([(name, _work(inner, Type(), where, inside)) for name, inner in entries])
        case Invocation(_, function, bindings):
            return _invocation(function, {n: _work(inner, Type(), where, known) for n, inner in bindings}, where, known)
        case Listed(_, items):
            parts = [_work(item, Type(), where, known) for item in items]
            return lambda row: Told([part(row).result for part in parts])
        case Choice(_, condition, then, otherwise):
            when, yes, no = (_work(part, Type(), where, known) for part in (condition, then, otherwise))
            return lambda row: yes(row) if when(row).result is True else no(row)
        case Lambda(_, parameters, body):
            work = _work(body, Type(), where, known | set(parameters))
            made = expressions.closure(parameters, lambda row: work(row).result)
            return lambda row: Told(made(row))
        case Fitted(_, inner, fit):
            run_inside = _work(inner, fit, where, known)
            return lambda row: Told(conforming.conforming(run_inside(row).result, fit))
        case Loop(_, kind, variable, domain, body):
            over, each = _work(domain, Type(), where, known), _work(body, Type(), where, known)
            loop = expressions.loop(kind, variable, lambda row: over(row).result, lambda row: each(row).result)
            return lambda row: Told(loop(row))


def _check(node: feel.Node, where: str, known: frozenset[str]) -> None:
    for name in sorted(feel.calls_in(node) - known - functions.FUNCTIONS.keys()):
        raise expressions.UnknownFunction(f"{where}: there is no function `{name}` here")


def _context(entries: list[tuple[str | None, Work]]) -> Work:
    def work(row: Row) -> Told:
        made: dict[str, Feel] = {}
        inside = dict(row)
        for name, entry in entries:
            value = entry(inside).result
            if name is None:
                return Told(value)
            made[name] = inside[name] = value
        return Told(made)

    return work


def _invocation(function: str, bindings: Mapping[str, Work], where: str, known: frozenset[str]) -> Work:
    if function not in known and function not in functions.FUNCTIONS:
        raise expressions.UnknownFunction(f"{where}: there is no knowledge model `{function}` here")

    def work(row: Row) -> Told:
        called = row.get(function, functions.FUNCTIONS.get(function))
        given = [binding(row).result for binding in bindings.values()]
        return Told(functions.call(called, given, tuple(bindings)))

    return work


def _knowledge(model: Model) -> dict[str, Any]:
    """The knowledge models of a file as functions; each may call the others, and itself no deeper than `DEEPEST`."""
    standing: dict[str, Any] = {}
    known = frozenset(model.knowledge)

    def body_of(one: Knowledge) -> Callable[..., Feel]:
        names = [name for name, _ in one.parameters]
        work = _work(one.logic, Type(), f"{model.source}: knowledge {one.name}", known | set(names))
        types = [type_ for _, type_ in one.parameters]
        depth = 0

        def body(*given: Feel) -> Feel:
            nonlocal depth
            if depth >= DEEPEST:
                raise graph.CircularDecision(f"{model.source}: knowledge {one.name} calls itself without end")
            depth += 1
            try:
                fitted = map(conforming.conforming, given, types)
                answered = work({**standing, **dict(zip(names, fitted, strict=True))}).result
                # What a table answers is of the types of its outputs; older files call numbers of theirs texts.
                return answered if isinstance(one.logic, DecisionTable) else conforming.conforming(answered, one.type)
            finally:
                depth -= 1

        return body

    for one in model.knowledge.values():
        standing[one.name] = Function(tuple(name for name, _ in one.parameters), body_of(one))
    return standing
