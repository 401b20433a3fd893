"""Who looked at whom, how often and for what: colleague by colleague, those who stand out first.

What stands out is told by `rules.reveals`: much more than the middle one of the same team, or of everybody where the
team has nobody else. It is a question to ask, no verdict. Nobody's name but the colleagues' is shown, and of people
only how many they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.utils.translation import gettext

from arrears.actions import hand_over_copy, reveal_sealed
from arrears.interfaces.ui import sentences
from arrears.records.audit import queries as trail
from arrears.records.staff import queries as staff
from arrears.rules import reveals

KINDS = (reveal_sealed.KIND, reveal_sealed.EXPORTED, hand_over_copy.KIND)


@dataclass(frozen=True)
class Looker:
    """One colleague. most : how often they looked at the one person they looked at most; refused : above the limit"""

    name: str
    team: str
    looks: int
    people: int
    most: int
    refused: int
    purposes: list[tuple[str, int]]
    stands_out: bool


def since(at: datetime, names: Mapping[str, str]) -> list[Looker]:
    """Everybody who looked since a moment, those who stand out first, then by how often."""
    by_actor: dict[str, list[tuple[str, str]]] = {}
    for actor, subject, purpose in trail.looks(KINDS, since=at):
        by_actor.setdefault(actor, []).append((subject, purpose))
    refused = Counter(actor for actor, _, _ in trail.looks((reveal_sealed.REFUSED,), since=at))
    teams, words = {actor: staff.role_of(actor) for actor in by_actor}, dict(staff.roles())
    policy = reveal_sealed.policy()
    purposes, cleared = policy.purposes, policy.codes(reveals.CLEARED)
    # To dial a call that the gate allowed is everybody's work: only what somebody asked to see is compared.
    asked = {actor: sum(purpose not in cleared for _, purpose in looks) for actor, looks in by_actor.items()}
    found = []
    for actor, looks in by_actor.items():
        peers = [one for one in by_actor if one != actor]
        others = [asked[one] for one in peers if teams[one] == teams[actor]] or [asked[one] for one in peers]
        told = Counter(purpose for _, purpose in looks)
        found.append(
            Looker(
                name=sentences.actor(actor, names),
                team=str(words.get(teams[actor], "")),
                looks=len(looks),
                people=len({subject for subject, _ in looks}),
                most=max(Counter(subject for subject, _ in looks).values()),
                refused=refused[actor],
                purposes=[(_said(purposes, code), count) for code, count in told.most_common(3)],
                stands_out=_stands_out(asked[actor], others) or refused[actor] > 0,
            )
        )
    return sorted(found, key=lambda one: (not one.stands_out, -one.looks, one.name))


def _stands_out(count: int, others: list[int]) -> bool:
    """Nobody stands out where there is nobody to compare with."""
    return bool(others) and reveals.stands_out(count, middle=median(others))


def _said(purposes: Mapping[str, reveals.Purpose], code: str) -> str:
    known = purposes.get(code)
    if known is None:
        return gettext("A copy for the person themself")
    return sentences.of_texts(known.texts)
