"""A conversation as one line of JSON tells it: who says what, in order.

Called by `arrears listen` and `arrears screen`. A speaker who is not known is nobody's agent: to hear a
cry for help from the wrong mouth harms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from arrears.rules.speech import told

AGENT, BORROWER, SYSTEM, OTHER = "AGENT", "BORROWER", "SYSTEM", "OTHER"
#: Whose words are ours: a colleague's or bot's, and an announcement's.
OURS = frozenset({AGENT, SYSTEM})
_AGENT = "agent collector operator staff bot assistant system csr rep 坐席 客服 催收员 员工 机器人 专员 工作人员"
_ANNOUNCED = (
    "ivr announcement announcer prompt voice_prompt recording 系统 系统语音 语音提示 语音播报 提示音 录音提示 自动语音"
)
_WHO = {**dict.fromkeys(_AGENT.split(), AGENT), **dict.fromkeys(_ANNOUNCED.split(), SYSTEM)}
_SPEAKS = {told.DEBTOR: BORROWER, told.GUARANTOR: BORROWER}
#: No conversation has more turns than this.
MOST = 5_000


@dataclass(frozen=True)
class Turn:
    """speaker : AGENT, BORROWER, SYSTEM (a recorded announcement of ours) or OTHER; text : as given"""

    speaker: str
    text: str


def read(rows: object) -> list[Turn] | None:
    """`[{"speaker": "agent", "text": "…"}, …]`; None when it is no conversation."""
    if not isinstance(rows, list) or not rows or len(rows) > MOST:
        return None
    turns = [_turn(row) for row in rows]
    return None if None in turns else [one for one in turns if one is not None]


def _turn(row: object) -> Turn | None:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return None
    speaker = row.get("speaker")
    word = speaker.strip().lower()[:60].replace("-", "_").replace(" ", "_") if isinstance(speaker, str) else ""
    return Turn(_WHO.get(word) or _SPEAKS.get(told.who(word), OTHER), row["text"])
