"""Learn how the layers of the screen are weighed together, and write that beside the weights of the wording.

    python tools/train_speech.py && python tools/train_verdict.py

Learns from `speech_cases`, whose lines say who hears a sentence, how, and what the case file notes. Each line is judged
by layers that have not learnt from whoever wrote it: wording and notes are learnt again without one group of authors
after the other. Same lines, same seed, same weights; docs/algorithms/speech.md is the data card.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import train_speech as common
from numpy.typing import NDArray

from arrears.rules.speech import binding, labels, lettering, lexicon, told, verdict
from arrears.rules.speech.labels import DISCLOSURE, OK, PRESSURE
from arrears.rules.speech.layers import Layers
from arrears.rules.speech.told import DEBTOR

#: A violation is told from this likelihood on.
THRESHOLD = 0.37
#: Short sentences that stand in no case are learnt for the wording alone: they do not tell how far the layers may be
#: trusted with whole ones.
BARE = "zz_ordinary"
#: How dear weights are, and when the descent ends: passes at most, and the slope that is level enough.
RIDGE, PASSES, LEVEL = 1.0, 800, 1e-3
#: How many steps back the descent remembers, and how much of what a step promised it must keep.
MEMORY, KEPT = 10, 1e-4


def layers_without(
    authors: Sequence[str], told_all: Sequence[common.Example], notes: Sequence[common.Example]
) -> Layers:
    """The layers, learnt without what some authors wrote."""
    books = {lang: lexicon.read(common.FOLDER / f"lexicon_{lang}.toml") for lang in binding.LANGUAGES}
    order = list(labels.read(common.FOLDER))
    sight, fact_sight = common.Sight(books, order), common.Sight({}, order, bits=common.FACT_BITS)
    words = common.model(order, *common.learnt_from([one for one in told_all if one.by not in authors], sight), sight)
    facts = common.learnt_from([one for one in notes if one.by not in authors], fact_sight)
    wording = replace(words, facts=common.model(order, *facts, fact_sight))
    return Layers(lettering.read(common.FOLDER), books, binding.read(common.FOLDER / "claims.toml"), wording)


def evidence(layers: Layers, lines: Sequence[dict[str, str]]) -> NDArray[np.float32]:
    """(n, n_features): what the layers say of the piece of each line that is least likely lawful."""
    batch = [told.utterance(line, line["text"]) for line in lines]
    read = layers.read(batch, layers.fold(batch))
    lawful = layers.classifier.labels.index(OK)
    rows = layers.evidence(read, batch).rows()
    worst: dict[int, int] = {}
    for at, piece in enumerate(read):
        before = worst.get(piece.of)
        if before is None or piece.chances[lawful] < read[before].chances[lawful]:
            worst[piece.of] = at
    return rows[[worst[at] for at in range(len(batch))]]


def plain() -> Iterator[tuple[str, dict[str, str]]]:
    """Our plain sentences as said to a debtor, but for those that are wrong by who hears them."""
    for line in common.lines():
        if line.by.startswith(common.BY_US) and line.label not in {DISCLOSURE, PRESSURE}:
            said = {"text": line.pattern, "lang": line.lang, "recipient": DEBTOR, "channel": "CALL", "facts": ""}
            yield line.by, said | {"label": line.label}


def judged_apart(luck: random.Random) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """What the layers say of all lines, and the label of each."""
    told_all, notes = list(common.examples(common.lines(), luck)), list(common.noted(luck))
    lines = [line for line in (*common.cases(), *plain()) if line[0] != BARE]
    authors = sorted({by for by, _ in common.cases()})
    order = list(labels.read(common.FOLDER))
    rows, target = [], []
    for group in range(common.GROUPS):
        apart = [*authors[group :: common.GROUPS], f"{common.BY_US}{group}"]
        some = [line for by, line in lines if by in apart]
        rows.append(evidence(layers_without(apart, told_all, notes), some))
        target += [order.index(line["label"]) for line in some]
        common.tell(f"{', '.join(apart)}: {len(some)} lines judged apart")
    return np.concatenate(rows), np.array(target)


def regressed(
    rows: NDArray[np.float32], target: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and bias of a multinomial logistic regression with a ridge, by L-BFGS (Liu and Nocedal, 1989)."""
    wide = np.hstack((rows, np.ones((len(rows), 1)))).astype(np.float64)
    true = np.eye(count)[target]

    def cost(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = wide @ at
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        dear = RIDGE * np.vstack((at[:-1], np.zeros((1, count))))
        return float(0.5 * (dear * at).sum() - logs[true > 0].sum()), wide.T @ (np.exp(logs) - true) + dear

    at = np.zeros((wide.shape[1], count))
    loss, slope = cost(at)
    steps: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for _ in range(PASSES):
        if np.abs(slope).max() < LEVEL * len(rows) ** 0.5:
            break
        way = -_turned(slope, steps)
        length, promised = (1.0 if steps else 1.0 / np.abs(slope).sum()), float((slope * way).sum())
        while (after := cost(at + length * way))[0] > loss + KEPT * length * promised:
            length /= 2
        steps = [*steps[1 - MEMORY :], (length * way, after[1] - slope)]
        at, (loss, slope) = at + length * way, after
    return at[:-1], at[-1]


def _turned(
    slope: NDArray[np.float64], steps: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    """A slope times the inverse curvature that the last steps tell of."""
    shares: list[float] = []
    for step, change in reversed(steps):
        shares.append(float((step * slope).sum() / (step * change).sum()))
        slope = slope - shares[-1] * change
    if steps:
        step, change = steps[-1]
        slope = slope * ((step * change).sum() / (change * change).sum())
    for (step, change), share in zip(steps, reversed(shares), strict=True):
        slope = slope + (share - float((change * slope).sum() / (step * change).sum())) * step
    return slope


def main() -> None:
    path = common.FOLDER / "classifier.npz"
    rows, target = judged_apart(random.Random(common.SEED))  # noqa: S311
    weights, bias = regressed(rows, target, len(labels.read(common.FOLDER)))
    with np.load(path, allow_pickle=False) as before:
        kept: dict[str, Any] = {key: before[key] for key in before if not key.startswith(verdict.PREFIX)}
    learnt = {"weights": weights.astype(np.float32), "bias": bias.astype(np.float32), "threshold": THRESHOLD}
    kept |= {f"{verdict.PREFIX}{name}": value for name, value in learnt.items()}
    np.savez_compressed(path, **kept)
    common.tell(f"{len(rows)} lines, {rows.shape[1]} features; {path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
