"""Which decision is meant, and what must be known before it? The decision requirements graph of one file.

Called by `evaluate` and the command line. It only orders names; it evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from arrears.decisions.tables import feel
from arrears.decisions.tables.model import (
    ANYTHING,
    Choice,
    Context,
    Decision,
    DecisionTable,
    Fitted,
    Invocation,
    Lambda,
    Listed,
    Literal,
    Logic,
    Loop,
    Model,
    Type,
)
from arrears.kernel.errors import InvalidInput


class UnknownDecision(InvalidInput):
    """The file has no decision of that name, or no name was given and several could be meant."""

    code = "unknown_decision"


class CircularDecision(InvalidInput):
    """A decision requires itself, through others or not."""

    code = "circular_decision"


@dataclass(frozen=True)
class Needs:
    """What a decision stands on.

    decisions : names in the order in which they can be evaluated; the wanted one last
    inputs    : columns that the rows must bring, each with its declared type
    """

    decisions: tuple[str, ...]
    inputs: dict[str, Type]


def wanted(model: Model, name: str | None) -> Decision:
    """The decision of a name; without a name, the only one that no other requires.

    raises : UnknownDecision, listing the names that there are
    """
    if name is not None:
        if name not in model.decisions:
            raise UnknownDecision(f"{model.source}: no decision `{name}`; there are: {', '.join(model.decisions)}")
        return model.decisions[name]
    required = {needed for decision in model.decisions.values() for needed in _decisions_under(model, decision)}
    tops = [decision for decision in model.decisions.values() if decision.name not in required]
    if len(tops) != 1:
        names = ", ".join(decision.name for decision in tops or model.decisions.values())
        raise UnknownDecision(f"{model.source}: name one decision of: {names}")
    return tops[0]


def needs(model: Model, decision: Decision) -> Needs:
    """Everything that must be known before a decision.

    raises : CircularDecision
    """
    ordered: list[str] = []
    inputs: dict[str, Type] = {}
    _visit(model, decision, (), ordered, inputs)
    return Needs(tuple(ordered), inputs)


def _visit(
    model: Model, decision: Decision, above: tuple[str, ...], ordered: list[str], inputs: dict[str, Type]
) -> None:
    if decision.name in above:
        raise CircularDecision(f"{model.source}: {' → '.join((*above, decision.name))}")
    if decision.name in ordered:
        return
    below = _decisions_under(model, decision)
    for name in below:
        _visit(model, model.decisions[name], (*above, decision.name), ordered, inputs)
    hints = _hints(decision.logic)
    for name in sorted(names_in(model, decision.logic) | set(decision.inputs)):
        if name in model.decisions:
            continue
        declared = model.inputs[name].type if name in model.inputs else ANYTHING
        inputs.setdefault(name, hints.get(name, ANYTHING) if declared == ANYTHING else declared)
    ordered.append(decision.name)


def _decisions_under(model: Model, decision: Decision) -> list[str]:
    spoken = [name for name in sorted(names_in(model, decision.logic)) if name in model.decisions]
    return list(dict.fromkeys([*decision.decisions, *(name for name in spoken if name != decision.name)]))


def _hints(logic: Logic | None) -> dict[str, Type]:
    """The types that the condition columns of a table give to inputs which the file itself leaves untyped."""
    if not isinstance(logic, DecisionTable):
        return {}
    return {c.expression.name: c.type for c in logic.inputs if isinstance(c.expression, feel.Name)}


def names_in(model: Model, logic: Logic | None) -> frozenset[str]:
    """The variables that a piece of logic takes from outside, knowledge models and built-in functions aside."""
    match logic:
        case Literal(_, expression):
            return feel.names_in(expression) - {"?"}
        case DecisionTable():
            return _names_in_table(logic)
        case Context(_, entries):
            names, own = frozenset[str](), set[str]()
            for name, inner in entries:
                names |= names_in(model, inner) - own
                own |= {name} if name else set()
            return names
        case Invocation(_, _, bindings):
            return frozenset[str]().union(*(names_in(model, inner) for _, inner in bindings))
        case Listed(_, items):
            return frozenset[str]().union(*(names_in(model, item) for item in items))
        case Choice(_, condition, then, otherwise):
            return frozenset[str]().union(*(names_in(model, part) for part in (condition, then, otherwise)))
        case Lambda(_, parameters, body):
            return names_in(model, body) - set(parameters)
        case Fitted(_, inner, _):
            return names_in(model, inner)
        case Loop(_, _, variable, domain, body):
            return names_in(model, domain) | (names_in(model, body) - {variable, "item", "partial"})
    return frozenset()


def _names_in_table(table: DecisionTable) -> frozenset[str]:
    return frozenset[str]().union(*map(feel.names_in, nodes_in(table))) - {"?"}


def nodes_in(table: DecisionTable) -> list[feel.Node]:
    """Every expression in the cells of a table."""
    nodes = [clause.expression for clause in table.inputs]
    nodes += [clause.default for clause in table.outputs if clause.default is not None]
    for rule in table.rules:
        nodes += rule.outputs
        nodes += [node for tests in rule.tests for node in feel.tested(tests)]
    return nodes
