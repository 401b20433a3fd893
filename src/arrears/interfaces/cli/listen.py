"""`arrears listen --in words.jsonl --out heard.jsonl`: what do a borrower's words tell, and how to go on calmly?

Stateless (docs/words.md). A line is one text of a borrower, or a conversation of which the agent's turns are left out.
One output line for each input line, in order; what cannot be read is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.interfaces.cli import line_runner, own_policies
from arrears.kernel import json_lines
from arrears.rules import resistance
from arrears.rules.speech import told, turns


def command(
    words: Annotated[Path, typer.Option("--in", help="texts of borrowers or conversations, .jsonl")],
    heard: Annotated[Path, typer.Option("--out", help="what they tell, .jsonl")],
) -> None:
    """Hear feelings, resistance, reasons for not paying and risks to life; with the card that answers them."""
    line_runner.run(words, heard, lambda lines: told_by(lines, resistance.tried(own_policies.folder())))


def told_by(lines: Iterator[bytes], policies: Path) -> Iterator[dict[str, Any]]:
    """One answer a line."""
    for piece in line_runner.pieces(lines):
        said = [_read(line) for line in piece]
        found = iter(resistance.hear((text for _, _, texts in said for _, text in texts), by=policies))
        for line_id, lang, texts in said:
            yield _row(line_id, lang, [(turn, next(found)) for turn, _ in texts])


def _read(line: bytes) -> tuple[Any, str, list[tuple[int | None, str]]]:
    """The line's id, its language, and what the borrower says in it, each with the number of its turn."""
    row = told.row(line)
    if row is None:
        return None, "", []
    line_id, lang = json_lines.line_id(row), told.language(row)
    if "turns" in row:
        said = turns.read(row["turns"]) or []
        return line_id, lang, [(at, one.text) for at, one in enumerate(said) if one.speaker != turns.AGENT]
    text = row.get("text")
    return line_id, lang, [(None, text)] if isinstance(text, str) else []


def _row(line_id: Any, lang: str, heard: list[tuple[int | None, resistance.Heard]]) -> dict[str, Any]:
    signals = [
        {"code": one.code, "kind": one.kind, "confidence": one.confidence, "spans": [list(span) for span in one.spans]}
        | ({} if turn is None else {"turn": turn})
        for turn, each in heard
        for one in each.signals
    ]
    card = resistance.gravest(each.card for _, each in heard)
    return {
        "id": line_id,
        "heard": bool(heard),
        "alert": any(each.is_grave for _, each in heard),
        "signals": signals,
        "card": _card(card, lang) if card else None,
    }


def _card(card: resistance.Card, lang: str) -> dict[str, Any]:
    """In the line's language; in both where it has none."""
    words = {
        one: {"title": told.title, "do": told.do, "say": told.say, "never": told.never, "refer": told.refer}
        for one, told in card.words.items()
        if lang in ("", one)
    }
    return {"code": card.code, "route": card.route, "quiet_days": card.quiet_days, "stops": card.stops} | words
