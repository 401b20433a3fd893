"""What does a DMN file say? The decisions, tables, inputs and types of one file, as frozen data.

Made by `parse`, read by `compile`. Nothing here evaluates anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arrears.decisions.tables import feel


class HitPolicy(StrEnum):
    """How a table answers when several rules match (DMN 8.2.8 and following)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    OUTPUT_ORDER = "OUTPUT ORDER"
    RULE_ORDER = "RULE ORDER"
    COLLECT = "COLLECT"

    @property
    def is_single(self) -> bool:
        """At most one rule answers."""
        return self in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST)


class Aggregation(StrEnum):
    """What COLLECT does with the outputs it collected."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True)
class Type:
    """A type of the file: a FEEL kind, or a structure of components; a collection of either; with allowed values."""

    kind: feel.Kind = feel.Kind.ANY
    components: Mapping[str, Type] = field(default_factory=dict)
    is_list: bool = False
    allowed: feel.UnaryTests | None = None


ANYTHING = Type()


@dataclass(frozen=True)
class InputClause:
    """One condition column: what is looked at, and which values it may have."""

    label: str
    expression: feel.Node
    type: Type
    allowed: feel.UnaryTests | None


@dataclass(frozen=True)
class OutputClause:
    """One answer column; `values` in order of priority, highest first."""

    name: str
    label: str
    type: Type
    values: tuple[feel.Node, ...]
    default: feel.Node | None


@dataclass(frozen=True)
class Rule:
    """One row of a table; `number` counts from 1, as a reader of the table counts."""

    number: int
    tests: tuple[feel.UnaryTests, ...]
    outputs: tuple[feel.Node, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class DecisionTable:
    """Rules under one hit policy. `annotation_names` head the remarks of each rule."""

    where: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    annotation_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Literal:
    """A boxed expression: one formula."""

    where: str
    expression: feel.Node


@dataclass(frozen=True)
class Context:
    """Named entries, each seeing those above it; the entry without a name is the answer."""

    where: str
    entries: tuple[tuple[str | None, Logic], ...]


@dataclass(frozen=True)
class Invocation:
    """A call of a business knowledge model with named arguments."""

    where: str
    function: str
    bindings: tuple[tuple[str, Logic], ...]


@dataclass(frozen=True)
class Listed:
    """A boxed list; a relation is a list of contexts."""

    where: str
    items: tuple[Logic, ...]


@dataclass(frozen=True)
class Lambda:
    """A boxed function definition."""

    where: str
    parameters: tuple[str, ...]
    body: Logic


@dataclass(frozen=True)
class Choice:
    """A boxed conditional."""

    where: str
    condition: Logic
    then: Logic
    otherwise: Logic


@dataclass(frozen=True)
class Loop:
    """A boxed `for`, `some`, `every` or `filter` over a domain."""

    where: str
    kind: str
    variable: str
    domain: Logic
    body: Logic


@dataclass(frozen=True)
class Fitted:
    """A box that says of which type its value is; what does not conform is null. The night's columns do not ask."""

    where: str
    logic: Logic
    type: Type


Logic = DecisionTable | Literal | Context | Invocation | Listed | Lambda | Choice | Loop | Fitted


@dataclass(frozen=True)
class InputData:
    """A fact that the rows must bring."""

    name: str
    type: Type


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: logic with parameters; `type` of what it answers."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    logic: Logic
    type: Type = ANYTHING


@dataclass(frozen=True)
class Decision:
    """One decision, with the names of what it requires."""

    name: str
    type: Type
    logic: Logic | None
    inputs: tuple[str, ...]
    decisions: tuple[str, ...]
    knowledge: tuple[str, ...]
    label: str = ""
    description: str = ""


@dataclass(frozen=True)
class Model:
    """One DMN file."""

    source: str
    name: str
    inputs: Mapping[str, InputData]
    decisions: Mapping[str, Decision]
    knowledge: Mapping[str, Knowledge]
