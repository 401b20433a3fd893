"""What becomes of a contact that the gate has judged, planned or due: it goes, waits, lapses or is refused.

Used by `contact_plan`, `contact_send` and `contact_release`, so that all three read a verdict alike. Guidance is not
law: what it alone keeps back waits until its end for somebody who may overrule it, and is never refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arrears.actions import contact_gate
from arrears.actions.contact_gate import Gate, Judgement, Wish
from arrears.rules.compliance.packs import GUIDANCE

GOES, WAITS, LAPSES, REFUSED = "GOES", "WAITS", "LAPSES", "REFUSED"


@dataclass(frozen=True, slots=True)
class Fate:
    """what : GOES, WAITS until the moment, LAPSES because that is too late, or is REFUSED for good

    rule : the first that spoke against it; blank when it goes
    """

    what: str
    until: datetime
    rule: str = ""


def fates(gate: Gate, wishes: Sequence[Wish], judgements: Sequence[Judgement], ends: Sequence[datetime]) -> list[Fate]:
    """What becomes of each. ends : when each has lost its sense (exclusive), in the order of the wishes

    A contact that waits for a person to overrule guidance waits until its end.
    """
    found = [_by_verdict(*one) for one in zip(wishes, judgements, ends, strict=True)]
    doubtful = [
        row
        for row, (fate, judgement) in enumerate(zip(found, judgements, strict=True))
        if fate.what in (LAPSES, REFUSED) and _advised(judgement) and ends[row] > wishes[row].at
    ]
    by_law = contact_gate.judge(gate, [replace(wishes[row], overruled=gate.pack.guidance) for row in doubtful])
    for row, judgement in zip(doubtful, by_law, strict=True):
        if _by_verdict(wishes[row], judgement, ends[row]).what in (GOES, WAITS):
            found[row] = replace(found[row], what=WAITS, until=ends[row])
    return found


def _by_verdict(wish: Wish, judgement: Judgement, end: datetime) -> Fate:
    verdict = judgement.verdict
    if verdict.allowed:
        return Fate(GOES, wish.at)
    rule = verdict.reasons[0].rule
    if verdict.not_before is None:
        return Fate(REFUSED, wish.at, rule)
    return Fate(LAPSES if verdict.not_before >= end else WAITS, verdict.not_before, rule)


def _advised(judgement: Judgement) -> bool:
    return any(reason.nature == GUIDANCE for reason in judgement.verdict.reasons)
