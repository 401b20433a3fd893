"""What a borrower's words tell: feelings, resistance, why it is not paid, and the calm way on. See docs/words.md.

`hear` is for messages, notes of calls and a borrower's turns of a transcript. It judges the words alone and knows no
person; what follows from it is policy (`cards`) and is done in `actions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from arrears import policies
from arrears.rules.resistance import cards, hearing
from arrears.rules.resistance.cards import Card, Words, gravest
from arrears.rules.resistance.hearing import Heard, Signal

__all__ = ["Card", "Heard", "Signal", "Words", "card", "gravest", "hear"]


def card(code: str, *, by: Path | None = None) -> Card | None:
    """The card of a code, as it is written now."""
    return next((one for one in _cards(by or policies.folder()) if one.code == code), None)


@lru_cache(maxsize=4)
def _cards(by: Path) -> tuple[Card, ...]:
    """The cards alone: a page that names one need not learn to hear."""
    return cards.read(by / "resistance" / "cards.toml", hearing.SIGNALS)


def hear(texts: Iterable[str], *, by: Path | None = None) -> list[Heard]:
    """What each text of a borrower tells, and the card that answers it.

    texts   : as they were written or said; any characters
    by      : the folder of policies in force; the shipped ones when left out
    returns : one for each, in order; never empty-handed: a text that tells nothing has no signal and no card
    example : hear(["我不想活了"])[0].is_grave -> True
    """
    return hearing.read(by or policies.folder()).hear(list(texts))
