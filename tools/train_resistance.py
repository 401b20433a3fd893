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

import train_speech as common

from arrears import policies
from arrears.rules.resistance import hearing
from arrears.rules.speech import classifier, lexicon
from arrears.rules.speech.labels import OK

GRAMMAR = Path(__file__).parent / "resistance_grammar" / "lines.toml"
FOLDER = policies.folder() / "resistance"
PER_LINE, ORDINARY = 60, 2
ORDER = [*hearing.EMOTIONS, *hearing.REASONS, OK]


def examples(luck: random.Random) -> Iterator[common.Example]:
    told = tomllib.loads(GRAMMAR.read_text(encoding="utf-8"))
    for table in told["lines"]:
        for lang in ("zh", "en"):
            around = (told["around"][f"{lang}_before"], told["around"][f"{lang}_after"])
            for number, line in enumerate(one for one in table[lang].splitlines() if one.strip()):
                for _ in range(PER_LINE * (ORDINARY if table["label"] == OK else 1)):
                    before, after = (luck.choice(part) for part in around)
                    text = f"{before}{common.said(line, {}, luck)}{after}"
                    if luck.random() < 0.25:
                        text = text.translate(str.maketrans("，。！,.!", "      "))
                    yield common.Example(text, table["label"], lang, number)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--held-out", action="store_true", help="measure on lines that were not learnt from")
    asked.add_argument("--out", type=Path, default=FOLDER / "classifier.npz")
    options = asked.parse_args()
    told = list(examples(random.Random(common.SEED)))  # noqa: S311
    kept = [one for one in told if not options.held_out or one.number % common.HELD_OUT_EVERY]
    common.tell(f"{len(kept)} sentences")
    sight = common.Sight({lang: lexicon.read(FOLDER / f"lexicon_{lang}.toml") for lang in hearing.LANGUAGES}, ORDER)
    weights, bias = common.learn(sight.see(kept), len(ORDER))
    if options.held_out:
        model = classifier.Classifier(tuple(ORDER), weights, bias, hearing.LIKELY)
        common.measure(sight, model, [one for one in told if one.number % common.HELD_OUT_EVERY == 0])
    else:
        common.write(options.out, ORDER, weights, bias)
        common.tell(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
