"""Conversations judged whole: every turn of an agent as the screen judges it, and the conduct that is asked for.

Called through `arrears.rules.speech.converse`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arrears.kernel.unseen import is_blank
from arrears.rules.speech import conduct, labels, screening, turns
from arrears.rules.speech.conduct import Check
from arrears.rules.speech.screening import Finding
from arrears.rules.speech.told import THIRD, Utterance
from arrears.rules.speech.turns import Turn


@dataclass(frozen=True)
class Conversation:
    """turns : in order; case : whom they are said to, by which road, and what is true; its text is not read"""

    turns: Sequence[Turn]
    case: Utterance


@dataclass(frozen=True)
class Judged:
    """finding : the gravest, an OK one when there is none; turn : where it is; checks : see `conduct`"""

    finding: Finding
    turn: int | None
    checks: tuple[Check, ...]


def judged(told: Sequence[Conversation], folder: Path) -> list[Judged]:
    """One for each conversation, in order."""
    screen = screening.read(folder)
    spoken = [(at, number, turn) for at, one in enumerate(told) for number, turn in enumerate(one.turns)]
    agents = [
        (at, number, turn) for at, number, turn in spoken if turn.speaker in turns.OURS and not is_blank(turn.text)
    ]
    found = screen.judge(replace(told[at].case, text=turn.text) for at, _, turn in agents)
    by_one: list[list[tuple[int, Finding]]] = [[] for _ in told]
    for (at, number, _), finding in zip(agents, found, strict=True):
        if finding.violation:
            by_one[at].append((number, finding))
    return [_one(one, by_one[at], screen.labels, folder) for at, one in enumerate(told)]


def _one(told: Conversation, found: list[tuple[int, Finding]], known: dict[str, labels.Label], folder: Path) -> Judged:
    case, truths = told.case, told.case.truths
    checks = conduct.check(
        told.turns, channel=case.channel, law=truths.law, is_known=bool(truths.of("verified")), by=folder
    )
    early = told_early(checks, known, law=truths.law, lang=case.lang)
    if early is not None and case.who != THIRD:
        found = [*found, early]
    order = list(known)
    gravest = min(found, key=lambda one: (-one[1].severity, order.index(one[1].label), one[0]), default=None)
    number, finding = gravest or (None, Finding(labels.OK, 0, (), "", ""))
    return Judged(finding, number, tuple(checks))


def told_early(
    checks: Sequence[Check], known: dict[str, labels.Label], *, law: str, lang: str
) -> tuple[int, Finding] | None:
    """The turn in which a debt was spoken of before the person was known to be the person, as a finding."""
    early = next((one for one in checks if one.code == conduct.VERIFIED and one.span), None)
    if early is None or early.turn is None or early.span is None:
        return None
    label, place = known[labels.DISCLOSURE], law or _law_of(early)
    advice = label.advice[lang or ("zh" if place == "cn" else "en")]
    return early.turn, Finding(label.code, label.severity, (early.span,), early.rule, advice)


def _law_of(check: Check) -> str:
    return {"CN": "cn", "UK": "uk"}.get(check.rule[:2], "us")
