"""Who said what in a transcript: the turns of each side, with their places in the whole.

Each line is a turn, `坐席：…` or `[00:12] Customer: …`; one without a name goes on with the turn before it. What the
other side says is theirs to say and is not judged, but heard; whoever is not known to be them is taken as ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: The other side, and our own: a name that is neither is a part of what we say.
THEIRS = frozenset(
    (
        *("客户", "借款人", "债务人", "用户", "对方", "机主", "持卡人", "第三人", "家属"),
        *("borrower", "customer", "client", "debtor", "consumer", "cardholder"),
    )
)
OURS = frozenset(["坐席", "座席", "客服", "催收员", "外访员", "机器人", "agent", "collector", "bot", "we"])
#: An announcement is ours too, and nobody's who speaks.
ANNOUNCED = frozenset(
    ["系统", "系统语音", "语音提示", "提示音", "录音提示", "自动语音", "system", "ivr", "announcement", "prompt"]
)
_SPEAKER = re.compile(
    r"\s*(?:[\[(【（]?[\d:.\s-]{3,20}[\])】）]?\s*)?(?P<name>[^\W\d_]{1,12})(?:\s*[\dA-Z]{1,4})?\s*[:：]"
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
    return (turn for is_theirs, turn in _turns(transcript) if not is_theirs)


def both(transcript: str) -> list[tuple[bool, Turn]]:
    """Every turn in order, with whether it is theirs."""
    return list(_turns(transcript))


def theirs(transcript: str) -> Iterator[Turn]:
    """The turns of the other side, in order."""
    return (turn for is_theirs, turn in _turns(transcript) if is_theirs)


def _turns(transcript: str) -> Iterator[tuple[bool, Turn]]:
    """Each turn, and whether it is theirs."""
    start, is_theirs = 0, False
    for line in transcript.split("\n"):
        spoken = _SPEAKER.match(line)
        name = spoken["name"].lower() if spoken else ""
        if spoken:
            is_theirs = name in THEIRS
        begins = spoken.end() if spoken and name in OURS | THEIRS | ANNOUNCED else 0
        if line[begins:].strip():
            yield is_theirs, Turn(start + begins, line[begins:].rstrip())
        start += len(line) + 1
