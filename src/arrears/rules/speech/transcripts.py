"""Who said what in a transcript: the turns of each side, with their places in the whole.

Each line is a turn, `坐席：…` or `[00:12] Customer: …`; one without a name goes on with the turn before it, and a known
name behind the end of a sentence begins a turn within the line. What the other side says is theirs to say and is not
judged, but heard; whoever is not known to be them is taken as ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arrears.rules.speech import speakers

#: Whose a turn is: ours, the other side's, or nobody's who is known.
OWN, OTHER, NOBODY = "OWN", "OTHER", ""
_SIDES = {speakers.OWN: OWN, speakers.ANNOUNCED: OWN, speakers.OTHER: OTHER, speakers.NOBODY: NOBODY}
_SPEAKER = re.compile(
    r"\s*(?:[\[(【（]?[\d:.\s-]{3,20}[\])】）]?\s*)?(?P<name>[^\W\d_]{1,12})(?:\s*[\dA-Z]{1,4})?\s*[:：]"
)
#: Whatever ends a line in some system or other, and where a turn may begin within one: behind a sentence, and behind a
#: blank before Chinese, which has none between words.
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_WITHIN = re.compile(
    r"(?:(?<=[。.!！?？;；…”\"])\s{0,9}|(?<!\s)\s{1,9}(?=[\u3400-\u9fff]))(?P<name>[^\W\d_]{1,12})\s{0,9}[:：]"
)
#: What is written for a silence: remarks in brackets, and dots.
_REMARK = re.compile(r"[(\[（【][^)\]）】]{0,40}[)\]）】]|[\W_]+")

_ASKED = re.compile(r"[?？]|[吗么]\s*[。.!！]?\s*$|是不是|有没有")
_YES = re.compile(
    r"\s*(?:是(?!不|谁|什么)|对(?!不)|嗯(?!？|\?)|有(?!没|什么|事)|想过|想(?=[。，.,!！]|$)|会(?=[。，.,!！]|$)|可能吧|"
    r"(?:yes|yeah|yep|yup|i do|i did|i am|i have|i was|maybe|sometimes|all the time|every day)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """start : where it begins in the transcript, in code points"""

    start: int
    text: str


def ours(transcript: str) -> Iterator[Turn]:
    """The turns of our side, in order.

    example : ours("坐席：您好\\n客户：没钱") -> Turn(3, "您好"); what is said without a name before it is ours
    """
    return (turn for side, turn in _turns(transcript) if side != OTHER)


def both(transcript: str) -> list[tuple[bool, Turn]]:
    """Every turn in order, with whether it is theirs."""
    return [(side == OTHER, turn) for side, turn in _turns(transcript)]


def theirs(transcript: str) -> Iterator[Turn]:
    """The turns of the other side, in order."""
    return (turn for side, turn in _turns(transcript) if side == OTHER)


def unnamed(transcript: str) -> Iterator[Turn]:
    """The turns that stand under no name, or under one that is neither side's: they are taken as ours, and heard."""
    return (turn for side, turn in _turns(transcript) if side == NOBODY)


def affirmed(transcript: str) -> Iterator[str]:
    """Our questions to which the first words of the other side were a yes, after a silence too.

    example : affirmed("坐席：您想过轻生吗？\\n客户：嗯") -> "您想过轻生吗？"
    """
    asked: list[str] = []
    for side, turn in _turns(transcript):
        if side == OWN and _ASKED.search(turn.text):
            asked.append(turn.text)
        elif side == OTHER and _REMARK.sub("", turn.text):
            yield from asked if _YES.match(turn.text) else ()
            asked = []


def _turns(transcript: str) -> Iterator[tuple[str, Turn]]:
    """Each turn, and whose it is."""
    side = NOBODY
    for line in _LINE.finditer(transcript):
        spoken = _SPEAKER.match(line[0])
        if spoken:
            side = _SIDES[speakers.side(spoken["name"])]
        begins = spoken.end() if spoken and side != NOBODY else 0
        for named in _WITHIN.finditer(line[0], begins):
            if _SIDES[speakers.side(named["name"])] != NOBODY:
                yield from _said(side, line, begins, named.start())
                side, begins = _SIDES[speakers.side(named["name"])], named.end()
        yield from _said(side, line, begins, len(line[0]))


def _said(side: str, line: re.Match[str], begins: int, ends: int) -> Iterator[tuple[str, Turn]]:
    said = line[0][begins:ends].rstrip()
    if said.strip():
        yield side, Turn(line.start() + begins, said)
