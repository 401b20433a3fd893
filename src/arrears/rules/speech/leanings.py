"""What the notes of a case, in free words, tell of what is said in it: more or less likely wrong, and of which label.

Asked by `screening`. Learnt from `tools/speech_facts`, apart from the wording of what is said: notes tell that a suit
was filed, that a deadline is made up, that a number was bought. A likelihood only: what `binding` proves goes first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arrears.rules.speech import folding
from arrears.rules.speech.classifier import Classifier
from arrears.rules.speech.lettering import Lettering
from arrears.rules.speech.told import Utterance

#: How much notes weigh at most either way, as log odds, and how much in which label it is.
MOST, IN_LABEL = 2.0, 0.5
#: How much less likely a violation is in what asks whoever answers for the debt to pay: it is learnt as said to others.
ANSWERS = 1.5
#: Below which a wording with its notes is lawful, whatever it claims that nothing proves.
PLAINLY = 0.05
_LEAST = 1e-3


@dataclass(frozen=True)
class Leaning:
    """odds : log odds added to a violation: of notes from -MOST to MOST, towards a guarantor as low as -MOST - ANSWERS;
    shares : of each label, empty without notes
    """

    odds: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)

    def on(self, likelihood: float, *, only_down: bool = False) -> float:
        """A likelihood of the wording together with the notes."""
        odds = min(self.odds, 0.0) if only_down else self.odds
        return 1.0 / (1.0 + math.exp(-_log_odds(likelihood) - odds)) if odds else likelihood

    def to_guarantor(self) -> Leaning:
        """The same towards somebody who answers for the debt, and is asked to pay."""
        return Leaning(self.odds - ANSWERS, self.shares)

    def clears(self, likelihood: float) -> bool:
        """Do the notes speak for a wording that is lawful by itself?"""
        return self.odds < 0 and self.on(likelihood) < PLAINLY

    def of_labels(self, shares: dict[str, float]) -> dict[str, float]:
        """The shares of the labels, weighed by the notes where these tell of a violation."""
        if not self.shares or self.odds <= 0:
            return shares
        weighed = {label: share * (self.shares[label] + _LEAST) ** IN_LABEL for label, share in shares.items()}
        total = sum(weighed.values())
        return {label: share / total for label, share in weighed.items()}


def of(batch: Sequence[Utterance], by: Classifier | None, letters: Lettering) -> list[Leaning]:
    """The leaning of each utterance; notes that many utterances share are read once.

    by : the weights of notes, none where none were learnt
    """
    told = sorted({one.truths.told for one in batch if one.truths.told}) if by else []
    likely = by.likelihoods([folding.fold(text, letters).text for text in told], [()] * len(told)) if by else None
    read = {text: (_log_odds(likely.wrong[at]), likely.by_label(at)) for at, text in enumerate(told)} if likely else {}
    found = (read.get(one.truths.told, (0.0, {})) for one in batch)
    return [Leaning(max(-MOST, min(MOST, odds)), shares) for odds, shares in found]


def _log_odds(likelihood: float) -> float:
    return math.log(max(likelihood, 1e-6) / max(1.0 - likelihood, 1e-6))
