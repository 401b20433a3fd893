"""Which expression does a box hold? The XML of tables, formulas, contexts, lists, loops and calls, read into the model.

Called by `parse` for each decision and each business knowledge model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element  # nosec B405  the type alone: defusedxml parses

from arrears.decisions.tables import feel, sfeel
from arrears.decisions.tables.elements import child, children, local_name, name_of, text_of
from arrears.decisions.tables.model import (
    ANYTHING,
    Aggregation,
    Choice,
    Context,
    DecisionTable,
    Fitted,
    HitPolicy,
    InputClause,
    Invocation,
    Lambda,
    Listed,
    Literal,
    Logic,
    Loop,
    OutputClause,
    Rule,
)
from arrears.decisions.tables.typed import Read, Typed


@dataclass(frozen=True)
class Boxed(Typed):
    """A reader of boxed expressions."""

    # Logic.

    def logic(self, element: Element, where: str, name: str) -> Logic | None:
        """The boxed expression directly inside an element, if there is one."""
        for one in element:
            logic = self.box(one, where, name)
            if logic is not None:
                type_ = ANYTHING if isinstance(logic, DecisionTable | Lambda) else self.type(one.get("typeRef"))
                return logic if type_ == ANYTHING else Fitted(where, logic, type_)
        return None

    def box(self, one: Element, where: str, name: str) -> Logic | None:
        """An element as a boxed expression, if it is one."""
        match local_name(one):
            case "decisionTable":
                return self.table(one, where, name)
            case "literalExpression":
                return Literal(where, self.cell(sfeel.read_expression, text_of(one), where))
            case "context":
                entries = [self.entry(entry, where) for entry in children(one, "contextEntry")]
                return Context(where, tuple(entries))
            case "invocation":
                return self.invocation(one, where)
            case "list":
                return Listed(where, tuple(self.boxes(one, where)))
            case "relation":
                return self.relation(one, where)
            case "functionDefinition":
                return self.function(one, where)
            case "conditional":
                return Choice(where, *(self.inner(one, part, where) for part in ("if", "then", "else")))
            case "filter":
                match = replace(self, scope=None).inner(one, "match", where)  # it speaks of the items' components
                return Loop(where, "filter", "item", self.inner(one, "in", where), match)
            case "for" | "every" | "some" as kind:
                last = self.inner(one, "return" if kind == "for" else "satisfies", where)
                variable = sfeel.normal_name(one.get("iteratorVariable", ""))
                return Loop(where, kind, variable, self.inner(one, "in", where), last)
        return None

    def boxes(self, element: Element, where: str) -> Iterator[Logic]:
        """The boxed expressions that an element holds side by side."""
        for one in element:
            holder = Element("holder")
            holder.append(one)
            logic = self.logic(holder, where, "item")
            if logic is not None:
                yield logic

    def inner(self, element: Element, part: str, where: str) -> Logic:
        """The boxed expression in a named part of another."""
        inside = child(element, part)
        logic = None if inside is None else self.logic(inside, f"{where}, {part}", part)
        if logic is None:
            raise self.refuse(f"{where}, {part}", "is empty")
        return logic

    def relation(self, element: Element, where: str) -> Listed:
        names = [name_of(column) for column in children(element, "column")]
        rows = []
        for row in children(element, "row"):
            cells = list(self.boxes(row, where))
            if len(cells) != len(names):
                raise self.refuse(where, f"a row has {len(cells)} cells under {len(names)} columns")
            rows.append(Context(where, tuple(zip(names, cells, strict=True))))
        return Listed(where, tuple(rows))

    def function(self, element: Element, where: str) -> Lambda:
        if element.get("kind", "FEEL") != "FEEL":
            raise self.refuse(where, "calls an external function, which is not supported")
        parameters = tuple(name_of(one) for one in children(element, "formalParameter"))
        logic = self.logic(element, where, "function")
        if logic is None:
            raise self.refuse(where, "is empty")
        return Lambda(where, parameters, logic)

    def entry(self, element: Element, where: str) -> tuple[str | None, Logic]:
        name = name_of(child(element, "variable")) or None
        where = f"{where}, entry {name or 'result'}"
        logic = self.logic(element, where, name or "result")
        if logic is None:
            raise self.refuse(where, "is empty")
        return name, logic

    def invocation(self, element: Element, where: str) -> Invocation:
        bindings = []
        for binding in children(element, "binding"):
            name = name_of(child(binding, "parameter"))
            logic = self.logic(binding, f"{where}, argument {name}", name)
            bindings.append((name, logic or Literal(where, feel.Constant(None))))
        called = text_of(child(element, "literalExpression"))
        return Invocation(where, sfeel.normal_name(called), tuple(bindings))

    # Tables.

    def table(self, element: Element, where: str, name: str) -> DecisionTable:
        inputs = [self.input(e, f"{where}, input {n}") for n, e in enumerate(children(element, "input"), 1)]
        columns = children(element, "output")
        outputs = [self.output(e, f"{where}, output {n}", name, len(columns)) for n, e in enumerate(columns, 1)]
        if not outputs:
            raise self.refuse(where, "the table has no output")
        if len({output.name for output in outputs}) < len(outputs):
            raise self.refuse(where, "two outputs have the same name")
        rules = [
            self.rule(rule, n, f"{where}, rule {n}", inputs, outputs)
            for n, rule in enumerate(children(element, "rule"), 1)
        ]
        for rule in rules:
            for result, output in zip(rule.outputs, outputs, strict=True):
                self.check_listed(result, output, f"{where}, rule {rule.number}, output {output.label}")
        return DecisionTable(
            f"{self.source}: {where}",
            self.one_of(HitPolicy, element.get("hitPolicy", "UNIQUE"), f"{where}, hit policy"),
            self.one_of(Aggregation, element.get("aggregation", ""), f"{where}, aggregation")
            if element.get("aggregation")
            else None,
            tuple(inputs),
            tuple(outputs),
            tuple(rules),
            tuple(annotation.get("name", "") for annotation in children(element, "annotation")),
        )

    def check_listed(self, result: feel.Node, output: OutputClause, where: str) -> None:
        """A written result must be one of the clause's written values."""
        listed = [one.value for one in output.values if isinstance(one, feel.Constant)]
        if not listed or len(listed) < len(output.values) or not isinstance(result, feel.Constant):
            return
        if result.value is not None and result.value not in listed:
            raise self.refuse(where, f"{result.value} is not among the output values of the table")

    def one_of(self, choices: Callable[[str], Read], code: str, where: str) -> Read:
        try:
            return choices(code)
        except ValueError:
            raise self.refuse(where, f"{code!r} is not one that the standard knows") from None

    def input(self, element: Element, where: str) -> InputClause:
        inside = child(element, "inputExpression")
        text, label = text_of(inside), sfeel.normal_name(element.get("label", ""))
        if not text and not label:
            raise self.refuse(where, "says nothing of what it looks at")
        looked_at = self.cell(sfeel.read_expression, text, where) if text else feel.Name(label)
        allowed = text_of(child(element, "inputValues"))
        return InputClause(
            element.get("label") or text,
            looked_at,
            self.type(inside.get("typeRef")) if inside is not None else ANYTHING,
            self.cell(sfeel.read_tests, allowed, f"{where}, allowed values") if allowed else None,
        )

    def output(self, element: Element, where: str, name: str, count: int) -> OutputClause:
        own = name_of(element)
        if count > 1 and not own:
            raise self.refuse(where, "one of several outputs has no name")
        values, default = text_of(child(element, "outputValues")), text_of(child(element, "defaultOutputEntry"))
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
        tests, results = children(element, "inputEntry"), children(element, "outputEntry")
        if len(tests) != len(inputs) or len(results) != len(outputs):
            raise self.refuse(
                where,
                f"{len(tests)} conditions and {len(results)} results, but the table has"
                f" {len(inputs)} inputs and {len(outputs)} outputs",
            )
        return Rule(
            number,
            tuple(
                self.cell(sfeel.read_tests, text_of(e), f"{where}, input {i.label}")
                for e, i in zip(tests, inputs, strict=True)
            ),
            tuple(self.result(e, f"{where}, output {o.label}") for e, o in zip(results, outputs, strict=True)),
            tuple(text_of(annotation) for annotation in children(element, "annotationEntry")),
            text_of(child(element, "description")),
        )

    def result(self, element: Element, where: str) -> feel.Node:
        text = text_of(element)
        return self.cell(sfeel.read_expression, text, where) if text not in ("", "-") else feel.Constant(None)
