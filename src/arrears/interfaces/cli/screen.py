"""`arrears screen --in utterances.jsonl --out findings.jsonl`: may these things be said, to whom they are said to?

Stateless: each line brings the facts of its case (docs/words.md). One output line for each input line, in order; what
cannot be read is refused by its line and does not pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.interfaces.cli import json_rows, own_policies
from arrears.kernel.errors import InvalidInput
from arrears.rules import speech
from arrears.rules.speech import told
from arrears.rules.speech.told import Told

#: Lines judged at a time, and the characters after which fewer will do.
PIECE, CHARACTERS = 8_000, 4_000_000
REFUSED = "REFUSED"
WHY = {
    "line": ("这一行不是可读的 JSON 对象，未予放行。", "This line is no readable JSON object; it does not pass."),
    "text": ("缺少文字内容（text），未予放行。", "There is no text; it does not pass."),
}


def command(
    utterances: Annotated[Path, typer.Option("--in", help="what is to be said, to whom, with the facts, .jsonl")],
    findings: Annotated[Path, typer.Option("--out", help="findings, .jsonl")],
) -> None:
    """Judge utterances: label, severity, places, rule and what to say instead."""
    try:
        with utterances.open("rb") as lines:
            json_rows.write(findings, judged(lines, own_policies.folder()))
    except OSError as wrong:
        raise InvalidInput(f"{wrong.filename or findings}: {wrong.strerror or wrong}") from None


def judged(lines: Iterable[bytes], policies: Path) -> Iterator[str]:
    """One finding a line, as JSON; blank lines are none."""
    filled = (line for line in lines if line.strip())
    for piece in _pieces(filled):
        found = iter(speech.screen((one.utterance for one in piece if one.utterance is not None), by=policies))
        for one in piece:
            yield _written(_refused(one) if one.utterance is None else _row(one, next(found)))


def _pieces(lines: Iterator[bytes]) -> Iterator[list[Told]]:
    """Lines read, as many at a time as memory bears."""
    while piece := list(islice(lines, 1)):
        size = len(piece[0])
        while len(piece) < PIECE and size < CHARACTERS and (more := next(lines, None)) is not None:
            piece.append(more)
            size += len(more)
        yield [told.read(line) for line in piece]


def _row(one: Told, found: speech.Finding) -> dict[str, Any]:
    return {
        "id": one.line_id,
        "label": found.label,
        "violation": found.violation,
        "severity": found.severity,
        "spans": [list(span) for span in found.spans],
        "rule": found.rule,
        "advice": found.advice,
    }


def _refused(one: Told) -> dict[str, Any]:
    zh, en = WHY[one.why]
    advice = {"zh": zh, "en": en}.get(one.lang, f"{zh} {en}")
    return {
        "id": one.line_id,
        "label": REFUSED,
        "violation": True,
        "severity": 3,
        "spans": [],
        "rule": "ARREARS-UNREADABLE",
        "advice": advice,
    }


def _written(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False).encode().decode()
    except UnicodeEncodeError:  # an id with half a character in it
        return json.dumps(row)
