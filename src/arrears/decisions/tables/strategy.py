"""What does our strategy say? A decision table on disk, ready for the night: load once, evaluate frame after frame.

Called by the night with tens of thousands to millions of customers. The answer names the rule by number, so that every
decision can be traced to a line of a table that a person reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from arrears.decisions.tables import evaluate, graph, parse
from arrears.decisions.tables.model import DecisionTable, Model, Rule
from arrears.kernel.errors import InvalidInput


class NotATable(InvalidInput):
    """The wanted decision is a formula, not a table: it has no rules to name."""

    code = "not_a_table"


@dataclass(frozen=True)
class Table:
    """One decision table of a DMN file."""

    model: Model
    name: str
    compiled: evaluate.CompiledTables = field(default_factory=dict, compare=False, repr=False)

    @property
    def logic(self) -> DecisionTable:
        logic = self.model.decisions[self.name].logic
        assert isinstance(logic, DecisionTable)
        return logic

    @cached_property
    def needs(self) -> graph.Needs:
        """What must be known before it can answer."""
        return graph.needs(self.model, self.model.decisions[self.name])

    def rule(self, number: int) -> Rule:
        """The rule that an answer names, with its annotations."""
        return self.logic.rules[number - 1]

    def evaluate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Answer for every row of a frame.

        frame   : one row a case; the columns of `needs.inputs`, others are left aside
        returns : single-hit tables: a row for each row of `frame`, in order: rule int32 (null where none fired) and
                  one column an output. Many-hit tables: a row for each rule that fired: row uint32 (position in
                  `frame`), rule int32, and one column an output, in the order of the hit policy
        raises  : evaluate.MissingColumn; evaluate.RulesConflict, since a strategy must never be ambiguous
        """
        told = evaluate.evaluate(
            self.model, frame, decision=self.name, strict=True, compiled=self.compiled, needs=self.needs
        ).answer
        assert told is not None
        answered = told.outputs.with_columns(told.rule.alias("rule"))
        if self.logic.hit_policy.is_single:
            return answered.select("rule", *told.outputs.columns)
        return answered.with_columns(row=told.hit_rows()).select("row", "rule", *told.outputs.columns)


def load(path: Path, *, decision: str | None = None) -> Table:
    """The table of a DMN file.

    path     : a .dmn file
    decision : its name; may be left out when one decision is required by no other
    raises   : parse.UnreadableTable, graph.UnknownDecision, NotATable
    """
    model = parse.read_file(path)
    target = graph.wanted(model, decision)
    if not isinstance(target.logic, DecisionTable):
        raise NotATable(f"{model.source}: `{target.name}` is not a decision table")
    return Table(model, target.name)
