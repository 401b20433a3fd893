"""A box, a knowledge model and its parameters may say a type: what does not conform is null, as the standard has it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arrears.decisions.tables import parse
from arrears.decisions.tables.rowwise import decisions

HEAD = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="u">
<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>
<inputData id="i" name="who"><variable name="who" typeRef="tPerson"/></inputData>
"""
ONE, TWO = Decimal(1), Decimal(2)


def answer(body: str, **row: object) -> object:
    model = parse.read_text(f"{HEAD}{body}</definitions>", source="t.dmn")
    return decisions.decider(model, model.decisions["it"]).decide(row).result


def literal(text: str, type_: str = "") -> str:
    said = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{said}><text>{text}</text></literalExpression>"


def decision(box: str, needs: str = "") -> str:
    return f'<decision id="it" name="it"><variable name="it"/>{needs}{box}</decision>'


def model_of(box: str, type_: str = "", parameter: str = "") -> str:
    said = f' typeRef="{parameter}"' if parameter else ""
    return (
        f'<businessKnowledgeModel id="b" name="b"><variable name="b" typeRef="{type_ or "Any"}"/><encapsulatedLogic>'
        f'<formalParameter name="x"{said}/>{box}</encapsulatedLogic></businessKnowledgeModel>'
    )


NEEDS = '<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>'


@pytest.mark.parametrize(
    ("text", "type_", "result"),
    [
        ("1", "number", ONE),
        ('"a"', "number", None),
        ("1", "tNumbers", [ONE]),
        ('"a"', "tNumbers", None),
        ("[1]", "number", ONE),
        ("[[1]]", "number", ONE),
        ('["a"]', "number", None),
        ("[1, 2]", "number", None),
        ("[1, 2]", "tNumbers", [ONE, TWO]),
        ("null", "number", None),
    ],
)
def test_a_formula_and_a_knowledge_model_conform_to_the_type_they_say(text: str, type_: str, result: object) -> None:
    assert answer(decision(literal(text, type_))) == result
    assert answer(model_of(literal("x"), type_) + decision(literal(f"b({text})"), NEEDS)) == result
    called = f'<binding><parameter name="x"/>{literal(text)}</binding>'
    invoked = f'<invocation typeRef="{type_}">{literal("b")}{called}</invocation>'
    assert answer(model_of(literal("x")) + decision(invoked, NEEDS)) == result


def test_a_structure_that_lacks_a_component_is_none_of_its_type() -> None:
    body = model_of(literal("x != null"), parameter="tPerson")
    assert answer(body + decision(literal('b({name: "a"})'), NEEDS)) is False
    assert answer(body + decision(literal('b({name: "a", age: null})'), NEEDS)) is True
    assert answer(body + decision(literal('b({name: "a", age: 1, more: 2})'), NEEDS)) is True


def test_what_a_row_does_not_bring_of_a_structure_is_null() -> None:
    assert answer(decision(literal("who.name")), who={"name": "a"}) == "a"


def test_a_box_inside_another_says_its_own_type() -> None:
    entry = f'<contextEntry><variable name="y"/>{literal("[1]", "number")}</contextEntry>'
    box = f"<context>{entry}<contextEntry>{literal('y + 1')}</contextEntry></context>"
    assert answer(decision(box)) == TWO


def test_a_table_of_a_knowledge_model_is_typed_by_its_outputs_alone() -> None:
    table = (
        '<decisionTable hitPolicy="COLLECT" aggregation="SUM"><input><inputExpression><text>x</text></inputExpression>'
        "</input><output/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>"
        "</decisionTable>"
    )
    assert answer(model_of(table, "string") + decision(literal("b(1)"), NEEDS)) == TWO
