"""Who said what in a transcript: the turns of each side, with their places in the whole.

Each line is a turn, `坐席：…` or `[00:12] Customer: …`; one without a name goes on with the turn before it. What the
other side says is theirs to say and is not judged, but heard; whoever is not known to be them is taken as ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from arrears.rules.speech import speakers

#: Whose a turn is: ours, the other side's, or nobody's who is known.
OWN, OTHER, NOBODY = "OWN", "OTHER", ""
_SIDES = {speakers.OWN: OWN, speakers.ANNOUNCED: OWN, speakers.OTHER: OTHER, speakers.NOBODY: NOBODY}
_SPEAKER = re.compile(
    r"\s*(?:[\[(【（]?[\d:.\s-]{3,20}[\])】）]?\s*)?(?P<name>[^\W\d_]{1,12})(?:\s*[\dA-Z]{1,4})?\s*[:：]"
)


_ASKED = re.compile(r"[?？]|[吗么]\s*[。.!！]?\s*$|是不是|有没有")
_YES = re.compile(
    r"\s*(?:是(?!不|谁|什么)|对(?!不)|嗯(?!？|\?)|有(?!没|什么|事)|想过|想(?=[。，.,!！]|$)|会(?=[。，.,!！]|$)|可能吧|"
    r"(?:yes|yeah|yep|yup|i do|i am|i have|maybe|sometimes|all the time|every day)\b)",
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
    """Our questions to which the other side at once said yes.

    example : affirmed("坐席：您想过轻生吗？\\n客户：嗯") -> "您想过轻生吗？"
    """
    said = list(_turns(transcript))
    for (side, turn), (next_side, answer) in pairwise(said):
        if side == OWN and next_side == OTHER and _ASKED.search(turn.text) and _YES.match(answer.text):
            yield turn.text


def _turns(transcript: str) -> Iterator[tuple[str, Turn]]:
    """Each turn, and whose it is."""
    start, side = 0, NOBODY
    for line in transcript.split("\n"):
        spoken = _SPEAKER.match(line)
        if spoken:
            side = _SIDES[speakers.side(spoken["name"])]
        begins = spoken.end() if spoken and side != NOBODY else 0
        if line[begins:].strip():
            yield side, Turn(start + begins, line[begins:].rstrip())
        start += len(line) + 1
