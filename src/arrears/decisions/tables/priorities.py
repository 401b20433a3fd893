"""Which outputs come first? A clause that lists no values takes those that its type allows, in their order.

Called before a table is compiled, in either form, so that PRIORITY and OUTPUT ORDER know what to go by.
"""

from __future__ import annotations

from dataclasses import replace

from arrears.decisions.tables import feel
from arrears.decisions.tables.model import DecisionTable, HitPolicy, OutputClause, Type


def of_types(table: DecisionTable, type_: Type) -> DecisionTable:
    """The table with the values of its clauses filled in from their types, or from the type of its decision."""
    single = len(table.outputs) == 1
    clauses = (
        _listed(_listed(clause, clause.type), type_ if single else type_.components.get(clause.name, clause.type))
        for clause in table.outputs
    )
    return replace(table, outputs=tuple(clauses))


def are_missing(table: DecisionTable, type_: Type) -> bool:
    """Does a table go by priorities that none of its outputs has? Outputs without any are left out of the order."""
    ranked = table.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
    return ranked and not any(clause.values for clause in of_types(table, type_).outputs)


def _listed(clause: OutputClause, type_: Type) -> OutputClause:
    if clause.values or type_.allowed is None:
        return clause
    return replace(clause, values=tuple(t.to for t in type_.allowed.tests if isinstance(t, feel.Equal)))
