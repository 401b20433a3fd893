"""What the case says of an utterance: who hears it, what of it is proven, what the case forbids.

Asked by `screening` beside the lexicon and the classifier. The same sentence is lawful to the one and unlawful to the
other, true today and false tomorrow; that is decided here, and nowhere by guessing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.rules.speech import lexicon
from arrears.rules.speech.told import GUARANTOR, THIRD, Utterance
from arrears.rules.speech.truths import Truths

LANGUAGES = ("zh", "en")
IMPOSTURE = "IMPERSONATION"
#: Hours in which nobody is called, by law: [from, to).
NIGHT: Mapping[str, tuple[int, int]] = {"cn": (22, 8), "us": (21, 8), "uk": (21, 8)}
SPEAKING = frozenset(
    {"", "call", "ai_call", "phone", "voice", "visit", "sms", "app", "chat", "电话", "短信", "外访", "上门"}
)
CALLING = frozenset({"call", "ai_call", "phone", "voice", "电话"})
#: Calls in a day after which one more is too many (GB/T 45251-2025; guidance of three a day).
CALLS_MAX = 3
#: Calls in seven days after which one more is presumed to harass (12 CFR 1006.14(b)(2)(i)).
WEEK_MAX: Mapping[str, int] = {"us": 7}
_CALL_AGAIN = re.compile(
    r"再打|再次(致电|来电|联系|拨打)|继续(打|联系|拨)|还会打|回电|电话|call|phone|ring|contact|text"
)
_OWED = re.compile(r"(owe|balance|outstanding|amount due|应还|欠款|余额)[^.;。]{0,24}$")
_MONEY = re.compile(r"(?:[$£€¥]\s?(\d[\d,]*(?:\.\d{1,2})?))|(?<![\d.,])(\d[\d,]*(?:\.\d{1,2})?)\s?(?:元|块)")


@dataclass(frozen=True)
class Claim:
    """A row of `claims.toml`; says : language → what the text says; unless : what an unproven claim stands with"""

    topic: str
    label: str
    unproven: bool
    inverse: bool
    clears: frozenset[str]
    says: Mapping[str, str]
    unless: re.Pattern[str] | None

    def is_bare(self, text: str) -> bool:
        """Must it be proven, and does the text name nothing that could be looked up?"""
        return self.unproven and not (self.unless and self.unless.search(text))


@dataclass(frozen=True)
class Bound:
    """What the case adds: violations with their places, and labels that it answers.

    proven : labels of claims that are true, each with the place in which even a sure phrase of it is answered: who
             somebody is only in its sentence; cleared : those, and labels that such a wording is easily taken for
    """

    wrong: tuple[tuple[str, int, int], ...]
    proven: frozenset[tuple[str, int, int]]
    cleared: frozenset[str]

    def answers(self, label: str, place: int) -> bool:
        """Is a phrase of a label, at a place, no more than what is proven?"""
        return any(label == one and start <= place < end for one, start, end in self.proven)


@dataclass(frozen=True)
class Case:
    """The claims, and what lets a third person know of a debt."""

    claims: tuple[Claim, ...]
    reveals: Mapping[str, re.Pattern[str]]
    knows: re.Pattern[str]

    def claimed(self, texts: Sequence[str], lang: str) -> list[list[Claim]]:
        """For each folded text, what it claims."""
        found: list[list[Claim]] = [[] for _ in texts]
        held = lexicon.holding(texts, [claim.says[lang] for claim in self.claims])
        for claim, rows in zip(self.claims, held, strict=True):
            for at in rows:
                found[at].append(claim)
        return found

    def bind(
        self, text: str, lang: str, told: Utterance, law: str, claimed: list[Claim], shielded: list[tuple[int, int]]
    ) -> Bound:
        """An utterance against its case.

        text : folded; claimed : by it; shielded : its sentences that warn, deny or calm, in which nothing is claimed
        """
        wrong: list[tuple[str, int, int]] = []
        proven: set[tuple[str, int, int]] = set()
        cleared: set[str] = set()
        for claim in claimed:
            match = re.search(claim.says[lang], text)
            if match is None or any(a <= match.start() < b for a, b in shielded):
                continue
            holds = told.truths.of(claim.topic)
            if holds is not None and claim.inverse:
                holds = not holds
            if holds:
                if claim.label in claim.clears:
                    said_in = lexicon.sentence(text, match.start()) if claim.label == IMPOSTURE else (0, len(text))
                    proven.add((claim.label, *said_in))
                cleared |= claim.clears
            elif (
                claim.label and (holds is False or claim.is_bare(text)) and claim.label not in {one[0] for one in wrong}
            ):
                wrong.append((claim.label, *match.span()))
        wrong = [one for one in wrong if one[0] not in cleared]
        wrong += _by_figures(text, told, law)
        if told.who == THIRD and not told.truths.of("authorised"):
            wrong += self._revealed(text, lang, shielded)
        return Bound(tuple(wrong), frozenset(proven), frozenset(cleared))

    def _revealed(self, text: str, lang: str, shielded: list[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
        if self.knows.search(text):
            return
        for match in self.reveals[lang].finditer(text):
            if not any(a <= match.start() < b for a, b in shielded):
                yield "THIRD_PARTY_DISCLOSURE", *match.span()
                return


def _by_figures(text: str, told: Utterance, law: str) -> Iterator[tuple[str, int, int]]:
    """The hour, the calls already made, the amount: what the case tells in figures."""
    truths, whole = told.truths, (0, len(text))
    begin, end = NIGHT[law]
    late = truths.hour is not None and (truths.hour >= begin or truths.hour < end)
    if late and text and told.channel in SPEAKING and not truths.of("hours"):
        yield "IMPROPER_TIME_PLACE", *whole
    if truths.calls is not None and truths.calls >= CALLS_MAX:
        match = _CALL_AGAIN.search(text)
        if match or (truths.calls > CALLS_MAX and told.channel in CALLING):
            yield "HARASS_FREQUENCY", *(match.span() if match else whole)
    elif truths.week is not None and truths.week >= WEEK_MAX.get(law, truths.week + 1) and told.channel in CALLING:
        yield "HARASS_FREQUENCY", *whole
    yield from _other_amount(text, truths)


def _other_amount(text: str, truths: Truths) -> Iterator[tuple[str, int, int]]:
    """A sum that the account does not owe: the only one in the text, or the first that is said to be owed."""
    said = list(_MONEY.finditer(text)) if truths.amounts else []
    owed = said if len(said) == 1 else [one for one in said if _OWED.search(text[: one.start()])]
    if owed and float((owed[0][1] or owed[0][2]).replace(",", "")) not in truths.amounts:
        yield "MISREP_AMOUNT", *owed[0].span()


def heard_by(told: Utterance) -> str:
    """Who hears it, as far as the rules care: whom the case authorises, or makes liable, hears as a guarantor does."""
    return GUARANTOR if told.who == THIRD and told.truths.of("authorised") else told.who


def read(path: Path) -> Case:
    """`claims.toml`."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    claims = (
        Claim(
            row["topic"],
            row.get("label", ""),
            row.get("unproven") == "flag",
            row.get("inverse", False),
            frozenset(row.get("clears", ())),
            {lang: lexicon.joined(row[lang], lang, stems=True) for lang in LANGUAGES},
            re.compile(row["unless"]) if "unless" in row else None,
        )
        for row in rows["claims"]
    )
    reveals = {lang: re.compile(lexicon.joined(rows["reveals"][lang], lang)) for lang in LANGUAGES}
    return Case(tuple(claims), reveals, re.compile(rows["reveals"]["knows"].strip()))
