"""What a borrower's words tell: feelings, resistance, why it is not paid, and the calm way on. See docs/words.md.

`hear` is for messages, notes of calls and a borrower's turns of a transcript. It judges the words alone and knows no
person; what follows from it is policy (`cards`) and is done in `actions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput
from arrears.rules.resistance import cards, hearing
from arrears.rules.resistance.cards import Card, Words, gravest
from arrears.rules.resistance.hearing import Heard, Signal
from arrears.rules.speech import lexicon

__all__ = ["Card", "Heard", "Signal", "Words", "card", "cards_tried", "gravest", "hear", "tried"]


class WrongEar(InvalidInput):
    code = "wrong_ear"
    message = "What is heard by cannot be used: {why}"


def card(code: str, *, by: Path | None = None) -> Card | None:
    """The card of a code, as it is written now."""
    return next((one for one in _cards(by or policies.folder()) if one.code == code), None)


@lru_cache(maxsize=4)
def _cards(by: Path) -> tuple[Card, ...]:
    """The cards alone: a page that names one need not learn to hear."""
    return cards.read(by / "resistance" / "cards.toml", hearing.SIGNALS)


def hear(texts: Iterable[str], *, by: Path | None = None, is_note: bool = False) -> list[Heard]:
    """What each text of a borrower tells, and the card that answers it.

    texts   : as they were written or said; any characters
    is_note : written by a colleague of the person: then threats told of, and what was done to us, count too
    by      : the folder of policies in force; the shipped ones when left out
    returns : one for each, in order; never empty-handed: a text that tells nothing has no signal and no card
    example : hear(["我不想活了"])[0].is_grave -> True
    """
    return hearing.read(by or policies.folder()).hear(list(texts), is_note=is_note)


def tried(by: Path) -> Path:
    """A folder of policies by which people can be heard; raises WrongEar for the first thing that is wrong."""
    try:
        hear(["您好", "hello"], by=by)
    except lexicon.UNREADABLE as wrong:
        raise WrongEar(why=str(wrong) or type(wrong).__name__) from None
    return by


def cards_tried(by: Path) -> Path:
    """A folder of policies whose cards can be read; raises WrongEar."""
    try:
        _cards(by)
    except lexicon.UNREADABLE as wrong:
        raise WrongEar(why=str(wrong) or type(wrong).__name__) from None
    return by
