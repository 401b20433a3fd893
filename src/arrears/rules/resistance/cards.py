"""How to go on calmly, by what was heard: `policies/resistance/cards.toml`, read and chosen from.

Asked by `hearing`. A card says what to do, what to say, what never to say, where to refer, whom it goes to and for how
many days contact of our own accord rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables

LANGUAGES = ("zh", "en")
#: To whom a card may go on: who has the case, a colleague trained for hardship, disputes or care, a supervisor.
ROUTES = ("AGENT", "HARDSHIP", "DISPUTES", "CARE", "SUPERVISOR")
DAYS_MAX = 90


class WrongCards(InvalidInput):
    code = "wrong_cards"
    message = "{file}: {key}: {why}"


class _Reader(toml_tables.Reader):
    refusal = WrongCards


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
    rows = _Reader.of_file(path).tables("cards", named_by="code")
    return tuple(_card(number, code, row, signals) for number, (code, row) in enumerate(rows.items()))


def _card(number: int, code: str, row: _Reader, signals: frozenset[str]) -> Card:
    row.only(frozenset({"code", "signals", "reasons", "quiet_days", "route", "stops", *LANGUAGES}))
    days = row.count("quiet_days", least=0)
    if days > DAYS_MAX:
        raise row.wrong("quiet_days", f"must be at most {DAYS_MAX}")
    return Card(
        number=number,
        code=code,
        signals=row.some_of("signals", signals),
        reasons=row.some_of("reasons", signals) if "reasons" in row.table else frozenset(),
        quiet_days=days,
        route=row.one_of("route", ROUTES),
        stops="stops" in row.table and row.flag("stops"),
        words={lang: _words(row.section(lang)) for lang in LANGUAGES},
    )


def _words(told: _Reader) -> Words:
    told.only(frozenset({"title", "do", "say", "never", "refer"}))
    do, say, never = (tuple(told.words(name)) for name in ("do", "say", "never"))
    return Words(told.text("title"), do, say, never, told.text("refer"))
