"""May this be said to this person, and if not, where, by which rule, and what should be said instead?

All layers are asked of each piece of an utterance (`layers`), what they say together makes a likelihood of each label
(`verdict`), and the surest label is told with its place in the original. What a fact of the case denies is told
however likely it is, and what may be told to whoever hears it is not. Called through `arrears.rules.speech.screen`.
It judges; it never sends, stores or looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from arrears.rules.speech import binding, labels, layers, turning, verdict
from arrears.rules.speech.folding import Folded
from arrears.rules.speech.labels import DISCLOSURE, OK, PRESSURE, Label
from arrears.rules.speech.layers import Layers, Piece
from arrears.rules.speech.told import GUARANTOR, Utterance
from arrears.rules.speech.truths import Truths
from arrears.rules.speech.verdict import Verdict

#: Utterances judged at a time: the expressions are compiled once for them all.
BATCH = 8_000
#: How much a fact that denies what is said weighs beside a likelihood, which is at most one; and a sure phrase, a claim
#: that must be proven, and what is wrong by who hears it.
DENIED, SURE = 1.0, 0.3
#: From which likelihood on a debt let known is told: lawful words hold names and sums too.
DOUBT = 0.05
#: How likely lawful a wording is at least to quote or deny a sure phrase in it.
QUOTED = 0.6
#: How likely a label is at least by the wording of a clause that stands by itself, to be told for a sure phrase in it.
ALONE = 0.2
#: How likely lawful a wording is at least for a note alone not to make it unlawful: half of those are beside the point.
PLAINLY = 0.975
#: How likely a note itself must tell of a label at least to make wording a violation that is lawful without it; an
#: even guess of seventeen labels is 0.06.
NOTED = 0.1
#: How likely lawful a note must be at least to prove in words of its own what must be proven, or to agree to a claim.
LEANING = 0.5
#: The same as PLAINLY where a fact allows what is said.
SETTLED = 0.65
#: How likely a label is at most to be answered by a true claim beside other words: of what is likelier, the claim is
#: only a part.
CLEARED = 0.8
#: How likely a wording presses somebody at least who may hear of the debt, and need not pay it.
PRESSED = 0.3
#: What parts a sentence in two, so that a true claim is not all that it says.
_ANOTHER = re.compile(
    r"[;:.!?。]|(?<!\d),|,(?!\d)|否则|不然|要不|所以|因此|就|并|而|再|如|若|除非|才|\b(and|or|so|but|unless|if|until|else|then|to)\b"
)
_COURT = ("suit", "judgment", "officer", "police")
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
class _Suspicion:
    """A label of a piece, and how strongly it is suspected."""

    piece: Piece
    label: str
    score: float


@dataclass(frozen=True)
class _Likely:
    """How likely each label of a piece is: by all that is told, without the notes of its case, and by those alone."""

    chances: list[float]
    bare: list[float]
    notes: list[float]


@dataclass(frozen=True)
class Screen:
    """Everything a judgement rests on, read once from a folder of policies."""

    labels: dict[str, Label]
    layers: Layers
    verdict: Verdict

    def judge(self, utterances: Iterable[Utterance]) -> Iterable[Finding]:
        """One finding for each utterance, in order."""
        waiting = iter(utterances)
        while batch := list(islice(waiting, BATCH)):
            yield from self._judged(batch)

    def _judged(self, batch: list[Utterance]) -> Iterable[Finding]:
        folded = self.layers.fold(batch)
        read = self.layers.read(batch, folded)
        evidence = self.layers.evidence(read, batch)
        chances = (self.verdict.chances(one).tolist() for one in (evidence, evidence.without_notes()))
        suspected: list[list[_Suspicion]] = [[] for _ in batch]
        for piece, *likely in zip(read, *chances, evidence.notes.tolist(), strict=True):
            suspected[piece.of] += self._suspicions(piece, _Likely(*likely), batch[piece.of])
        surest = [max(some, key=lambda one: one.score).label if some else OK for some in suspected]
        same = [one for some, label in zip(suspected, surest, strict=True) for one in some if one.label == label]
        places: list[list[tuple[int, int]]] = [[] for _ in batch]
        for one, found in zip(same, self._places(same), strict=True):
            places[one.piece.of] += [(one.piece.offset + start, one.piece.offset + end) for start, end in found]
        for at, told in enumerate(batch):
            yield self._finding(told, folded[at], surest[at], places[at])

    def _suspicions(self, piece: Piece, told_by: _Likely, told: Utterance) -> list[_Suspicion]:
        """The surest label of a piece, if it is suspected of any.

        A likelihood tells, but for what a fact denies or answers, what must be proven and is not, and a sure phrase.
        """
        bound, known_to = piece.bound, {DISCLOSURE} if piece.heard == GUARANTOR else set()
        sure = self._sure(piece) - known_to
        labels, likely = self.layers.classifier.labels, told_by.chances
        lawful = labels.index(OK)
        is_leaning = not told.truths.told or told_by.notes[lawful] >= LEANING
        is_whole = is_leaning and not _ANOTHER.search(piece.text.strip(_MARKS))
        cleared = {label for label in bound.cleared if is_whole or likely[labels.index(label)] < CLEARED}
        silent = ((cleared | ({PRESSURE} if binding.answers(told) else set())) - sure) | known_to
        denied = {label for label, _, _ in bound.wrong if label not in bound.unproven} - silent
        is_proven = told.truths.told and is_leaning and _may_prove(told.truths)
        must_be_proven = frozenset() if is_proven else bound.unproven - silent
        scores = {label: chance for label, chance in zip(labels, likely, strict=True) if label not in {OK, *silent}}
        pressed = {PRESSURE} - silent if self._is_pressed(piece, told) else set()
        is_told = bool(denied - {DISCLOSURE} or must_be_proven or sure or pressed)
        plainly = SETTLED if bound.is_settled else PLAINLY
        if not is_told and told.truths.told and piece.chances[lawful] >= plainly:
            return []
        if not is_told and sum(scores.values()) < (DOUBT if denied else self.verdict.threshold):
            return []
        for label in denied | must_be_proven | sure | pressed:
            scores[label] += DENIED if label in denied - {DISCLOSURE} else SURE
        surest = max(scores, key=lambda one: scores[one])
        is_noted = told_by.notes[labels.index(surest)] >= NOTED or not told.truths.told
        if not (is_told or bound.wrong or is_noted) and 1 - told_by.bare[lawful] < self.verdict.threshold:
            return []
        return [_Suspicion(piece, surest, scores[surest])]

    def _is_pressed(self, piece: Piece, told: Utterance) -> bool:
        """Is somebody asked to pay whom the case lets hear of the debt, and who does not answer for it?"""
        if piece.heard != GUARANTOR or binding.answers(told):
            return False
        likely = piece.chances[self.layers.classifier.labels.index(PRESSURE)]
        return bool(likely >= PRESSED) and self.layers.case.is_asked(piece.text, piece.lang)

    def _sure(self, piece: Piece) -> set[str]:
        """Labels of sure phrases that no fact answers, unless their wording is lawful: it quotes or denies them.

        Where no word of the sentence could do so, or hardly any stands around the phrase, none does; and what no case
        makes lawful, in a clause that stands by itself, is answered by that clause alone.
        """
        lawful = self.layers.classifier.labels.index(OK)
        parts = [(0, piece.text, piece.chances), *piece.parts]
        wrong = [(offset, offset + len(text)) for offset, text, chances in parts if chances[lawful] < QUOTED]
        found = {
            hit.label
            for hit in piece.hits
            if hit.sure
            and not piece.bound.answers(hit.label, hit.start)
            and (turning.is_plain(piece.text, hit, piece.lang) or any(start <= hit.start < end for start, end in wrong))
        }
        return found | {
            hit.label
            for one in piece.clauses
            for hit in one.hits
            if hit.sure
            and hit.label in turning.NEVER_LAWFUL
            and not piece.bound.answers(hit.label, one.offset + hit.start)
            and one.chances[self.layers.classifier.labels.index(hit.label)] >= ALONE
        }

    def _places(self, suspicions: Sequence[_Suspicion]) -> list[list[tuple[int, int]]]:
        """Where in its piece each is told: by a fact, by a sure phrase, else by the wording of its likeliest part."""
        known = [
            [(start, end) for label, start, end in one.piece.bound.wrong if label == one.label]
            + [(hit.start, hit.end) for hit in one.piece.hits if hit.sure and hit.label == one.label]
            + [
                (alone.offset + hit.start, alone.offset + hit.end)
                for alone in one.piece.clauses
                for hit in alone.hits
                if hit.sure and hit.label == one.label
            ]
            for one in suspicions
        ]
        told = [self._likeliest_part(one) for one in suspicions]
        found = self.layers.classifier.places([text for _, text in told], [one.label for one in suspicions])
        for places, (offset, text), (start, end) in zip(known, told, found, strict=True):
            if not places:
                start, end = _whole_words(text, start, end)
                places.append((offset + start, offset + end))
        return known

    def _likeliest_part(self, one: _Suspicion) -> tuple[int, str]:
        at = self.layers.classifier.labels.index(one.label)
        parts = [(0, one.piece.text, one.piece.chances), *one.piece.parts]
        offset, text, _ = max(parts, key=lambda part: part[2][at])
        return offset, text

    def _finding(self, told: Utterance, folded: Folded, code: str, places: list[tuple[int, int]]) -> Finding:
        if code == OK:
            return Finding(OK, 0, (), "", "")
        label, lang = self.labels[code], layers.language(told, folded)
        spans = sorted(folded.place(a, max(b, a + 1)) for a, b in places if a < len(folded.text))
        return Finding(
            code, label.severity, merged(spans), label.rules[layers.law(told, lang)], label.advice[told.lang or lang]
        )


def _may_prove(known: Truths) -> bool:
    """May notes prove in their own words what must be proven? Not where each of them was read and tells of no court."""
    return known.is_unread or any(known.of(topic) for topic in _COURT)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A place that the wording was told from: no word cut in two, no marks at its ends."""
    begin = _BROKEN_START.search(text[:start]) if _WITHIN.match(text[start - 1 : start + 1]) else None
    rest = _BROKEN_END.match(text, end) if _WITHIN.match(text[end - 1 : end + 1]) else None
    start, end = (begin.start() if begin else start), (rest.end() if rest else end)
    told = text[start:end]
    return start + len(told) - len(told.lstrip(_MARKS)), start + len(told.rstrip(_MARKS))


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
    return Screen(labels.read(folder), layers.read(folder), verdict.read(folder / "classifier.npz"))
