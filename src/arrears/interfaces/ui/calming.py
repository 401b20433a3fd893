"""The card for the calm way on, in the reader's language. Asked by the page of a case; the cards are policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from arrears.actions import words_in_force
from arrears.rules import resistance
from arrears.rules.resistance import Words

ROUTES: dict[str, Promise] = {
    "AGENT": _("whoever has the case"),
    "HARDSHIP": _("a colleague for hardship"),
    "DISPUTES": _("a colleague for disputes"),
    "CARE": _("a colleague trained for care"),
    "SUPERVISOR": _("a supervisor"),
}


#: What words can tell of the person who says them: feelings and resistance, then reasons for not paying.
EMOTIONS: dict[str, Promise] = {
    "SELF_HARM": _("May harm themselves"),
    "THREAT": _("Threatens our people"),
    "DESPAIR": _("Despair"),
    "FEAR": _("Fear"),
    "ANGER": _("Anger"),
    "DISTRUST": _("Distrust"),
    "AVOIDANCE": _("Avoids us"),
}
REASONS: dict[str, Promise] = {
    "NOT_ME": _("Says it is not their debt"),
    "DISPUTE": _("Disputes it"),
    "ILLNESS": _("Illness"),
    "JOB_LOSS": _("Lost their work"),
    "CASH_FLOW": _("Short of money"),
    "FORGOT": _("Forgot"),
    "UNWILLING": _("Unwilling"),
}


@dataclass(frozen=True)
class Shown:
    """heard_at : when their words were heard; routed_to : who goes on with it"""

    words: Words
    stops: bool
    quiet_days: int
    routed_to: str
    heard_at: datetime


def title(code: str) -> str | None:
    """What a card is called; None when the code is of none."""
    card = _card(code)
    return _words(card).title if card else None


def route(code: str) -> str:
    """Who goes on with it."""
    return str(ROUTES[code]) if code in ROUTES else code


def shown(code: str, heard_at: datetime) -> Shown | None:
    """A card as its page shows it; None when there is none of the code any more."""
    card = _card(code)
    if card is None:
        return None
    return Shown(_words(card), card.stops, card.quiet_days, str(ROUTES[card.route]), heard_at)


def _card(code: str) -> resistance.Card | None:
    return resistance.card(code, by=words_in_force.cards().folder)


def _words(card: resistance.Card) -> Words:
    return card.words["zh" if (get_language() or "").startswith("zh") else "en"]
