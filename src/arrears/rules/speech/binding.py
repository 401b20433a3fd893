"""What the case says of an utterance: who hears it, what of it is proven, what the case forbids.

Asked by `screening` beside the lexicon and the classifier. The same sentence is lawful to the one and unlawful to the
other, true today and false tomorrow; that is decided here, and nowhere by guessing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from arrears.rules.speech import dates, lexicon, proof, stops, truths
from arrears.rules.speech.labels import AMOUNT, DISCLOSURE, FREQUENCY, HOURS, IMPOSTURE, PRESSURE, RIGHTS, SHAME
from arrears.rules.speech.stops import Stops
from arrears.rules.speech.told import DEBTOR, GUARANTOR, THIRD, Utterance
from arrears.rules.speech.truths import Truths

LANGUAGES = ("zh", "en")
#: Hours in which nobody is called, by law: [from, to).
NIGHT: Mapping[str, tuple[int, int]] = {"cn": (22, 8), "us": (21, 8), "uk": (21, 8)}
SPEAKING = frozenset(
    {"", "call", "ai_call", "phone", "voice", "visit", "sms", "app", "chat", "电话", "短信", "外访", "上门"}
)
CALLING = frozenset({"call", "ai_call", "phone", "voice", "电话"})
#: Calls in a day after which one more is too many (GB/T 45251-2025; guidance of three a day).
CALLS_MAX = 3
#: Calls, or messages, in a day after which nothing more is said at all, however it is sent.
CALLS_FAR_TOO_MANY = 10
#: Calls in seven days after which one more is presumed to harass (12 CFR 1006.14(b)(2)(i)).
WEEK_MAX: Mapping[str, int] = {"us": 7}
_CALL_AGAIN = re.compile(
    r"再打|再次(致电|来电|联系|拨打)|继续(打|联系|拨)|还会打|回电|电话|call|phone|ring|contact|text"
)
_OWED = re.compile(r"(owe|balance|outstanding|amount due|应还|欠款|余额)[^.;。]{0,24}$")
_BY_THE_DAY = re.compile(r"\s?(a|per|each|every) (day|month|week|year)|/(day|month)|每[天日月]|一[天日](?!之?内)")
_DAILY = re.compile(r"(每[天日]|(?<!有)一[天日](?!之?内)).{0,4}$")
_FREE = re.compile(
    r"(不再?|免|无需?|没有?|未)(会|用|必|加|另|额外)?(收|付|交|有)?(取|您|你|任何)*$|(\b(no|without|waiv\w*|never|not)|n't)\b[^.,;]{0,18}$"
)
_IN_WORDS = re.compile(rf"{truths.IN_WORDS}[元块](?![一二三四五六七八九])")
_MONEY = re.compile(r"[$£€¥]\s?\d[\d,]*(?:\.\d{1,2})?|(?<![\d.,])\d[\d,]*(?:\.\d{1,2})?\s?(?:[元块]|万[元块]?)")
#: What may be done at a court some day.
_PROSPECT = re.compile(r"可能|或将|拟|\b(may|might|could)\b")


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
             somebody is only in its sentence; cleared : those, and labels that such a wording is easily taken for;
    unproven : labels of `wrong` that no fact denies; is_settled : is it allowed by a fact, or its sum told?
    """

    wrong: tuple[tuple[str, int, int], ...]
    proven: frozenset[tuple[str, int, int]]
    cleared: frozenset[str]
    unproven: frozenset[str]
    is_settled: bool

    def answers(self, label: str, place: int) -> bool:
        """Is a phrase of a label, at a place, no more than what is proven?"""
        return any(label == one and start <= place < end for one, start, end in self.proven)


@dataclass(frozen=True)
class Case:
    """The claims, and what lets a third person know of a debt."""

    claims: tuple[Claim, ...]
    reveals: Mapping[str, re.Pattern[str]]
    asks: Mapping[str, re.Pattern[str]]
    eases: Mapping[str, re.Pattern[str]]
    posts: re.Pattern[str]
    knows: re.Pattern[str]
    stops: Stops

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
        unproven: set[str] = set()
        is_settled = False
        for claim in claimed:
            match = re.search(claim.says[lang], text)
            if match is None or _within(match.start(), shielded) or self._is_eased(claim, text, lang):
                continue
            if (claim.topic == "fee" and _FREE.search(text[: match.start()])) or _disowned(claim, match[0]):
                continue
            holds = told.truths.of(claim.topic)
            if holds is not None and claim.inverse:
                holds = not holds
            if holds and claim.topic == "amount" and not _agrees(text, told.truths):
                continue
            if holds and claim.topic == "discount" and _ends_otherwise(text, match.start(), told.truths):
                holds = False
            if holds is False and told.who == DEBTOR and claim.topic in self.stops.silent:
                continue  # all that is said to them is held against the stops below
            if holds is False:
                unproven.discard(claim.label)
            is_settled |= bool(holds and (claim.inverse or claim.topic == "amount"))
            if holds:
                if claim.label in claim.clears:
                    said_in = lexicon.sentence(text, match.start()) if claim.label == IMPOSTURE else (0, len(text))
                    proven.add((claim.label, *said_in))
                cleared |= claim.clears
            elif (
                claim.label and (holds is False or claim.is_bare(text)) and claim.label not in {one[0] for one in wrong}
            ):
                wrong.append((claim.label, *match.span()))
                unproven |= {claim.label} if holds is None else set()
        wrong = [one for one in wrong if one[0] not in cleared]
        if told.who == DEBTOR:
            wrong += self._broken(text, lang, told.truths, shielded)
        wrong += _by_figures(text, told, law)
        if heard_by(told) == THIRD:
            wrong += self._revealed(text, lang, shielded, is_posted=told.truths.of("posted") is True)
        return Bound(tuple(wrong), frozenset(proven), frozenset(cleared), frozenset(unproven), is_settled)

    def _broken(
        self, text: str, lang: str, known: Truths, shielded: list[tuple[int, int]]
    ) -> Iterator[tuple[str, int, int]]:
        """What the debtor may not be told while the case says to leave them alone."""
        sums = [(start, end) for _, start, end in _sums_in(text)]
        for place in self.stops.broken(text, lang, known, sums):
            if not _within(place[0], shielded):
                yield RIGHTS, *place

    def is_asked(self, text: str, lang: str) -> bool:
        """Does a text ask for money, or name a sum?"""
        return bool(self.asks[lang].search(text)) or any(_sums_in(text))

    def _is_eased(self, claim: Claim, text: str, lang: str) -> bool:
        """Is nothing asked any more of somebody whose rights would forbid it?"""
        return claim.inverse and claim.label == RIGHTS and bool(self.eases[lang].search(text))

    def _revealed(
        self, text: str, lang: str, shielded: list[tuple[int, int]], *, is_posted: bool
    ) -> Iterator[tuple[str, int, int]]:
        """What lets a third person know: told to them, asked to be paid by them, or shown to many."""
        if self.knows.search(text):
            return
        revealed = [match.span() for match in self.reveals[lang].finditer(text)]
        revealed += [(start, end) for _, start, end in _sums_in(text)]
        revealed = [one for one in revealed if not _within(one[0], shielded)]
        if not revealed:
            return
        asked = self.asks[lang].search(text)
        if is_posted or self.posts.search(text):
            yield SHAME, *revealed[0]
        elif asked:
            yield PRESSURE, *asked.span()
        else:
            yield DISCLOSURE, *revealed[0]


def _disowned(claim: Claim, said: str) -> bool:
    """Does what looks like a claim of an act say that it was not done, or may only be done?"""
    return claim.topic in proof.ACTS and bool(proof.takes_back(claim.topic, said) or _PROSPECT.search(said))


def _within(place: int, parts: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in parts)


def _by_figures(text: str, told: Utterance, law: str) -> Iterator[tuple[str, int, int]]:
    """The hour, the calls already made, the amount: what the case tells in figures."""
    known, whole = told.truths, (0, len(text))
    begin, end = NIGHT[law]
    late = known.hour is not None and (known.hour >= begin or known.hour < end)
    if late and text and told.channel in SPEAKING and not known.of("hours"):
        yield HOURS, *whole
    if known.calls is not None and known.calls >= CALLS_MAX:
        match = _CALL_AGAIN.search(text)
        many = known.calls > CALLS_MAX and told.channel in CALLING
        if match or many or known.calls >= CALLS_FAR_TOO_MANY:
            yield FREQUENCY, *(match.span() if match else whole)
    elif known.week is not None and known.week >= WEEK_MAX.get(law, known.week + 1) and told.channel in CALLING:
        yield FREQUENCY, *whole
    yield from _other_amount(text, known)


def _other_amount(text: str, known: Truths) -> Iterator[tuple[str, int, int]]:
    """A sum that the account does not owe: the only one in the text, or the first that is said to be owed."""
    said = list(_sums_in(text)) if known.amounts else []
    owed = said if len(said) == 1 else [one for one in said if _OWED.search(text[: one[1]])]
    if owed and not _is_told(owed[0][0], known):
        yield AMOUNT, *owed[0][1:]


def _sums_in(text: str) -> Iterator[tuple[float, int, int]]:
    """Each sum of money in a text with its place; not what something costs by the day, week, month or year."""
    for match in chain(_MONEY.finditer(text), _IN_WORDS.finditer(text)):
        if not (_BY_THE_DAY.match(text, match.end()) or _DAILY.search(text, 0, match.start())):
            yield from ((one, *match.span()) for one in truths.sums(match[0]))


def _agrees(text: str, known: Truths) -> bool:
    """Is a sum of the text one that the case tells of, where it tells of any?"""
    return not known.amounts or any(_is_told(one, known) for one, _, _ in _sums_in(text))


def _ends_otherwise(text: str, place: int, known: Truths) -> bool:
    """Does the sentence at a place name a day on which an offer ends, and the case only others?"""
    said = dates.ends(text[slice(*lexicon.sentence(text, place))])
    return bool(said and known.ends and not said & known.ends)


def _is_told(said: float, known: Truths) -> bool:
    """Do the facts name a sum, or do their sums make it up?"""
    return said in known.figures or abs(said - sum(known.figures)) < 0.005


def heard_by(told: Utterance) -> str:
    """Who hears it, as far as the rules care: whom a case authorises, or makes liable, hears what a guarantor may."""
    may_hear = answers(told) or (told.who == THIRD and told.truths.of("authorised"))
    return GUARANTOR if may_hear else told.who


def answers(told: Utterance) -> bool:
    """Does somebody else than the debtor answer for the debt, and may be asked to pay it?"""
    return told.who == GUARANTOR or (told.who == THIRD and bool(told.truths.of("liable")))


def read(path: Path) -> Case:
    """`claims.toml`, and `stops.toml` beside it."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    claims = tuple(
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
    lexicon.tried([said for claim in claims for said in claim.says.values()])
    reveals = {lang: re.compile(lexicon.joined(rows["reveals"][lang], lang)) for lang in LANGUAGES}
    asks = {lang: re.compile(lexicon.joined(rows["asks"][lang], lang)) for lang in LANGUAGES}
    eases = {lang: re.compile(lexicon.joined(rows["eases"][lang], lang)) for lang in LANGUAGES}
    posts = re.compile(rows["reveals"]["posts"].strip())
    knows = re.compile(rows["reveals"]["knows"].strip())
    return Case(claims, reveals, asks, eases, posts, knows, stops.read(path.with_name("stops.toml"), LANGUAGES))
