"""Learn the wording of the seventeen labels from the grammar beside this file, and write the screen's weights.

    python tools/train_speech.py                  writes src/arrears/policies/speech/classifier.npz
    python tools/train_speech.py --held-out       learns without every fifth line of the grammar and measures on those
    python tools/train_speech.py --insults F.csv  also learns insults from a file with the columns TEXT and label (0, 1)

Same grammar, same seed, same weights. Nothing is fetched; docs/algorithms/speech.md is the data card.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from arrears import policies
from arrears.rules.speech import classifier, features, folding, labels, lettering, lexicon
from arrears.rules.speech.labels import OK

GRAMMAR = Path(__file__).parent / "speech_grammar"
FOLDER = policies.folder() / "speech"
SEED = 20_261_126
PER_LINE = 30
#: Lawful lines are fewer than the lines of sixteen labels together, so each is said more often.
LAWFUL = 2
DISGUISED_SHARE = 0.12
#: The share of sentences that stand between lawful ones, and what stands between them.
AMONG_LAWFUL = 0.1
#: The shares of sentences said alone, of violations said among courtesies, and of lawful ones that begin bluntly.
ALONE, POLITE, BLUNT = 0.4, 0.4, 0.25
#: The share of lawful sentences of which only a part is learnt, and how long a part is at least.
PARTED, LEAST_PART = 0.3, {"zh": 7, "en": 22}
MARKS = {"zh": ("。", ",", ",", "!", " "), "en": (". ", ", ", " ", "! ", " and ")}
HELD_OUT_EVERY = 5
EPOCHS, RATE, DECAY = 3, 0.3, 3e-5
#: How much a word, or a pair of words, weighs beside a run of characters: English says what it says in words.
WORD = 3.0
#: In how many lines a run or a word must stand to be learnt from.
LINES = 3
#: A violation is told from this likelihood on.
THRESHOLD = 0.45
#: Weights below this share of the largest are not shipped.
LEAST = 0.004
_CHOICE = re.compile(r"\[([^\[\]]*)\](\??)")
_SLOT = re.compile(r"\{(\w+)\}")
_LEET = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7"}


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Line:
    """One line of the grammar: sentences are made from it, and it is held out as a whole."""

    label: str
    lang: str
    pattern: str
    number: int


@dataclass(frozen=True)
class Example:
    text: str
    label: str
    lang: str
    number: int


def lines() -> list[Line]:
    found: list[Line] = []
    for path in sorted(GRAMMAR.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in (told, *told.get("lines", ())):
            for lang in ("zh", "en") if "label" in table else ():
                filled = (one for one in table[lang].splitlines() if one.strip())
                found += [Line(table["label"], lang, one, at) for at, one in enumerate(filled, start=len(found))]
    return found


def said(pattern: str, slots: dict[str, list[str]], luck: random.Random) -> str:
    """One sentence of a line: choices made from the inside out, what has `?` behind it now and then left out."""
    while match := _CHOICE.search(pattern):
        chosen = "" if match[2] and luck.random() < 0.5 else luck.choice(match[1].split("|"))
        pattern = pattern[: match.start()] + chosen + pattern[match.end() :]
    return _SLOT.sub(lambda slot: luck.choice(slots[slot[1]]), pattern)


def examples(found: Sequence[Line], luck: random.Random) -> Iterator[Example]:
    common = tomllib.loads((GRAMMAR / "common.toml").read_text(encoding="utf-8"))
    lawful = {lang: [line.pattern for line in found if (line.label, line.lang) == (OK, lang)] for lang in ("zh", "en")}
    for line in found:
        for _ in range(PER_LINE * (LAWFUL if line.label == OK else 1)):
            clause = _around(line, common[line.lang], luck)
            if luck.random() < AMONG_LAWFUL:
                clause = _among(clause, line.lang, common[line.lang], lawful[line.lang], luck)
            if line.label == OK and luck.random() < PARTED:
                clause = _part(clause, line.lang, luck)
            yield Example(_dressed(clause, line.lang, luck), line.label, line.lang, line.number)
    for lang in ("zh", "en"):
        for part in ("before_ok", "if_ok", "after_ok"):
            for words in filter(str.strip, common[lang]["around"][part]):
                alone = (said(words, common[lang]["slots"], luck).strip(" ,，。") for _ in range(PER_LINE))
                yield from (Example(one, OK, lang, -1) for one in alone if one)


def _around(line: Line, common: dict[str, Any], luck: random.Random) -> str:
    """A clause alone, or with what people say before and after it: what is said around it must not tell its label."""
    around, slots = common["around"], common["slots"]
    clause, polite = line.pattern, line.label == OK or luck.random() < POLITE
    if luck.random() < ALONE:
        return said(clause, slots, luck).strip()
    kind = "_ok" if polite else ""
    if luck.random() < 0.6:
        clause = luck.choice(around[f"if{kind}"]) + clause
    if luck.random() < 0.6:
        blunt = line.label == OK and luck.random() < BLUNT
        clause = luck.choice(around["before" if blunt else f"before{kind}"]) + clause
    if luck.random() < 0.5:
        clause += luck.choice(around[f"after{kind}"])
    return said(clause, slots, luck).strip()


def _among(clause: str, lang: str, common: dict[str, Any], lawful: Sequence[str], luck: random.Random) -> str:
    """The clause between lawful words: most of what is said on a call is lawful, and makes nothing else lawful."""
    around, slots = common["around"], common["slots"]
    openings = [*around["before_ok"], *around["if_ok"]]
    before = luck.choice(lawful if luck.random() < 0.4 else openings) if luck.random() < 0.7 else ""
    behind = luck.choice(lawful if luck.random() < 0.4 else around["after_ok"]) if luck.random() < 0.7 else ""
    mark = luck.choice(MARKS[lang])
    parts = (said(before, slots, luck).strip(), clause.rstrip("。. "), said(behind, slots, luck).strip())
    return mark.join(part for part in parts if part.strip(",.。 "))


def _part(clause: str, lang: str, luck: random.Random) -> str:
    """One part of a lawful sentence: parts are judged too, and what is lawful said with more is lawful alone."""
    parts = [part for part in re.split(r"(?<=[,.!?;。])\s*", clause) if len(part) >= LEAST_PART[lang]]
    return luck.choice(parts).strip(" ,") if parts else clause


def _dressed(text: str, lang: str, luck: random.Random) -> str:
    """As a hurried or hiding author writes: without marks, in capitals, parted, with figures for letters."""
    if luck.random() < 0.25:
        text = re.sub(r"[,.!?:。]", " " if lang == "en" or luck.random() < 0.5 else "", text)
    if luck.random() > DISGUISED_SHARE:
        return text
    if lang == "zh":
        return luck.choice(["*", " ", ".", "-"]).join(text) if luck.random() < 0.3 else _full_width(text)
    return "".join(luck.choice(_LEET[c]) if c in _LEET and luck.random() < 0.3 else c for c in text)


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def insults(path: Path, luck: random.Random, most: int = 2_500) -> list[Example]:
    """Insults of another source, for the wording of contempt only; the rest of it says nothing of collection."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["TEXT"], row["label"]) for row in csv.DictReader(file) if 6 <= len(row["TEXT"]) <= 60]
    rude = re.compile("傻|垃圾|废物|恶心|不要脸|滚|贱|蠢|脑残|畜生|恶臭|狗|猪|渣|孙子|智障")
    bad = [Example(text, "ABUSE_INSULT", "zh", -1) for text, label in rows if label == "1" and rude.search(text)]
    good = [Example(text, OK, "zh", -1) for text, label in rows if label == "0" and not rude.search(text)]
    return luck.sample(bad, min(most, len(bad))) + luck.sample(good, min(most, len(good)))


@dataclass(frozen=True)
class Seen:
    """Examples as the classifier sees them: entries of each row, and the row's label."""

    columns: features.Columns
    target: NDArray[np.int64]


class Sight:
    """Folds texts and finds their phrases just as the screen does."""

    def __init__(self, lexicons: dict[str, lexicon.Lexicon], order: list[str], word: float = WORD) -> None:
        self.letters = lettering.read(policies.folder() / "speech")
        self.lexicons, self.order, self.word = lexicons, order, word

    def see(self, told: Sequence[Example]) -> Seen:
        texts = [folding.fold(one.text, self.letters).text for one in told]
        hits: list[list[lexicon.Hit]] = [[] for _ in texts]
        for lang, book in self.lexicons.items():
            at = [n for n, text in enumerate(texts) if (folding.is_chinese(text)) == (lang == "zh")]
            for n, found in zip(at, book.hits([texts[n] for n in at], ["THIRD"] * len(at))[0], strict=True):
                hits[n] = found
        target = np.array([self.order.index(one.label) for one in told], dtype=np.int64)
        return Seen(features.of(texts, hits, self.word), target)


def learn(
    seen: Seen, numbers: NDArray[np.int64], count: int, least: int = LINES
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """The places that tell something, their weights, and the bias: multinomial logistic regression by AdaGrad, a ridge.

    numbers : of each row's line; what stands in fewer than `least` of them is left out, for it tells of a line alone
    """
    columns = seen.columns
    lines_of = np.unique(columns.places << 20 | (numbers[columns.rows] + 1)) >> 20
    used = np.flatnonzero(np.bincount(lines_of, minlength=features.SIZE) >= least).astype(np.int32)
    rows = classifier.indexed(used)
    kept = rows.take(columns.places) < len(used)
    begins = np.searchsorted(columns.rows[kept], np.arange(len(seen.target) + 1))
    weights, bias = _descended(
        begins, rows.take(columns.places[kept]), columns.values[kept], seen.target, len(used), count
    )
    return used, weights, bias


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _descended(
    begins: NDArray[np.int64],
    places: NDArray[np.int32],
    values: NDArray[np.float32],
    target: NDArray[np.int64],
    size: int,
    count: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Row by row, in an order of chance, EPOCHS times, with steps that become smaller."""
    np.random.seed(SEED)
    weights, bias = np.zeros((size, count), np.float32), np.zeros(count, np.float32)
    squares, bias_squares = np.full(size, 1e-3, np.float32), np.full(count, 1e-3, np.float32)
    slope = np.zeros(count, np.float32)
    for epoch in range(EPOCHS):
        rate = RATE * (1.0 - epoch / EPOCHS)
        for row in np.random.permutation(len(target)):
            entries = range(begins[row], begins[row + 1])
            slope[:] = bias
            for at in entries:
                slope += weights[places[at]] * values[at]
            slope = np.exp(slope - slope.max())
            slope /= slope.sum()
            slope[target[row]] -= 1.0
            steep = (slope**2).sum() / count
            for at in entries:
                place = places[at]
                squares[place] += values[at] ** 2 * steep
                step = np.float32(rate / np.sqrt(squares[place]))
                weights[place] -= step * (slope * values[at] + np.float32(DECAY) * weights[place])
            bias_squares += slope**2
            bias -= np.float32(rate * 0.1) * slope / np.sqrt(bias_squares)
    return weights, bias


def made_from(told: Sequence[Example], folder: Path) -> str:
    """The digest of all that decides the weights beside this code: each sentence with its label, and the phrases."""
    digest = hashlib.sha256()
    for one in told:
        digest.update(f"{one.label}\t{one.lang}\t{one.text}\n".encode())
    for lang in ("zh", "en"):
        digest.update((folder / f"lexicon_{lang}.toml").read_bytes())
    return digest.hexdigest()


def write(
    path: Path,
    made: str,
    order: list[str],
    used: NDArray[np.integer],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    word: float = WORD,
) -> None:
    scale = np.abs(weights).max(axis=0) / 127
    telling = np.abs(weights).max(axis=1) > LEAST * np.abs(weights).max()
    np.savez_compressed(
        path,
        made_from=made,
        format=classifier.FORMAT,
        bits=features.BITS,
        labels=np.array(order),
        used=used[telling].astype(np.int32),
        weights=np.round(weights[telling] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
        threshold=THRESHOLD,
        word=word,
    )


def model(
    order: list[str],
    used: NDArray[np.integer],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    threshold: float = THRESHOLD,
    word: float = WORD,
) -> classifier.Classifier:
    """What was learnt, as it will be read."""
    rows, padded = classifier.indexed(used), np.pad(weights, ((0, 1), (0, 0)))
    return classifier.Classifier(tuple(order), rows, padded, bias, threshold, word)


def measure(sight: Sight, learnt: classifier.Classifier, told: Sequence[Example]) -> None:
    seen = sight.see(told)
    guess = learnt.chances(seen.columns, len(told)).argmax(axis=1)
    ok = sight.order.index(OK)
    wrong, flagged = seen.target != ok, guess != ok
    caught = (wrong & flagged).sum()
    tell(f"rows {len(told)}  recall {caught / wrong.sum():.3f}  precision {caught / flagged.sum():.3f}")
    for at, label in enumerate(sight.order):
        both = ((guess == at) & (seen.target == at)).sum()
        tell(f"  {label:24s} F1 {2 * both / max((guess == at).sum() + (seen.target == at).sum(), 1):.3f}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument(
        "--held-out", action="store_true", help="measure on lines of the grammar that were not learnt from"
    )
    asked.add_argument("--insults", type=Path, help="a file of insults with the columns TEXT and label")
    asked.add_argument("--out", type=Path, default=FOLDER / "classifier.npz")
    options = asked.parse_args()
    luck = random.Random(SEED)  # noqa: S311
    told = list(examples(lines(), luck))
    kept = [one for one in told if not options.held_out or one.number % HELD_OUT_EVERY]
    if options.insults:
        kept += insults(options.insults, luck)
    tell(f"{len(lines())} lines, {len(kept)} sentences")
    books = {lang: lexicon.read(FOLDER / f"lexicon_{lang}.toml") for lang in ("zh", "en")}
    sight = Sight(books, list(labels.read(FOLDER)))
    used, weights, bias = learn(sight.see(kept), np.array([one.number for one in kept]), len(sight.order))
    if options.held_out:
        learnt = model(sight.order, used, weights, bias)
        measure(sight, learnt, [one for one in told if one.number % HELD_OUT_EVERY == 0])
    else:
        made = made_from(told, FOLDER)
        write(options.out, made, sight.order, used, weights, bias)
        tell(f"made from {made}")
        tell(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
