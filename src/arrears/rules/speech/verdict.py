"""How likely is each label, by all layers together? A logistic regression, its weights shipped as data.

Asked by `screening`. Learnt by `tools/train_verdict.py` from sentences in their case, judged by layers that had not
learnt from their author; docs/algorithms/speech.md is its data card.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arrears.rules.speech.classifier import WrongClassifier
from arrears.rules.speech.told import DEBTOR, GUARANTOR, THIRD

#: What the layers say with yes or no of each label: a fact denies it or nothing proves it, a true claim answers it, a
#: phrase is sure of it or a hint of it.
FLAGS = ("wrong", "unproven", "cleared", "sure", "hint")
WHO = (DEBTOR, GUARANTOR, THIRD)
#: By how much log odds and log chances are made smaller, to lie where flags do.
ODDS, CHANCES, HEARD = 0.3, 0.15, 0.1
#: How much notes tell at most either way, as log odds: few notes in a file were made to decide.
MOST = 2.0
#: What the names of its weights begin with in the file.
PREFIX = "verdict_"
_LEAST = 1e-6


@dataclass(frozen=True)
class Evidence:
    """What each layer says of n texts, labels in the order of the wording's classifier, of which `lawful` is OK.

    whole : (n, n_labels) chances by the wording; part : the same of the part least likely lawful, of the whole where it
    has no parts; notes : the same by the notes of the case, rows of nought without any; who : (n, 3) who owes, answers
    for the debt, or does neither; settled : (n,) is something allowed by a fact; flags : (n, 5, n_labels) as in FLAGS
    """

    lawful: int
    whole: NDArray[np.float32]
    part: NDArray[np.float32]
    notes: NDArray[np.float32]
    who: NDArray[np.float32]
    settled: NDArray[np.float32]
    flags: NDArray[np.float32]

    def rows(self) -> NDArray[np.float32]:
        """(n, n_features), as the regression wants them."""
        noted = self.notes.any(axis=1, keepdims=True).astype(np.float32)
        whole = _log(self.whole)
        return np.hstack(
            (
                ODDS * self._odds(self.whole),
                CHANCES * whole,
                ODDS * self._odds(self.part),
                CHANCES * _log(self.part),
                noted,
                ODDS * np.clip(self._odds(self.notes), -MOST, MOST) * noted,
                np.delete(self.notes, self.lawful, axis=1) * (1 - self.whole[:, [self.lawful]]),
                self.who,
                *(HEARD * self.who[:, [at]] * whole for at in (1, 2)),
                self.settled[:, None],
                self.flags.reshape(len(self.who), -1),
            )
        )

    def without_notes(self) -> Evidence:
        return replace(self, notes=np.zeros_like(self.notes))

    def _odds(self, chances: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 1): the log odds of a violation."""
        lawful = np.clip(chances[:, [self.lawful]], _LEAST, 1 - _LEAST)
        return np.asarray(np.log((1 - lawful) / lawful))


@dataclass(frozen=True)
class Verdict:
    """weights : (n_features, n_labels); bias : (n_labels,); threshold : a violation is told from this likelihood on"""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    threshold: float

    def chances(self, evidence: Evidence) -> NDArray[np.float32]:
        """(n, n_labels), rows summing to one."""
        scores = evidence.rows() @ self.weights + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _log(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(np.maximum(chances, _LEAST))


def read(path: Path) -> Verdict:
    """Weights as `tools/train_verdict.py` wrote them, beside those of the wording."""
    try:
        with path.open("rb") as held, np.load(held, allow_pickle=False) as told:
            weights, bias = (told[f"{PREFIX}{name}"].astype(np.float32) for name in ("weights", "bias"))
            return Verdict(weights, bias, float(told[f"{PREFIX}threshold"]))
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as wrong:
        raise WrongClassifier(file=path.name, why=str(wrong)) from None
