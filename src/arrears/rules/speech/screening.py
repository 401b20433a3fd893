"""May this be said to this person, and if not, where, by which rule, and what should be said instead?

The layers in their order: the text is unfolded (`folding`), cut (`pieces`), held against the lexicon, the classifier
and the case (`binding`), and the gravest, surest label is told with its place in the original. The wording is also
judged part by part, because a threat between two courtesies reads courteously as a whole. Called through
`arrears.rules.speech.screen`. It judges; it never sends, stores or looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from arrears.rules.speech import binding, classifier, firms, folding, labels, leanings, lettering, lexicon, pieces
from arrears.rules.speech.classifier import Classifier
from arrears.rules.speech.folding import Folded
from arrears.rules.speech.labels import ARREST, DISCLOSURE, IMPOSTURE, OK, PRESSURE, SHAME, VIOLENCE, Label
from arrears.rules.speech.leanings import Leaning
from arrears.rules.speech.lexicon import Hit
from arrears.rules.speech.told import GUARANTOR, THIRD, Utterance

#: Utterances judged at a time: the expressions are compiled once for them all.
BATCH = 8_000
#: How much a phrase that is sure, a fact, and a debt told to a third person weigh beside a likelihood of at most one.
SURE, FACT, REVEALED = 1.0, 1.6, 0.9
#: How likely a violation is that a part alone tells of; and below which a sure phrase is taken as quoted or denied.
PART, DOUBT, DOUBT_SELDOM_QUOTED = 0.85, 0.3, 0.1
#: What is graver than letting a third person know, when it is said to one.
GRAVER = frozenset({VIOLENCE, ARREST, IMPOSTURE, SHAME, PRESSURE})
#: What is least of all taken as quoted or denied. Of what is let known the wording knows nothing: not who hears it.
SELDOM_QUOTED = frozenset({VIOLENCE, ARREST, PRESSURE})
_MARKS = " ,.!?;。"
_WITHIN, _BROKEN_START, _BROKEN_END = re.compile("[a-z']{2}"), re.compile("[a-z']+$"), re.compile("[a-z']+")


@dataclass(frozen=True)
class Finding:
    """One utterance judged; spans : half-open places in the original, in code points; rule, advice : blank if lawful"""

    label: str
    severity: int
    spans: tuple[tuple[int, int], ...]
    rule: str
    advice: str

    @property
    def violation(self) -> bool:
        return self.label != OK


@dataclass(frozen=True)
class _Piece:
    """Some text of an utterance, from `offset` on; whole : for a part, the piece that it is of"""

    of: int
    offset: int
    text: str
    whole: int = -1

    def holds(self, place: int) -> bool:
        return self.offset <= place < self.offset + len(self.text)


@dataclass
class _Suspicion:
    """How strongly each label is suspected, and where."""

    scores: dict[str, float]
    places: dict[str, list[tuple[int, int]]]

    def add(self, label: str, score: float, *places: tuple[int, int]) -> None:
        self.scores[label] = max(self.scores.get(label, 0.0), score)
        self.places.setdefault(label, []).extend(places)


@dataclass(frozen=True)
class Screen:
    """Everything a judgement rests on, read once from a folder of policies."""

    labels: dict[str, Label]
    letters: lettering.Lettering
    lexicons: dict[str, lexicon.Lexicon]
    case: binding.Case
    classifier: Classifier

    def judge(self, utterances: Iterable[Utterance]) -> Iterable[Finding]:
        """One finding for each utterance, in order."""
        waiting = iter(utterances)
        while batch := list(islice(waiting, BATCH)):
            yield from self._judged(batch)

    def _judged(self, batch: list[Utterance]) -> Iterable[Finding]:
        folded = [folding.fold(one.text, self.letters) for one in batch]
        langs = [self.language(one, text) for one, text in zip(batch, folded, strict=True)]
        whos = [binding.heard_by(one) for one in batch]
        suspicions = [_Suspicion({}, {}) for _ in batch]
        leans = leanings.of(batch, self.classifier.facts, self.letters)
        for lang in binding.LANGUAGES:
            cut = [
                _Piece(at, offset, text)
                for at, one in enumerate(folded)
                if langs[at] == lang
                for offset, text in pieces.cut(firms.neutral(one.text), lang)
            ]
            self._suspect(cut, lang, batch, whos, leans, suspicions)
        for at, one in enumerate(batch):
            yield self._finding(one, folded[at], langs[at], suspicions[at])

    def language(self, one: Utterance, folded: Folded) -> str:
        """The language that the text is written in; what was told only where the script does not say."""
        if folding.is_chinese(folded.text):
            return "zh"
        return "en" if any("a" <= c <= "z" for c in folded.text[:4000]) else one.lang or "zh"

    def _suspect(
        self,
        cut: list[_Piece],
        lang: str,
        batch: list[Utterance],
        whos: list[str],
        leans: list[Leaning],
        suspicions: list[_Suspicion],
    ) -> None:
        parts = [
            _Piece(one.of, one.offset + offset, text, whole)
            for whole, one in enumerate(cut)
            for offset, text in pieces.parts(one.text, lang)
        ]
        texts = [one.text for one in (*cut, *parts)]
        found, shielded = self.lexicons[lang].hits(texts, [whos[one.of] for one in (*cut, *parts)])
        claimed = self.case.claimed(texts[: len(cut)], lang)
        likely = self.classifier.likelihoods(texts, found)
        parts_of: list[list[int]] = [[] for _ in cut]
        for at, part in enumerate(parts, start=len(cut)):
            parts_of[part.whole].append(at)
        unplaced: list[tuple[_Piece, str, float]] = []
        for at, piece in enumerate(cut):
            told, suspicion = batch[piece.of], suspicions[piece.of]
            bound = self.case.bind(piece.text, lang, told, _law(told, lang), claimed[at], shielded[at])
            heard = whos[piece.of]
            lean = leans[piece.of]
            is_lawful = lean.clears(likely.wrong[at])  # only notes speak for a claim, not who hears it
            answers = binding.answers(told)
            if answers and self.case.is_asked(piece.text, lang):
                lean = lean.to_guarantor()
            for label, start, end in bound.wrong:
                if is_lawful and label in bound.unproven:
                    continue
                score = REVEALED if label == DISCLOSURE else FACT
                suspicion.add(label, score, (piece.offset + start, piece.offset + end))
            known_to = {DISCLOSURE} if heard == GUARANTOR else frozenset()
            silent = bound.cleared | known_to | ({PRESSURE} if answers else frozenset())
            sure = [hit for hit in found[at] if hit.sure and hit.label not in known_to]
            sure = [hit for hit in sure if not bound.answers(hit.label, hit.start)]
            if sure and likely.wrong[at] < DOUBT:
                doubtful = [parts[one - len(cut)] for one in parts_of[at] if likely.wrong[one] >= DOUBT]
                sure = [
                    hit
                    for hit in sure
                    if (heard == THIRD and hit.label == DISCLOSURE)
                    or (hit.label in SELDOM_QUOTED and likely.wrong[at] >= DOUBT_SELDOM_QUOTED)
                    or any(part.holds(piece.offset + hit.start) for part in doubtful)
                ]
            for one in (at, *parts_of[at]):
                floor, own = (PART, []) if one != at else (self.classifier.threshold, sure)
                together = lean.on(likely.wrong[one], only_down=one != at or bound.is_settled)
                if not own and together < floor:
                    continue
                shares = lean.of_labels(likely.by_label(one))
                wrong = together * (1.0 - sum(shares.pop(label) for label in silent))
                suspect = own or wrong >= floor
                judged = piece if one == at else parts[one - len(cut)]
                if suspect and (likeliest := self._weighed(judged, own, shares, suspicion)):
                    unplaced.append((judged, likeliest, shares[likeliest]))
        known = [frozenset(one.places) for one in suspicions]  # a phrase or a fact has a better place than the wording
        places = self.classifier.places([one.text for one, _, _ in unplaced], [label for _, label, _ in unplaced])
        for (piece, label, share), (start, end) in zip(unplaced, places, strict=True):
            start, end = _whole_words(piece.text, start, end)
            place = () if label in known[piece.of] else ((piece.offset + start, piece.offset + end),)
            suspicions[piece.of].add(label, share, *place)

    def _weighed(self, piece: _Piece, sure: list[Hit], shares: dict[str, float], suspicion: _Suspicion) -> str:
        """Every label that a phrase is sure of; returns the likeliest, if it is another, for the wording to place."""
        named = {hit.label for hit in sure}
        likeliest = max(shares, key=lambda one: shares[one] + (SURE if one in named else 0.0), default=OK)
        for hit in sure:
            score = SURE + shares.get(hit.label, 0.0)
            suspicion.add(hit.label, score, (piece.offset + hit.start, piece.offset + hit.end))
        return likeliest if likeliest not in named and likeliest != OK else ""

    def _finding(self, told: Utterance, folded: Folded, lang: str, suspicion: _Suspicion) -> Finding:
        label = self.labels[self._gravest(suspicion)]
        if label.code == OK:
            return Finding(OK, 0, (), "", "")
        places = sorted(folded.place(a, max(b, a + 1)) for a, b in suspicion.places[label.code] if a < len(folded.text))
        advice = label.advice[told.lang or lang]
        return Finding(label.code, label.severity, merged(places), label.rules[_law(told, lang)], advice)

    def _gravest(self, suspicion: _Suspicion) -> str:
        """The label that is suspected most; what lets a third person know gives way only to what is graver."""
        scores = dict(suspicion.scores)
        if max(scores.get(PRESSURE, 0.0), scores.get(SHAME, 0.0)) >= FACT:
            scores.pop(DISCLOSURE, None)
        if scores.get(DISCLOSURE, 0.0) >= REVEALED:
            scores = {
                one: score for one, score in scores.items() if one == DISCLOSURE or one in GRAVER or score >= FACT
            }
        order = list(self.labels)
        return max(scores, key=lambda one: (scores[one], -order.index(one)), default=OK)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A place that the wording was told from: no word cut in two, no marks at its ends."""
    begin = _BROKEN_START.search(text[:start]) if _WITHIN.match(text[start - 1 : start + 1]) else None
    rest = _BROKEN_END.match(text, end) if _WITHIN.match(text[end - 1 : end + 1]) else None
    start, end = (begin.start() if begin else start), (rest.end() if rest else end)
    told = text[start:end]
    return start + len(told) - len(told.lstrip(_MARKS)), start + len(told.rstrip(_MARKS))


def _law(told: Utterance, lang: str) -> str:
    return told.truths.law or {"zh": "cn", "en": "us"}[lang]


def merged(places: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Places that touch, as one."""
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


@lru_cache(maxsize=4)
def read(policies: Path) -> Screen:
    """The screen of a folder of policies."""
    folder = policies / "speech"
    return Screen(
        labels=labels.read(folder),
        letters=lettering.read(folder),
        lexicons={lang: lexicon.read(folder / f"lexicon_{lang}.toml") for lang in binding.LANGUAGES},
        case=binding.read(folder / "claims.toml"),
        classifier=classifier.read(folder / "classifier.npz"),
    )
