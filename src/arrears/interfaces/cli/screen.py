"""`arrears screen --in utterances.jsonl --out findings.jsonl`: may these things be said, to whom they are said to?

Stateless: each line brings the facts of its case (docs/words.md). One output line for each input line, in order; what
cannot be read is refused by its line and does not pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.interfaces.cli import json_rows, own_policies
from arrears.kernel.errors import InvalidInput
from arrears.rules import speech
from arrears.rules.speech import told, turns


@dataclass(frozen=True)
class _Line:
    """utterance, conversation : one of them, neither when the line cannot be judged, for the reason in `why`"""

    line_id: Any
    lang: str
    why: str = ""
    utterance: speech.Utterance | None = None
    conversation: speech.Conversation | None = None


#: Lines judged at a time, and the characters after which fewer will do.
PIECE, CHARACTERS = 8_000, 4_000_000
REFUSED = "REFUSED"
WHY = {
    "line": ("这一行不是可读的 JSON 对象，未予放行。", "This line is no readable JSON object; it does not pass."),
    "turns": ("对话（turns）不可读，未予放行。", "The turns cannot be read; they do not pass."),
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
        heard = iter(speech.converse((one.conversation for one in piece if one.conversation is not None), by=policies))
        for one in piece:
            if one.conversation is not None:
                yield _written(_judged(one, next(heard)))
            else:
                yield _written(_refused(one) if one.utterance is None else _row(one, next(found)))


def _pieces(lines: Iterator[bytes]) -> Iterator[list[_Line]]:
    """Lines read, as many at a time as memory bears."""
    while piece := list(islice(lines, 1)):
        size = len(piece[0])
        while len(piece) < PIECE and size < CHARACTERS and (more := next(lines, None)) is not None:
            piece.append(more)
            size += len(more)
        yield [_read(line) for line in piece]


def _read(line: bytes) -> _Line:
    """A text, or a conversation where the line has turns."""
    row = told.row(line)
    if row is None or "turns" not in row:
        one = told.read(line)
        return _Line(one.line_id, one.lang, one.why, one.utterance)
    line_id, lang, said = told.line_id(row), told.language(row), turns.read(row["turns"])
    if said is None:
        return _Line(line_id, lang, "turns")
    return _Line(line_id, lang, conversation=speech.Conversation(said, told.utterance(row, "")))


def _row(one: _Line, found: speech.Finding) -> dict[str, Any]:
    return {
        "id": one.line_id,
        "label": found.label,
        "violation": found.violation,
        "severity": found.severity,
        "spans": [list(span) for span in found.spans],
        "rule": found.rule,
        "advice": found.advice,
    }


def _judged(one: _Line, whole: speech.Judged) -> dict[str, Any]:
    """As of a single text, with the turn that it is of, and what should have been said."""
    checks = [
        {
            "check": check.code,
            "said": check.said,
            "turn": check.turn,
            "span": list(check.span) if check.span else None,
            "rule": check.rule,
            "citation": check.citation,
        }
        for check in whole.checks
    ]
    return {**_row(one, whole.finding), "turn": whole.turn, "checks": checks}


def _refused(one: _Line) -> dict[str, Any]:
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
