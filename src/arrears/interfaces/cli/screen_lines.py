"""The lines of `arrears screen`: each an utterance or a conversation, judged by itself, and answered by one line.

Called by `screen`, and by each process that it begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from arrears.interfaces.cli import line_runner
from arrears.kernel import json_lines
from arrears.kernel.unseen import is_blank
from arrears.rules import speech
from arrears.rules.speech import judged, told, turns

REFUSED, UNJUDGED = "REFUSED", "UNJUDGED"
#: What is said of a line that is held without a finding: by its rule, in Chinese and English.
WHY = {
    "line": ("这一行不是可读的 JSON 对象，未予放行。", "This line is no readable JSON object; it does not pass."),
    "turns": ("对话（turns）不可读，未予放行。", "The turns cannot be read; they do not pass."),
    "facts": ("案件事实（facts）过多或嵌套过深，未予放行。", "There are too many facts to read; it does not pass."),
    "text": ("缺少文字内容（text），未予放行。", "There is no text; it does not pass."),
    "judge": ("审查模型未能作答，暂缓发送。", "The judge gave no answer, so this waits."),
}
NO_ANSWER = "the judge gave no answer: the rules alone have judged it"


class Judge(Protocol):
    """Who is asked beside the rules; see `actions.second_opinion`."""

    def opinions(
        self, told: Sequence[speech.Utterance], *, names: Sequence[Sequence[str]] = ()
    ) -> Sequence[judged.Opinion | None]: ...


@dataclass(frozen=True)
class _Line:
    """utterance, conversation : one of them, neither when the line cannot be judged, for the reason in `why`

    names : to be struck out before anybody outside reads it
    """

    line_id: Any
    lang: str
    why: str = ""
    utterance: speech.Utterance | None = None
    conversation: speech.Conversation | None = None
    names: tuple[str, ...] = ()


def answers(lines: Iterator[bytes], policies: Path, judge: Judge | None = None) -> Iterator[dict[str, Any]]:
    """One finding a line; raises WrongWords where a rule cannot be used."""
    speech.tried(policies)
    for piece in line_runner.pieces(lines):
        read = [_read(line) for line in piece]
        found = iter(speech.screen((one.utterance for one in read if one.utterance is not None), by=policies))
        heard = iter(speech.converse((one.conversation for one in read if one.conversation is not None), by=policies))
        whole = [_whole(one, found, heard) for one in read]
        notes = _second(read, whole, judge, policies) if judge else {}
        for at, one in enumerate(read):
            yield _row(one, whole[at], notes.get(at, ""))


def _whole(one: _Line, found: Iterator[speech.Finding], heard: Iterator[speech.Judged]) -> speech.Judged | None:
    if one.conversation is not None:
        return next(heard)
    return speech.Judged(next(found), None, ()) if one.utterance is not None else None


def _second(read: list[_Line], whole: list[speech.Judged | None], judge: Judge, policies: Path) -> dict[int, str]:
    """Put what the judge adds in its place in `whole`; returns what is to be said of the lines it has no answer for."""
    asked = [at for at, one in enumerate(whole) if one is not None and not one.finding.violation]
    told_ = [judged.asked(read[at].utterance, read[at].conversation) for at in asked]
    opinions = judge.opinions(told_, names=[read[at].names for at in asked])
    silent = {}
    for at, one, opinion in zip(asked, told_, opinions, strict=True):
        before = whole[at]
        assert before is not None
        if opinion is None:
            silent[at] = NO_ANSWER
        else:
            whole[at] = judged.with_opinion(before, read[at].conversation, one, opinion, policies)
    return silent


def _read(line: bytes) -> _Line:
    """A text, or a conversation where the line has turns."""
    row = told.row(line)
    if row is None:
        return _Line(None, "", "line")
    line_id, lang = json_lines.line_id(row), told.language(row)
    names = row.get("names")
    known = tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
    if told.is_too_much(row.get("facts")):
        return _Line(line_id, lang, "facts")
    if "turns" in row:
        said = turns.read(row["turns"])
        if said is None:
            return _Line(line_id, lang, "turns")
        if all(is_blank(turn.text) for turn in said):
            return _Line(line_id, lang, "text")
        return _Line(line_id, lang, conversation=speech.Conversation(said, told.utterance(row, "")), names=known)
    text = row.get("text")
    if not isinstance(text, str) or is_blank(text):
        return _Line(line_id, lang, "text")
    return _Line(line_id, lang, utterance=told.utterance(row, text), names=known)


def _row(one: _Line, whole: speech.Judged | None, note: str) -> dict[str, Any]:
    if whole is None:
        return _held(one, REFUSED, "ARREARS-UNREADABLE", WHY[one.why])
    if note and one.utterance is not None:
        return _held(one, UNJUDGED, "ARREARS-UNJUDGED", WHY["judge"])
    found = whole.finding
    row = {
        "id": one.line_id,
        "label": found.label,
        "violation": found.violation,
        "severity": found.severity,
        "spans": [list(span) for span in found.spans],
        "rule": found.rule,
        "advice": found.advice,
    }
    if one.conversation is not None:
        row |= {"turn": whole.turn, "checks": [_check(check) for check in whole.checks]}
    return row | ({"note": note} if note else {})


def _check(check: speech.Check) -> dict[str, Any]:
    """What should have been said, and whether it was."""
    return {
        "check": check.code,
        "said": check.said,
        "turn": check.turn,
        "span": list(check.span) if check.span else None,
        "rule": check.rule,
        "citation": check.citation,
    }


def _held(one: _Line, label: str, rule: str, why: tuple[str, str]) -> dict[str, Any]:
    zh, en = why
    advice = {"zh": zh, "en": en}.get(one.lang, f"{zh} {en}")
    return {
        "id": one.line_id,
        "label": label,
        "violation": True,
        "severity": 3,
        "spans": [],
        "rule": rule,
        "advice": advice,
    }
