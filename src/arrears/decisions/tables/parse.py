"""What does a DMN file hold? XML of DMN 1.1 to 1.5 in, frozen `model.Model` out, every cell already read.

Called by `strategy` and the command line. Elements are matched by their local names, so every version of the standard's
namespace is read alike. Entities and document types are refused. A refusal names file, decision, rule, cell, position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

import defusedxml
import defusedxml.ElementTree

from arrears.decisions.tables import feel, sfeel
from arrears.decisions.tables.model import (
    ANYTHING,
    Aggregation,
    Context,
    Decision,
    DecisionTable,
    HitPolicy,
    InputClause,
    InputData,
    Invocation,
    Knowledge,
    Literal,
    Logic,
    Model,
    OutputClause,
    Rule,
    Type,
)
from arrears.kernel.errors import InvalidInput

Read = TypeVar("Read")
Named = TypeVar("Named", InputData, Decision, Knowledge)

KINDS = {
    "any": feel.Kind.ANY,
    "number": feel.Kind.NUMBER,
    "string": feel.Kind.STRING,
    "boolean": feel.Kind.BOOLEAN,
    "date": feel.Kind.DATE,
    "time": feel.Kind.TIME,
    "datetime": feel.Kind.DATE_TIME,
    "dateandtime": feel.Kind.DATE_TIME,
    "daytimeduration": feel.Kind.DAYS_DURATION,
    "daysandtimeduration": feel.Kind.DAYS_DURATION,
    "yearmonthduration": feel.Kind.MONTHS_DURATION,
    "yearsandmonthsduration": feel.Kind.MONTHS_DURATION,
    "context": feel.Kind.CONTEXT,
    "list": feel.Kind.LIST,
    # What other tools write for a number.
    "integer": feel.Kind.NUMBER,
    "long": feel.Kind.NUMBER,
    "double": feel.Kind.NUMBER,
}

#: The elements whose names can stand in a cell.
NAMED = {
    "inputData",
    "decision",
    "businessKnowledgeModel",
    "variable",
    "formalParameter",
    "parameter",
    "itemDefinition",
    "itemComponent",
    "output",
}


class UnreadableTable(InvalidInput):
    """The file is not DMN, or a part of it cannot be read; the message says which part and why."""

    code = "unreadable_table"


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
    except (defusedxml.DefusedXmlException, ValueError) as wrong:
        raise UnreadableTable(f"{source}: refused XML: {type(wrong).__name__}") from None
    if _local(root) != "definitions":
        raise UnreadableTable(f"{source}: the root is <{_local(root)}>, not <definitions>")
    try:
        return _Reader.of(root, source).model()
    except RecursionError:
        raise UnreadableTable(f"{source}: its elements nest too deep") from None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local(child) == name]


def _child(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _text(element: Element | None) -> str:
    """The text of a cell: of its <text>, or its own."""
    if element is None:
        return ""
    inner = _child(element, "text")
    return ((element if inner is None else inner).text or "").strip()


def _name(element: Element | None) -> str:
    return sfeel.normal_name(element.get("name", "")) if element is not None else ""


@dataclass(frozen=True)
class _Reader:
    """What one reading knows: the tree, the file's name, every name that the file declares, every type."""

    root: Element
    source: str
    names: frozenset[str]
    types: dict[str, Type]

    @classmethod
    def of(cls, root: Element, source: str) -> _Reader:
        names = frozenset(name for element in root.iter() if _local(element) in NAMED and (name := _name(element)))
        reader = cls(root, source, names, {})
        waiting = {_name(item): item for item in _children(root, "itemDefinition")}
        for name in waiting:
            reader.define(name, waiting, ())
        return reader

    def refuse(self, where: str, why: str) -> UnreadableTable:
        return UnreadableTable(f"{self.source}: {where}: {why}")

    def cell(self, reading: Callable[..., Read], text: str, where: str) -> Read:
        try:
            return reading(text, names=self.names)
        except sfeel.UnreadableCell as wrong:
            raise self.refuse(where, str(wrong)) from None

    # Types.

    def define(self, name: str, waiting: dict[str, Element], above: tuple[str, ...]) -> None:
        """Read one item definition, those it is built on first."""
        if name in above:
            raise self.refuse(f"type {name}", "is defined by itself")
        if name in waiting and name not in self.types:
            for used in waiting[name].iter():
                if _local(used) == "typeRef":
                    self.define(self.type_name(used.text or ""), waiting, (*above, name))
            self.types[name] = self.item(waiting[name])

    def type_name(self, reference: str) -> str:
        reference = sfeel.normal_name(reference)
        return reference if reference in self.names else reference.rpartition(":")[2]

    def item(self, element: Element) -> Type:
        name = _name(element)
        components = {_name(part): self.item(part) for part in _children(element, "itemComponent")}
        base = self.type(_text(_child(element, "typeRef")))
        allowed = _text(_child(element, "allowedValues"))
        return Type(
            feel.Kind.CONTEXT if components else base.kind,
            components or base.components,
            element.get("isCollection") == "true" or base.is_list,
            self.cell(sfeel.read_tests, allowed, f"type {name}, allowed values") if allowed else base.allowed,
        )

    def type(self, reference: str | None) -> Type:
        name = self.type_name(reference or "")
        if name in self.types:
            return self.types[name]
        kind = KINDS.get(name.lower().replace(" ", "").replace("_", ""))
        return Type(kind) if kind is not None else ANYTHING

    # The graph.

    def model(self) -> Model:
        names = {element.get("id", ""): _name(element) for element in self.root}
        decisions = [self.decision(element, names) for element in _children(self.root, "decision")]
        if not decisions:
            raise UnreadableTable(f"{self.source}: no decision in the file")
        inputs = [InputData(_name(e), self.variable_type(e)) for e in _children(self.root, "inputData")]
        knowledge = [self.knowledge(element) for element in _children(self.root, "businessKnowledgeModel")]
        return Model(
            self.source,
            _name(self.root),
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
        variable = _child(element, "variable")
        return ANYTHING if variable is None else self.type(variable.get("typeRef"))

    def required(self, element: Element, requirement: str, kind: str, names: dict[str, str]) -> Iterator[str]:
        for needed in _children(element, requirement):
            for link in _children(needed, kind):
                target = link.get("href", "").rpartition("#")[2]
                if target not in names:
                    raise self.refuse(f"decision {_name(element)}", f"requires #{target}, which the file does not hold")
                yield names[target]

    def decision(self, element: Element, names: dict[str, str]) -> Decision:
        name = _name(element)
        return Decision(
            name,
            self.variable_type(element),
            self.logic(element, f"decision {name}", name),
            tuple(self.required(element, "informationRequirement", "requiredInput", names)),
            tuple(self.required(element, "informationRequirement", "requiredDecision", names)),
            tuple(self.required(element, "knowledgeRequirement", "requiredKnowledge", names)),
            element.get("label", ""),
            _text(_child(element, "description")),
        )

    def knowledge(self, element: Element) -> Knowledge:
        name = _name(element)
        inside = _child(element, "encapsulatedLogic")
        logic = None if inside is None else self.logic(inside, f"knowledge {name}", name)
        if inside is None or logic is None:
            raise self.refuse(f"knowledge {name}", "has no logic")
        parameters = tuple((_name(p), self.type(p.get("typeRef"))) for p in _children(inside, "formalParameter"))
        return Knowledge(name, parameters, logic)

    # Logic.

    def logic(self, element: Element, where: str, name: str) -> Logic | None:
        """The boxed expression directly inside an element, if there is one."""
        for child in element:
            match _local(child):
                case "decisionTable":
                    return self.table(child, where, name)
                case "literalExpression":
                    return Literal(where, self.cell(sfeel.read_expression, _text(child), where))
                case "context":
                    entries = [self.entry(entry, where) for entry in _children(child, "contextEntry")]
                    return Context(where, tuple(entries))
                case "invocation":
                    return self.invocation(child, where)
                case "relation" | "list" | "functionDefinition" | "for" | "every" | "some" | "filter" | "conditional":
                    raise self.refuse(where, f"a boxed {_local(child)} is not supported")
        return None

    def entry(self, element: Element, where: str) -> tuple[str | None, Logic]:
        name = _name(_child(element, "variable")) or None
        where = f"{where}, entry {name or 'result'}"
        logic = self.logic(element, where, name or "result")
        if logic is None:
            raise self.refuse(where, "is empty")
        return name, logic

    def invocation(self, element: Element, where: str) -> Invocation:
        bindings = []
        for binding in _children(element, "binding"):
            name = _name(_child(binding, "parameter"))
            logic = self.logic(binding, f"{where}, argument {name}", name)
            bindings.append((name, logic or Literal(where, feel.Constant(None))))
        called = _text(_child(element, "literalExpression"))
        return Invocation(where, sfeel.normal_name(called), tuple(bindings))

    # Tables.

    def table(self, element: Element, where: str, name: str) -> DecisionTable:
        inputs = [self.input(e, f"{where}, input {n}") for n, e in enumerate(_children(element, "input"), 1)]
        columns = _children(element, "output")
        outputs = [self.output(e, f"{where}, output {n}", name, len(columns)) for n, e in enumerate(columns, 1)]
        if not outputs:
            raise self.refuse(where, "the table has no output")
        if len({output.name for output in outputs}) < len(outputs):
            raise self.refuse(where, "two outputs have the same name")
        rules = [
            self.rule(rule, n, f"{where}, rule {n}", inputs, outputs)
            for n, rule in enumerate(_children(element, "rule"), 1)
        ]
        return DecisionTable(
            f"{self.source}: {where}",
            self.one_of(HitPolicy, element.get("hitPolicy", "UNIQUE"), f"{where}, hit policy"),
            self.one_of(Aggregation, element.get("aggregation", ""), f"{where}, aggregation")
            if element.get("aggregation")
            else None,
            tuple(inputs),
            tuple(outputs),
            tuple(rules),
            tuple(annotation.get("name", "") for annotation in _children(element, "annotation")),
        )

    def one_of(self, choices: Callable[[str], Read], code: str, where: str) -> Read:
        try:
            return choices(code)
        except ValueError:
            raise self.refuse(where, f"{code!r} is not one that the standard knows") from None

    def input(self, element: Element, where: str) -> InputClause:
        inside = _child(element, "inputExpression")
        text, label = _text(inside), sfeel.normal_name(element.get("label", ""))
        if not text and not label:
            raise self.refuse(where, "says nothing of what it looks at")
        looked_at = self.cell(sfeel.read_expression, text, where) if text else feel.Name(label)
        allowed = _text(_child(element, "inputValues"))
        return InputClause(
            element.get("label") or text,
            looked_at,
            self.type(inside.get("typeRef")) if inside is not None else ANYTHING,
            self.cell(sfeel.read_tests, allowed, f"{where}, allowed values") if allowed else None,
        )

    def output(self, element: Element, where: str, name: str, count: int) -> OutputClause:
        own = _name(element)
        if count > 1 and not own:
            raise self.refuse(where, "one of several outputs has no name")
        values, default = _text(_child(element, "outputValues")), _text(_child(element, "defaultOutputEntry"))
        return OutputClause(
            own or name,
            element.get("label") or own or name,
            self.type(element.get("typeRef")),
            self.cell(sfeel.read_values, values, f"{where}, values") if values else (),
            self.cell(sfeel.read_expression, default, f"{where}, default") if default else None,
        )

    def rule(
        self, element: Element, number: int, where: str, inputs: list[InputClause], outputs: list[OutputClause]
    ) -> Rule:
        tests, results = _children(element, "inputEntry"), _children(element, "outputEntry")
        if len(tests) != len(inputs) or len(results) != len(outputs):
            raise self.refuse(
                where,
                f"{len(tests)} conditions and {len(results)} results, but the table has"
                f" {len(inputs)} inputs and {len(outputs)} outputs",
            )
        return Rule(
            number,
            tuple(
                self.cell(sfeel.read_tests, _text(e), f"{where}, input {i.label}")
                for e, i in zip(tests, inputs, strict=True)
            ),
            tuple(self.result(e, f"{where}, output {o.label}") for e, o in zip(results, outputs, strict=True)),
            tuple(_text(annotation) for annotation in _children(element, "annotationEntry")),
            _text(_child(element, "description")),
        )

    def result(self, element: Element, where: str) -> feel.Node:
        text = _text(element)
        return self.cell(sfeel.read_expression, text, where) if text not in ("", "-") else feel.Constant(None)
