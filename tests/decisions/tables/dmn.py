"""Writes small DMN files for the tests: a table in a few lines, instead of a page of XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from arrears.decisions.tables import parse
from arrears.decisions.tables.model import Model

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def cell(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


def table(
    hit_policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str | tuple[str, str, str]],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    aggregation: str = "",
    allowed: Mapping[str, str] = {},
) -> str:
    """A <decisionTable>; an output is a name, or (name, its values, its default)."""
    parts = [f'<decisionTable hitPolicy="{hit_policy}"' + (f' aggregation="{aggregation}">' if aggregation else ">")]
    for text in inputs:
        values = cell("inputValues", allowed[text]) if text in allowed else ""
        parts.append(f"<input label={quoteattr(text)}>{cell('inputExpression', text)}{values}</input>")
    for output in outputs:
        name, values, default = (output, "", "") if isinstance(output, str) else output
        inside = (cell("outputValues", values) if values else "") + (
            cell("defaultOutputEntry", default) if default else ""
        )
        parts.append(f"<output name={quoteattr(name)}>{inside}</output>")
    for tests, results in rules:
        cells = [cell("inputEntry", one) for one in tests] + [cell("outputEntry", one) for one in results]
        parts.append(f"<rule>{''.join(cells)}</rule>")
    return "".join(parts) + "</decisionTable>"


def literal(text: str) -> str:
    return cell("literalExpression", text)


def definitions(decisions: Mapping[str, str], inputs: Mapping[str, str], more: str = "") -> str:
    """A file of decisions (name → logic) over inputs (name → type)."""
    body = [
        f'<decision id="d{n}" name={quoteattr(name)}><variable name={quoteattr(name)}/>{logic}</decision>'
        for n, (name, logic) in enumerate(decisions.items())
    ]
    body += [
        f"<inputData name={quoteattr(name)}><variable name={quoteattr(name)} typeRef={quoteattr(kind)}/></inputData>"
        for name, kind in inputs.items()
    ]
    return f'<definitions xmlns="{NAMESPACE}" name="t" namespace="t">{more}{"".join(body)}</definitions>'


def model(logic: str, inputs: Mapping[str, str], more: str = "") -> Model:
    """A model of one decision, called `Answer`."""
    return parse.read_text(definitions({"Answer": logic}, inputs, more), source="test.dmn")
