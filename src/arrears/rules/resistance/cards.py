"""How to go on calmly, by what was heard: `policies/resistance/cards.toml`, read and chosen from.

Asked by `hearing`. A card says what to do, what to say, what never to say, where to refer, whom it goes to and for how
many days contact of our own accord rests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import InvalidInput

LANGUAGES = ("zh", "en")
#: To whom a card may go on: who has the case, a colleague trained for hardship, disputes or care, a supervisor.
ROUTES = frozenset({"AGENT", "HARDSHIP", "DISPUTES", "CARE", "SUPERVISOR"})
DAYS_MAX = 90


class WrongCards(InvalidInput):
    code = "wrong_cards"
    message = "{file}: {why}"


@dataclass(frozen=True)
class Words:
    """A card in one language."""

    title: str
    do: tuple[str, ...]
    say: tuple[str, ...]
    never: tuple[str, ...]
    refer: str


@dataclass(frozen=True)
class Card:
    """number : its place among the cards; signals : any of them, heard together with `reasons` (none named: with any)

    quiet_days : see the module
    stops : collection ends at once and a person is alerted
    """

    number: int
    code: str
    signals: frozenset[str]
    reasons: frozenset[str]
    quiet_days: int
    route: str
    stops: bool
    words: Mapping[str, Words]

    def answers(self, heard: frozenset[str]) -> bool:
        return bool(self.signals & heard) and (not self.reasons or bool(self.reasons & heard))


def chosen(cards: Sequence[Card], heard: frozenset[str]) -> Card | None:
    """The first card that answers what was heard; they stand from the gravest to the lightest."""
    return next((one for one in cards if one.answers(heard)), None)


def gravest(cards: Iterable[Card | None]) -> Card | None:
    """Of the cards that several texts of one person ask for, the one that stands before the others."""
    return min((one for one in cards if one), key=lambda one: one.number, default=None)


def read(path: Path, signals: frozenset[str]) -> tuple[Card, ...]:
    """Every card in its order; raises WrongCards for an unknown signal or route, a rest too long, or a missing word."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["cards"]
    return tuple(_card(number, row, path.name, signals) for number, row in enumerate(rows))


def _card(number: int, row: Mapping[str, object], file: str, signals: frozenset[str]) -> Card:
    try:
        card = Card(
            number=number,
            code=str(row["code"]),
            signals=frozenset(row["signals"]),  # type: ignore[call-overload]
            reasons=frozenset(row.get("reasons", ())),  # type: ignore[call-overload]
            quiet_days=int(row["quiet_days"]),  # type: ignore[call-overload]
            route=str(row["route"]),
            stops=bool(row.get("stops", False)),
            words={lang: _words(row[lang]) for lang in LANGUAGES},
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise WrongCards(file=file, why=f"{row.get('code', '?')}: {wrong!r}") from None
    if unknown := (card.signals | card.reasons) - signals:
        raise WrongCards(file=file, why=f"{card.code}: {sorted(unknown)}")
    if card.route not in ROUTES or not 0 <= card.quiet_days <= DAYS_MAX:
        raise WrongCards(file=file, why=f"{card.code}: {card.route} {card.quiet_days}")
    return card


def _words(row: object) -> Words:
    told = dict(row)  # type: ignore[call-overload]
    lines = {name: tuple(told[name]) for name in ("do", "say", "never")}
    if not all(lines.values()) or not told["title"] or not told["refer"]:
        raise ValueError("nothing said")
    return Words(told["title"], **lines, refer=told["refer"])
