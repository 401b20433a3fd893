"""Learn what borrowers' words tell from the grammar beside this file, and write the ear's weights.

    python tools/train_resistance.py               writes src/arrears/policies/resistance/classifier.npz
    python tools/train_resistance.py --held-out    learns without every fifth line and measures the classifier on those

Same grammar, same seed, same weights; docs/algorithms/resistance.md is the data card.
"""

from __future__ import annotations

import argparse
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import train_speech as common
from numpy.typing import NDArray

from arrears import policies
from arrears.rules.resistance import hearing
from arrears.rules.speech import features, lexicon
from arrears.rules.speech.labels import OK

GRAMMAR = Path(__file__).parent / "resistance_grammar"
FOLDER = policies.folder() / "resistance"
#: Sentences of each line; fewer of risks to life, of which there are the most lines, lest they outweigh all else.
PER_LINE, OF_RISK = 120, 60
EPOCHS, BATCH, RATE, DECAY = 6, 512, 0.5, 2e-6
#: Bits of the places of features.
BITS = 17
SIZE = 1 << BITS
ORDER = [*hearing.EMOTIONS, *hearing.REASONS, OK]


def examples(luck: random.Random) -> Iterator[common.Example]:
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(GRAMMAR.glob("*.toml"))]
    [said] = [one["around"] for one in files if "around" in one]
    for table in (table for one in files for table in one["lines"]):
        for lang in ("zh", "en"):
            around = (said[f"{lang}_before"], said[f"{lang}_after"])
            for number, line in enumerate(one for one in table[lang].splitlines() if one.strip()):
                for _ in range(OF_RISK if table["label"] == hearing.SELF_HARM else PER_LINE):
                    before, after = (luck.choice(part) for part in around)
                    text = f"{before}{common.said(line, {}, luck)}{after}"
                    if luck.random() < 0.25:
                        text = text.translate(str.maketrans("，。！,.!", "      "))
                    yield common.Example(text, table["label"], lang, number)


def learn(seen: common.Seen, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Multinomial logistic regression by AdaGrad in batches, with a ridge; classes weigh alike but the lawful."""
    luck = np.random.default_rng(common.SEED)
    rows = len(seen.target)
    begins = np.searchsorted(seen.columns.rows, np.arange(rows + 1))
    weights = np.zeros((SIZE, count), dtype=np.float32)
    bias = np.zeros(count, dtype=np.float32)
    squares, bias_squares = np.full((SIZE, 1), 1e-6, dtype=np.float32), np.full(count, 1e-6, dtype=np.float32)
    for epoch in range(EPOCHS):
        order = luck.permutation(rows)
        for start in range(0, rows, BATCH):
            chosen = order[start : start + BATCH]
            spans = [np.arange(begins[n], begins[n + 1]) for n in chosen]
            entries = np.concatenate(spans)
            local = np.repeat(np.arange(len(chosen)), [len(span) for span in spans])
            places, values = seen.columns.places[entries], seen.columns.values[entries]
            scores = np.zeros((len(chosen), count), dtype=np.float32)
            starts = np.flatnonzero(np.diff(local, prepend=-1))
            scores[local[starts]] = np.add.reduceat(weights[places] * values[:, None], starts, axis=0)
            scores += bias
            chances = np.exp(scores - scores.max(axis=1, keepdims=True))
            chances /= chances.sum(axis=1, keepdims=True)
            chances[np.arange(len(chosen)), seen.target[chosen]] -= 1.0
            used, back = np.unique(places, return_inverse=True)
            sorting = np.argsort(back, kind="stable")
            edges = np.flatnonzero(np.diff(back[sorting], prepend=-1))
            slope = np.add.reduceat((chances[local] * values[:, None])[sorting], edges, axis=0) / len(chosen)
            slope += DECAY * weights[used]
            squares[used] += (slope**2).mean(axis=1, keepdims=True)
            weights[used] -= RATE / 4 * slope / np.sqrt(squares[used])
            bias_slope = chances.mean(axis=0)
            bias_squares += bias_slope**2
            bias -= RATE / 10 * bias_slope / np.sqrt(bias_squares)
        common.tell(f"epoch {epoch + 1}/{EPOCHS}")
    return weights, bias


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--held-out", action="store_true", help="measure on lines that were not learnt from")
    asked.add_argument("--out", type=Path, default=FOLDER / "classifier.npz")
    options = asked.parse_args()
    told = list(examples(random.Random(common.SEED)))  # noqa: S311
    kept = [one for one in told if not options.held_out or one.number % common.HELD_OUT_EVERY]
    common.tell(f"{len(kept)} sentences")
    sight = common.Sight(
        {lang: lexicon.read(FOLDER / f"lexicon_{lang}.toml") for lang in hearing.LANGUAGES},
        ORDER,
        1.0,
        BITS,
        features.PHRASE,
    )
    weights, bias = learn(sight.see(kept), len(ORDER))
    if options.held_out:
        model = common.model(ORDER, np.arange(SIZE), weights, bias, sight)
        common.measure(sight, model, [one for one in told if one.number % common.HELD_OUT_EVERY == 0])
    else:
        made = common.made_from(told, FOLDER)
        common.tell(f"made from {made}")
        np.savez_compressed(options.out, made_from=made, **common.stored(ORDER, np.arange(SIZE), weights, bias, sight))
        common.tell(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
