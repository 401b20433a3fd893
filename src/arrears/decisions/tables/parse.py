"""What does a DMN file hold? XML of DMN 1.1 to 1.5 in, frozen `model.Model` out, every cell already read.

Called by `strategy` and the command line. Entities and document types are refused. A refusal names file, decision,
rule, cell, position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError  # nosec B405  the type alone: defusedxml parses

import defusedxml
import defusedxml.ElementTree

from arrears.decisions.tables import priorities, sfeel
from arrears.decisions.tables.boxed import Boxed
from arrears.decisions.tables.elements import child, children, local_name, name_of, text_of
from arrears.decisions.tables.model import ANYTHING, Decision, DecisionTable, InputData, Knowledge, Model, Type
from arrears.decisions.tables.rowwise import functions
from arrears.decisions.tables.typed import UnreadableTable

__all__ = ["UnreadableTable", "read_file", "read_text"]

Named = TypeVar("Named", InputData, Decision, Knowledge)

#: The elements whose names every cell of the file may speak of.
EVERYWHERE = {"inputData", "decision", "businessKnowledgeModel", "itemDefinition", "itemComponent", "output", "column"}
#: Those whose names are values that a cell may use; a file without inputs leaves them to its formulas.
GIVEN = {"inputData", "decision", "businessKnowledgeModel", "decisionService", "import", "itemComponent"}
ALWAYS_GIVEN = frozenset({"?", "item", "partial"}) | functions.FUNCTIONS.keys()
#: Those that only the cells of their own decision or knowledge model may speak of.
INSIDE = {"variable", "formalParameter"}


def read_file(path: Path) -> Model:
    """Read one DMN file.

    path    : a .dmn file, XML in any DMN namespace from 1.1 to 1.5
    returns : the model; cells are syntax trees
    raises  : UnreadableTable, one line that names file, decision, rule, cell and position
    """
    try:
        return read_text(path.read_bytes(), source=path.name)
    except OSError as wrong:
        raise UnreadableTable(f"{path}: {wrong.strerror}") from None


def read_text(xml: bytes | str, *, source: str) -> Model:
    """Read DMN from text; `source` is what refusals call it.

    raises  : UnreadableTable
    """
    try:
        root: Element = defusedxml.ElementTree.fromstring(xml, forbid_dtd=True)
    except ParseError as wrong:
        raise UnreadableTable(f"{source}: not well-formed XML: {wrong}") from None
    except (defusedxml.DefusedXmlException, ValueError, LookupError) as wrong:
        raise UnreadableTable(f"{source}: refused XML: {type(wrong).__name__}") from None
    if local_name(root) != "definitions":
        raise UnreadableTable(f"{source}: the root is <{local_name(root)}>, not <definitions>")
    try:
        return _reader(root, source).model(root)
    except RecursionError:
        raise UnreadableTable(f"{source}: its elements nest too deep") from None


def _reader(root: Element, source: str) -> _Reader:
    """A reader that knows the types of a file and the names that all its cells may speak of."""
    given = _names(root, GIVEN) | ALWAYS_GIVEN if children(root, "inputData") else None
    reader = _Reader(source, _names(root, EVERYWHERE), _names(root, INSIDE), {}, given)
    waiting = {name_of(item): item for item in children(root, "itemDefinition")}
    for name in waiting:
        reader.define(name, waiting, ())
    return reader


def _names(element: Element, which: set[str]) -> frozenset[str]:
    return frozenset(name for one in element.iter() if local_name(one) in which and (name := name_of(one)))


@dataclass(frozen=True)
class _Reader(Boxed):
    """A reader of decisions and of what they require."""

    def inside(self, element: Element) -> _Reader:
        """The reader of one decision or knowledge model, which knows the names given in there."""
        names = _names(element, INSIDE)
        loops = {sfeel.normal_name(one.get("iteratorVariable", "")) for one in element.iter()}
        return replace(self, names=self.names | names, scope=None if self.scope is None else self.scope | names | loops)

    def model(self, root: Element) -> Model:
        names = {element.get("id", ""): name_of(element) for element in root}
        decisions = [self.decision(element, names) for element in children(root, "decision")]
        if not decisions:
            raise UnreadableTable(f"{self.source}: no decision in the file")
        inputs = [InputData(name_of(e), self.variable_type(e)) for e in children(root, "inputData")]
        knowledge = [self.knowledge(element) for element in children(root, "businessKnowledgeModel")]
        return Model(
            self.source,
            name_of(root),
            self.by_name(inputs, "inputs"),
            self.by_name(decisions, "decisions"),
            self.by_name(knowledge, "knowledge models"),
        )

    def by_name(self, found: list[Named], what: str) -> dict[str, Named]:
        named = {one.name: one for one in found}
        if "" in named:
            raise UnreadableTable(f"{self.source}: one of the {what} has no name")
        for name in named:
            if sum(one.name == name for one in found) > 1:
                raise UnreadableTable(f"{self.source}: two {what} are called `{name}`")
        return named

    def variable_type(self, element: Element) -> Type:
        variable = child(element, "variable")
        return ANYTHING if variable is None else self.type(variable.get("typeRef"))

    def required(self, element: Element, requirement: str, kind: str, names: dict[str, str]) -> Iterator[str]:
        for needed in children(element, requirement):
            for link in children(needed, kind):
                target = link.get("href", "").rpartition("#")[2]
                if target not in names:
                    raise self.refuse(
                        f"decision {name_of(element)}", f"requires #{target}, which the file does not hold"
                    )
                yield names[target]

    def decision(self, element: Element, names: dict[str, str]) -> Decision:
        name, type_ = name_of(element), self.variable_type(element)
        logic = self.inside(element).logic(element, f"decision {name}", name)
        if isinstance(logic, DecisionTable) and priorities.are_missing(logic, type_):
            raise self.refuse(
                f"decision {name}",
                f"{logic.hit_policy} goes by the order of the output values, and no output lists any (outputValues)",
            )
        return Decision(
            name,
            type_,
            logic,
            tuple(self.required(element, "informationRequirement", "requiredInput", names)),
            tuple(self.required(element, "informationRequirement", "requiredDecision", names)),
            tuple(self.required(element, "knowledgeRequirement", "requiredKnowledge", names)),
            element.get("label", ""),
            text_of(child(element, "description")),
        )

    def knowledge(self, element: Element) -> Knowledge:
        name = name_of(element)
        inside = child(element, "encapsulatedLogic")
        logic = None if inside is None else self.inside(inside).logic(inside, f"knowledge {name}", name)
        if inside is None or logic is None:
            raise self.refuse(f"knowledge {name}", "has no logic")
        parameters = tuple((name_of(p), self.type(p.get("typeRef"))) for p in children(inside, "formalParameter"))
        return Knowledge(name, parameters, logic, self.variable_type(element))
