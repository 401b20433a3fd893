"""A conversation as one line of JSON tells it: who says what, in order.

Called by `arrears listen` and `arrears screen`. The words of a speaker who is not known are judged as ours and heard as
the other side's: a threat is one whoever is taken for its speaker, and to hear a cry for help from the wrong mouth
harms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from arrears.rules.speech import speakers

AGENT, BORROWER, SYSTEM, UNKNOWN = "AGENT", "BORROWER", "SYSTEM", "UNKNOWN"
#: Who speaks for us, as far as is known; and whose words are ours: an announcement's too.
SPEAKING = frozenset({AGENT, UNKNOWN})
OURS = SPEAKING | {SYSTEM}
_OF_SIDE = {speakers.OWN: AGENT, speakers.ANNOUNCED: SYSTEM, speakers.OTHER: BORROWER, speakers.NOBODY: UNKNOWN}
#: No conversation has more turns than this.
MOST = 5_000


@dataclass(frozen=True)
class Turn:
    """speaker : AGENT, BORROWER (or who is with them), SYSTEM (an announcement of ours) or UNKNOWN; text : as given"""

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
    side = speakers.side(speaker) if isinstance(speaker, str) else speakers.NOBODY
    return Turn(_OF_SIDE[side], row["text"])
