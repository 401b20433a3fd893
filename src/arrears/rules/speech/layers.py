"""What each layer says of an utterance, piece by piece: phrases, wording, case and notes, side by side.

Asked by `screening`, which weighs it (`verdict`), and by the trainer, which learns how. The text is unfolded
(`folding`), cut (`pieces`), held against the lexicon, the classifier and the case (`binding`). The wording is also
judged part by part, because a threat between two courtesies reads courteously as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arrears.rules.speech import binding, classifier, clauses, firms, folding, lettering, lexicon, pieces
from arrears.rules.speech.classifier import Classifier
from arrears.rules.speech.folding import Folded
from arrears.rules.speech.labels import OK
from arrears.rules.speech.lexicon import Hit
from arrears.rules.speech.told import GUARANTOR, Utterance
from arrears.rules.speech.turning import NEVER_LAWFUL
from arrears.rules.speech.verdict import FLAGS, WHO, Evidence

#: The law that a text is judged by where its case names none.
LAW = {"zh": "cn", "en": "us"}


@dataclass(frozen=True)
class Clause:
    """A clause of a piece that stands by itself, from `offset` on, as the layers see it alone."""

    offset: int
    text: str
    hits: list[Hit]
    chances: NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """Some text of the utterance `of`, from `offset` on, as the layers see it

    lang : that it is read in; heard : by whom, as in WHO; hits : its phrases; chances : (n_labels,) by its wording;
    parts : its own, each with its place and its chances; clauses : those that stand by themselves, if it has phrases
    """

    of: int
    offset: int
    text: str
    lang: str
    heard: str
    bound: binding.Bound
    hits: list[Hit]
    chances: NDArray[np.float32]
    parts: list[tuple[int, str, NDArray[np.float32]]]
    clauses: list[Clause]


@dataclass(frozen=True)
class Layers:
    """What utterances are held against, read once from a folder of policies."""

    letters: lettering.Lettering
    lexicons: dict[str, lexicon.Lexicon]
    case: binding.Case
    classifier: Classifier

    def fold(self, batch: Sequence[Utterance]) -> list[Folded]:
        folded = (folding.fold(one.text, self.letters) for one in batch)
        return [replace(one, text=firms.grouped(one.text)) for one in folded]

    def read(self, batch: Sequence[Utterance], folded: Sequence[Folded]) -> list[Piece]:
        """The pieces of all utterances, those of each together and in their order."""
        langs = [language(one, text) for one, text in zip(batch, folded, strict=True)]
        found = [piece for lang in binding.LANGUAGES for piece in self._of_language(lang, batch, folded, langs)]
        return sorted(found, key=lambda piece: (piece.of, piece.offset))

    def evidence(self, read: Sequence[Piece], batch: Sequence[Utterance]) -> Evidence:
        """What is said of each piece, as the verdict wants it."""
        lawful = self.classifier.labels.index(OK)
        columns = {label: at for at, label in enumerate(self.classifier.labels)}
        flags = np.zeros((len(read), len(FLAGS), len(columns)), np.float32)
        for row, piece in zip(flags, read, strict=True):
            told = (
                (label for label, _, _ in piece.bound.wrong if label not in piece.bound.unproven),
                piece.bound.unproven,
                piece.bound.cleared,
                (hit.label for hit in piece.hits if hit.sure),
                (hit.label for hit in piece.hits if not hit.sure),
            )
            for kind, labels in enumerate(told):
                row[kind, [columns[label] for label in labels if label in columns]] = 1.0
        worst = [
            min((one[2] for one in piece.parts), key=lambda told: told[lawful], default=piece.chances) for piece in read
        ]
        notes = self._noted(batch)
        hears = [GUARANTOR if binding.answers(one) else one.who for one in batch]
        return Evidence(
            lawful,
            np.array([piece.chances for piece in read]),
            np.array(worst),
            np.array([notes[piece.of] for piece in read]),
            np.array([[hears[piece.of] == who for who in WHO] for piece in read], np.float32),
            np.array([piece.bound.is_settled for piece in read], np.float32),
            flags,
        )

    def _of_language(
        self, lang: str, batch: Sequence[Utterance], folded: Sequence[Folded], langs: Sequence[str]
    ) -> list[Piece]:
        cut = [
            (of, offset, text)
            for of, one in enumerate(folded)
            if langs[of] == lang
            for offset, text in pieces.cut(firms.neutral(one.text), lang)
        ]
        parts = [list(pieces.parts(text, lang)) for _, _, text in cut]
        heard = [binding.heard_by(batch[of]) for of, _, _ in cut]
        texts = [text for _, _, text in cut] + [text for some in parts for _, text in some]
        to = heard + [who for who, some in zip(heard, parts, strict=True) for _ in some]
        hits, shielded = self.lexicons[lang].hits(texts, to)
        claimed = self.case.claimed(texts[: len(cut)], lang)
        chances = self.classifier.of_texts(texts, hits)
        behind = iter(chances[len(cut) :])
        alone = self._alone(texts[: len(cut)], hits, heard, lang)
        return [
            Piece(
                *(of, offset, text, lang, heard[at]),
                self.case.bind(text, lang, batch[of], law(batch[of], lang), claimed[at], shielded[at]),
                hits[at],
                chances[at],
                [(start, part, next(behind)) for start, part in parts[at]],
                alone[at],
            )
            for at, (of, offset, text) in enumerate(cut)
        ]

    def _alone(
        self, texts: Sequence[str], hits: Sequence[Sequence[Hit]], heard: Sequence[str], lang: str
    ) -> list[list[Clause]]:
        """The clauses of each text that stand by themselves, where a phrase that no case makes lawful is placed in it,
        shielded or not."""
        held = [at for at in range(len(texts)) if any(hit.end and hit.label in NEVER_LAWFUL for hit in hits[at])]
        found = [(at, start, texts[at][start:end]) for at in held for start, end in clauses.standing(texts[at], lang)]
        told = [text for _, _, text in found]
        own, _ = self.lexicons[lang].hits(told, [heard[at] for at, _, _ in found])
        alone: list[list[Clause]] = [[] for _ in texts]
        for (at, start, text), some, chances in zip(found, own, self.classifier.of_texts(told, own), strict=True):
            alone[at].append(Clause(start, text, some, chances))
        return alone

    def _noted(self, batch: Sequence[Utterance]) -> NDArray[np.float32]:
        """(n, n_labels): what the notes of each case tell; notes that many utterances share are read once."""
        by = self.classifier.facts
        found = np.zeros((len(batch), len(self.classifier.labels)), np.float32)
        told = sorted({one.truths.told for one in batch if one.truths.told}) if by else []
        if by and told:
            texts = [firms.neutral(folding.fold(text, self.letters).text) for text in told]
            read = by.of_texts(texts, [()] * len(told))
            rows = dict(zip(told, read, strict=True))
            for at, one in enumerate(batch):
                found[at] = rows.get(one.truths.told, 0.0)
        return found


def language(one: Utterance, folded: Folded) -> str:
    """The language that the text is written in; what was told only where the script does not say."""
    if folding.is_chinese(folded.text):
        return "zh"
    return "en" if any("a" <= c <= "z" for c in folded.text[:4000]) else one.lang or "zh"


def law(told: Utterance, lang: str) -> str:
    """Which law's rule is named: the case's, or that of the language."""
    return told.truths.law or LAW[lang]


def read(folder: Path) -> Layers:
    """The layers of a folder of speech policies."""
    return Layers(
        letters=lettering.read(folder),
        lexicons={lang: lexicon.read(folder / f"lexicon_{lang}.toml") for lang in binding.LANGUAGES},
        case=binding.read(folder / "claims.toml"),
        classifier=classifier.read(folder / "classifier.npz"),
    )
