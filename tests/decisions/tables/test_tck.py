"""The standard's own conformance kit, run through the command line, when a copy of it is at hand.

Set ARREARS_DMN_TCK to the kit's `TestCases` folder, or to one level of it. Every test file beside a model is run: rows
are written as JSON, each wanted decision is evaluated, and `result` is compared with what the kit expects.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import pytest

from arrears.interfaces.cli import decide
from arrears.kernel.errors import InvalidInput

KIT = os.environ.get("ARREARS_DMN_TCK", "")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _named(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local(child) == name]


def _value(element: Element) -> object:
    """A value of the kit: a scalar as text, components as an object, a list as a list."""
    for child in element:
        match _local(child):
            case "component":
                return {str(part.get("name")): _value(part) for part in _named(element, "component")}
            case "list":
                return [_value(item) for item in _named(child, "item")]
            case "value":
                return None if child.get(NIL) == "true" or not child.text else child.text
    return None


def _same(got: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        alike = isinstance(got, dict) and got.keys() == wanted.keys()
        return alike and all(_same(got[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(_same, got, wanted))
    if isinstance(got, bool) or got is None or wanted is None:
        return wanted == (None if got is None else str(got).lower())
    if isinstance(got, int | float):
        return abs(Decimal(repr(got)) - Decimal(str(wanted))) <= Decimal("1e-8")
    return got == wanted


def _cases() -> list[tuple[Path, Path, Element, Element]]:
    """(model, test file, test case, result node) of every kit test that has a model beside it."""
    found = []
    for path in sorted(Path(KIT).rglob("*.xml")) if KIT else []:
        root = defusedxml.ElementTree.parse(path).getroot()
        models = list(path.parent.glob("*.dmn"))
        if _local(root) != "testCases" or not models:
            continue
        named = [m for m in models if m.name == (_named(root, "modelName")[0].text or "")]
        model = (named or models)[0]
        for case in _named(root, "testCase"):
            found += [(model, path, case, result) for result in _named(case, "resultNode")]
    return found


def _run(model: Path, case: Element, result: Element, folder: Path) -> object:
    row = {str(node.get("name")): _value(node) for node in _named(case, "inputNode")}
    rows, out = folder / "rows.jsonl", folder / "out.jsonl"
    rows.write_text(json.dumps(row) + "\n", encoding="utf-8")
    try:
        decide.command(table=model, rows_from=rows, results_to=out, decision=result.get("name"))
    except InvalidInput as refusal:
        return f"refused: {refusal}"
    return json.loads(out.read_text(encoding="utf-8"))["result"]


@pytest.mark.skipif(not KIT, reason="ARREARS_DMN_TCK is not set: the conformance kit is NOT run")
def test_it_answers_as_the_conformance_kit_expects(tmp_path: Path) -> None:
    wrong = []
    cases = _cases()
    for model, path, case, result in cases:
        wanted = _value(_named(result, "expected")[0] if _named(result, "expected") else _named(result, "computed")[0])
        got = _run(model, case, result, tmp_path)
        if not _same(got, wanted):
            wrong.append(f"{path.name} {case.get('id')} {result.get('name')}: {got!r}, not {wanted!r}")
    assert cases, f"no kit tests under {KIT}"
    assert not wrong, f"{len(wrong)} of {len(cases)} differ:\n" + "\n".join(wrong)
