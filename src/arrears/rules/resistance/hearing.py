"""What do these words tell of the person who says them? Feelings, resistance, reasons, and a risk to their life.

The layers of the screen, used again: texts are folded, cut into sentences, held against a lexicon and a classifier of
their own. Figures of speech (累死了, "killing me"), denials and the deaths of others are struck out before a risk to
life is sought. A threat against our own people has phrases of its own, `threats_*.toml`, and is told by them alone.
Called through `arrears.rules.resistance.hear`; nothing is stored here, and nobody is judged: a signal is a reason to be
careful.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from arrears.rules.resistance import cards, threats
from arrears.rules.resistance.cards import Card
from arrears.rules.resistance.threats import Threats
from arrears.rules.speech import classifier, folding, lettering, lexicon
from arrears.rules.speech.classifier import Classifier
from arrears.rules.speech.folding import Folded
from arrears.rules.speech.labels import OK

SELF_HARM = "SELF_HARM"
EMOTIONS = (SELF_HARM, "DESPAIR", "FEAR", "ANGER", "DISTRUST", "AVOIDANCE")
REASONS = ("NOT_ME", "DISPUTE", "ILLNESS", "JOB_LOSS", "CASH_FLOW", "FORGOT", "UNWILLING")
#: Violence against our own people is spoken of.
THREAT = "THREAT"
#: Each signal and its kind, the gravest first.
KINDS = {
    SELF_HARM: "emotion",
    THREAT: "threat",
    **dict.fromkeys(EMOTIONS, "emotion"),
    **dict.fromkeys(REASONS, "reason"),
}
SIGNALS = frozenset(KINDS)
LANGUAGES = ("zh", "en")
#: How sure a phrase alone makes us; and from which likelihood the wording alone tells a signal, a risk to life, or one
#: where some word hints at it: there a needless question is a small harm and a missed cry is not. What a colleague
#: notes is mostly of other matters, in words that no borrower says: without a hint it must be as likely as a phrase.
SURE, LIKELY, HINTLESS, RISK = 0.9, 0.55, 0.5, 0.35
BATCH = 4_000
#: Stands for each character of a figure of speech that was struck out.
STRUCK = "□"
#: A sentence longer than this is cut, and the seam read twice.
LONGEST, SEAM = 240, 40
_SENTENCE = re.compile(r"[^.!?;。\n]+[.!?;。\n]*")


@dataclass(frozen=True)
class Signal:
    """kind : emotion, threat or reason; confidence : from 0 to 1

    spans : half-open places in the original, in code points
    """

    code: str
    kind: str
    confidence: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Heard:
    """signals : the gravest first; card : how to go on, None when nothing asks for care"""

    signals: tuple[Signal, ...] = ()
    card: Card | None = None

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.signals)

    @property
    def is_grave(self) -> bool:
        """May this person harm themselves?"""
        return SELF_HARM in self.codes

    @property
    def threatens(self) -> bool:
        """Does it speak of violence against our own people?"""
        return THREAT in self.codes


@dataclass(frozen=True)
class _Sentence:
    of: int
    offset: int
    text: str


#: A sentence, what it tells, how sure, and from where to where in it.
_Sign = tuple[_Sentence, str, float, int, int]


@dataclass(frozen=True)
class Ear:
    """Everything that hearing rests on, read once from a folder of policies."""

    letters: lettering.Lettering
    lexicons: dict[str, lexicon.Lexicon]
    idioms: dict[str, re.Pattern[str]]
    risks: dict[str, re.Pattern[str]]
    threats: dict[str, Threats]
    classifier: Classifier
    cards: tuple[Card, ...]

    def hear(self, texts: Sequence[str], *, is_note: bool = False) -> list[Heard]:
        """One for each text, in order."""
        waiting, heard = iter(texts), list[Heard]()
        while batch := list(islice(waiting, BATCH)):
            heard += self._heard(batch, is_note=is_note)
        return heard

    def _heard(self, batch: list[str], *, is_note: bool) -> list[Heard]:
        folded = [folding.fold(text, self.letters) for text in batch]
        found: list[dict[str, tuple[float, list[tuple[int, int]]]]] = [{} for _ in batch]
        for lang in LANGUAGES:
            sentences = [
                _Sentence(at, offset, text)
                for at, one in enumerate(folded)
                for offset, text in _sentences(one.text)
                if _language(text, one.text) == lang
            ]
            threatened = list(self.threats[lang].places([one.text for one in sentences], is_note=is_note))
            hintless = SURE if is_note else HINTLESS
            signs = self._signals(sentences, lang, {which for which, *_ in threatened}, hintless)
            signs += [(sentences[which], THREAT, SURE, start, end) for which, start, end in threatened]
            for sentence, code, share, start, end in signs:
                told = found[sentence.of]
                best, places = told.get(code, (0.0, []))
                told[code] = (max(best, share), [*places, (sentence.offset + start, sentence.offset + end)])
        return [self._told(one, folded[at]) for at, one in enumerate(found)]

    def _signals(self, sentences: list[_Sentence], lang: str, threatened: set[int], hintless: float) -> list[_Sign]:
        """Each signal of each sentence: how sure, and where. Of those that threaten us, the wording alone is no cry."""
        texts = [one.text for one in sentences]
        hits, _ = self.lexicons[lang].hits(texts, [""] * len(texts))
        plain = [self.idioms[lang].sub(lambda figure: STRUCK * len(figure[0]), text) for text in texts]
        likely, cries = self._likely(texts, plain, hits, lang, hintless)
        out, unplaced = list[_Sign](), list[tuple[_Sentence, str, float]]()
        for at, sentence in enumerate(sentences):
            sure = [hit for hit in hits[at] if hit.sure and hit.label != SELF_HARM]
            out += [(sentence, hit.label, SURE, hit.start, hit.end) for hit in sure]
            named = {hit.label for hit in sure}
            if any(hit.sure and hit.label == SELF_HARM for hit in hits[at]):
                risks = [(sentence, SELF_HARM, SURE, *match.span()) for match in self.risks[lang].finditer(plain[at])]
                out += risks
                named |= {SELF_HARM} if risks else set()
            if cries[at] and SELF_HARM not in named and at not in threatened:
                unplaced.append((sentence, SELF_HARM, min(cries[at], SURE)))
            if (told := likely[at]) and told[0] not in named:
                unplaced.append((sentence, told[0], min(told[1], SURE)))
        places = self.classifier.places([one.text for one, _, _ in unplaced], [code for _, code, _ in unplaced])
        return out + [(*one, *place) for one, place in zip(unplaced, places, strict=True)]

    def _likely(
        self, texts: list[str], plain: list[str], hits: list[list[lexicon.Hit]], lang: str, hintless: float
    ) -> tuple[list[tuple[str, float] | None], list[float]]:
        """For each text its likeliest trouble, if that is likely; and how likely a risk to life, nought if too little.

        A risk is told by the whole, and by what is left of it when figures of speech are struck out.

        hintless : from which likelihood a risk is told where no word hints at one
        """
        chances = self.classifier.of_texts(texts, hits)
        risk, dark = self._column(SELF_HARM), [_hints(one) for one in hits]
        risks = chances[:, risk].tolist()
        struck = [at for at, text in enumerate(texts) if plain[at] != text]
        left = [plain[at].replace(STRUCK, "") for at in struck]
        left_hits, _ = self.lexicons[lang].hits(left, [""] * len(left))
        for at, some, share in zip(struck, left_hits, self.classifier.of_texts(left, left_hits)[:, risk], strict=True):
            risks[at], dark[at] = min(risks[at], float(share)), _hints(some)
        least = [RISK if hint else hintless for hint in dark]
        cries = [share if share >= enough else 0.0 for share, enough in zip(risks, least, strict=True)]
        # A cry hides no other trouble: what else there is, is then judged by what is left of all likelihood.
        rest = np.maximum(1.0 - chances[:, risk], np.finfo(np.float32).eps)
        chances /= np.where(np.array(cries) > 0.0, rest, 1.0)[:, None]
        chances[:, [risk, self._column(OK)]] = 0.0
        best = chances.argmax(axis=1).tolist()
        likely = [(self.classifier.labels[code], float(one[code])) for code, one in zip(best, chances, strict=True)]
        return [one if one[1] >= LIKELY else None for one in likely], cries

    def _column(self, label: str) -> int:
        return self.classifier.labels.index(label)

    def _told(self, found: dict[str, tuple[float, list[tuple[int, int]]]], folded: Folded) -> Heard:
        signals = tuple(
            Signal(code, kind, round(found[code][0], 2), _places(found[code][1], folded))
            for code, kind in KINDS.items()
            if code in found
        )
        return Heard(signals, cards.chosen(self.cards, frozenset(found)))


def _hints(hits: Sequence[lexicon.Hit]) -> bool:
    """Does some word hint at a risk to life?"""
    return any(hit.label == SELF_HARM for hit in hits)


def _places(spans: list[tuple[int, int]], folded: Folded) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({folded.place(a, max(b, a + 1)) for a, b in spans if a < len(folded.text)}))


def _language(sentence: str, whole: str) -> str:
    """Of a sentence, by its script; of one that has none, by the rest of the text."""
    written = sentence if any(character.isalpha() for character in sentence) else whole
    return "zh" if folding.is_chinese(written) else "en"


def _sentences(text: str) -> list[tuple[int, str]]:
    """Sentences with their offsets."""
    out = []
    for match in _SENTENCE.finditer(text):
        for begin in range(0, len(match[0]), LONGEST - SEAM):
            out.append((match.start() + begin, match[0][begin : begin + LONGEST]))
            if begin + LONGEST >= len(match[0]):
                break
    return out


@lru_cache(maxsize=4)
def read(policies: Path) -> Ear:
    """The ear of a folder of policies."""
    folder = policies / "resistance"
    lexicons = {lang: lexicon.read(folder / f"lexicon_{lang}.toml") for lang in LANGUAGES}
    return Ear(
        letters=lettering.read(policies / "speech"),
        lexicons=lexicons,
        idioms={lang: _idioms(folder / f"lexicon_{lang}.toml") for lang in LANGUAGES},
        risks={
            lang: next(one.place for one in book.phrases if one.sure and one.label == SELF_HARM)
            for lang, book in lexicons.items()
        },
        threats={lang: threats.read(folder / f"threats_{lang}.toml") for lang in LANGUAGES},
        classifier=classifier.read(folder / "classifier.npz"),
        cards=cards.read(folder / "cards.toml", SIGNALS),
    )


def _idioms(path: Path) -> re.Pattern[str]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return re.compile(lexicon.joined(told["idioms"], told["lang"]))
