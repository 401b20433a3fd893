"""How likely is each label, from the wording alone? A linear model, its weights shipped as data.

Asked by `screening` with folded texts and their phrases. Learnt by `tools/train_speech.py`; docs/algorithms/speech.md
is its data card. It knows nothing of the case: whether a claim is true is decided in `binding`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arrears.kernel.errors import InvalidInput
from arrears.rules.speech import features
from arrears.rules.speech.labels import OK
from arrears.rules.speech.lexicon import Hit

#: Of weights without rarity, and with it.
PLAIN, RARE = 1, 2
#: Texts weighed at a time: what they need stays in the processor's cache.
ROWS = 32
#: What the names of the weights of facts begin with.
FACTS = "facts_"


class WrongClassifier(InvalidInput):
    code = "wrong_classifier"
    message = "{file}: {why}"


@dataclass(frozen=True)
class Classifier:
    """labels : columns of weights; rows : (1 << bits,) int32, the row of weights of each place, the last where none

    weights : (n_used + 1, n_labels) float32, the last row nought; bias : (n_labels,);
    word, rare, bits, phrase : see features.of; facts : what the notes of a case tell of what is said in it, if learnt
    """

    labels: tuple[str, ...]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    word: float = 1.0
    rare: NDArray[np.float32] | None = None
    bits: int = features.BITS
    phrase: float = features.PHRASE
    facts: Classifier | None = None

    def of_texts(self, texts: Sequence[str], hits: Sequence[Sequence[Hit]]) -> NDArray[np.float32]:
        """(n, n_labels): how likely each label is, by texts and their phrases; without a letter there is no wording."""
        if not texts:
            return np.empty((0, len(self.labels)), np.float32)
        chances = self.chances(features.of(texts, hits, self.word, self.rare, self.bits, self.phrase), len(texts))
        unsaid = [not any(map(str.isalpha, text)) for text in texts]
        chances[unsaid] = np.array([label == OK for label in self.labels], np.float32)
        return chances

    def chances(self, columns: features.Columns, count: int) -> NDArray[np.float32]:
        """(count, n_labels), rows summing to one."""
        scores = np.tile(self.bias, (count, 1))
        edges = np.append(np.flatnonzero(np.diff(columns.rows, prepend=-1)), len(columns.rows))
        for at in range(0, len(edges) - 1, ROWS):
            some = edges[at : at + ROWS + 1]
            weighed = self.weights.take(self.rows.take(columns.places[some[0] : some[-1]]), axis=0)
            weighed *= columns.values[some[0] : some[-1], None]
            scores[columns.rows[some[:-1]]] += np.add.reduceat(weighed, some[:-1] - some[0], axis=0)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    @cached_property
    def _against(self) -> NDArray[np.float32]:
        """(n_labels, n_used + 1): how much more each row tells of a label than of what is lawful."""
        against = self.weights - self.weights[:, [self.labels.index(OK)]]
        if self.rare is not None:
            known = np.flatnonzero(self.rows < len(against) - 1)
            against[self.rows[known]] *= self.rare[known, None]
        return np.ascontiguousarray(against.T)

    def places(self, texts: Sequence[str], labels: Sequence[str]) -> list[tuple[int, int]]:
        """Where in each text its label is told most by the wording; the whole text when nowhere more than elsewhere."""
        if not texts:
            return []
        ends = np.cumsum([len(text) for text in texts])
        columns = np.repeat([self.labels.index(one) for one in labels], [len(text) for text in texts])
        gains = np.zeros(int(ends[-1]))
        for length, places, inside in features.told_by(texts, self.bits):
            weighed = self._against[columns[: len(places)], self.rows.take(places)] / length
            weighed[~inside] = 0.0
            for at in range(length):
                gains[at : at + len(places)] += weighed
        return [_heaviest(one) for one in np.split(gains, ends[:-1])]


def _heaviest(gains: NDArray[np.float64]) -> tuple[int, int]:
    """The run with the largest sum above the average."""
    if not len(gains):
        return 0, 0
    above = np.concatenate(((0.0,), np.cumsum(gains - gains.mean())))
    risen = above[1:] - np.minimum.accumulate(above[:-1])
    end = int(risen.argmax()) + 1
    begin = int(above[:end].argmin())
    return (begin, end) if risen[end - 1] > 0 else (0, len(gains))


def indexed(used: NDArray[np.integer], bits: int = features.BITS) -> NDArray[np.int32]:
    """The row of each place in features, from the places that have weights; behind the last where a place has none."""
    rows = np.full(1 << bits, len(used), dtype=np.int32)
    rows[used] = np.arange(len(used), dtype=np.int32)
    return rows


def _used(told: Mapping[str, NDArray[Any]]) -> NDArray[np.integer]:
    """The places that have weights, ascending; kept as the steps between them, which take a third of the room."""
    return np.cumsum(told["steps"])


def _rarity(told: Mapping[str, NDArray[np.float32]], bits: int) -> NDArray[np.float32]:
    """How rare each place is; what was not learnt from does not lengthen a row either."""
    rare = np.zeros(1 << bits, dtype=np.float32)
    rare[_used(told)] = told["rare"]
    return rare


def read(path: Path) -> Classifier:
    """Weights as `tools/train_speech.py` wrote them: whole numbers of eight bits, a scale for each label."""
    try:
        with path.open("rb") as held, np.load(held, allow_pickle=False) as told:
            facts = {key.removeprefix(FACTS): told[key] for key in told if key.startswith(FACTS)}
            return replace(_of(told, path), facts=_of(facts, path) if facts else None)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as wrong:
        raise WrongClassifier(file=path.name, why=str(wrong)) from None


def _of(told: Mapping[str, NDArray[Any]], path: Path) -> Classifier:
    bits = int(told["bits"])
    if int(told["format"]) != (RARE if "rare" in told else PLAIN) or bits > features.BITS:
        raise WrongClassifier(file=path.name, why="is of another format")
    return Classifier(
        tuple(str(one) for one in told["labels"]),
        indexed(_used(told), bits),
        np.pad(told["weights"].astype(np.float32) * told["scale"], ((0, 1), (0, 0))),
        told["bias"].astype(np.float32),
        float(told["word"]) if "word" in told else 1.0,
        _rarity(told, bits) if "rare" in told else None,
        bits,
        float(told["phrase"]) if "phrase" in told else features.PHRASE,
    )
