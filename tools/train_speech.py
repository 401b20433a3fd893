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
import json
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
from arrears.rules.speech import classifier, features, firms, folding, labels, lettering, lexicon, pieces
from arrears.rules.speech.labels import OK

GRAMMAR, PLAIN = Path(__file__).parent / "speech_grammar", Path(__file__).parent / "speech_lines"
FACTS, CASES = Path(__file__).parent / "speech_facts", Path(__file__).parent / "speech_cases"
FOLDER = policies.folder() / "speech"
SEED = 20_261_126
PER_LINE = 4
#: Sentences of a line of facts, tried; those that come out alike are one. And the places of their features, as bits.
PER_FACT, FACT_BITS = 12, 16
#: Lawful lines are fewer than the lines of sixteen labels together, so each is said more often.
LAWFUL = 2
DISGUISED_SHARE = 0.12
#: The share of sentences that stand between lawful ones, and what stands between them.
AMONG_LAWFUL, AMONG_PLAIN = 0.1, 0.3
#: The shares of sentences said alone, of violations said among courtesies, and of lawful ones that begin bluntly.
ALONE, POLITE, BLUNT = 0.4, 0.4, 0.25
#: The share of lawful sentences of which only a part is learnt, and how long a part is at least.
PARTED, LEAST_PART = 0.3, {"zh": 7, "en": 22}
MARKS = {"zh": ("。", ",", ",", "!", " "), "en": (". ", ", ", " ", "! ", " and ")}
HELD_OUT_EVERY = 5
#: Groups of authors, each judged by what has not learnt from it (`train_verdict`), and shares of our plain sentences.
GROUPS, BY_US = 3, "plain "
#: Passes of the descent, what an error costs, and how steeply a margin becomes a likelihood.
EPOCHS, COST, STEEP = 12, 0.5, 3.0
#: How much all words and pairs of words together weigh beside all runs of characters, and how much a phrase does.
WORD, PHRASE = 1.0, 0.2
#: In how many lines a run or a word must stand to be learnt from.
LINES = 2
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
    """One line of the grammar, or a plain sentence: more are made from it, and it is held out as a whole.

    by : who wrote a sentence that stands in a case; which share of our plain sentences it is of; blank for others
    """

    label: str
    lang: str
    pattern: str
    number: int
    is_plain: bool = False
    by: str = ""


@dataclass(frozen=True)
class Example:
    text: str
    label: str
    lang: str
    number: int
    by: str = ""


def lines() -> list[Line]:
    found: list[Line] = []
    for path in sorted(GRAMMAR.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in (told, *told.get("lines", ())):
            for lang in ("zh", "en") if "label" in table else ():
                filled = (one for one in table[lang].splitlines() if one.strip())
                found += [Line(table["label"], lang, one, at) for at, one in enumerate(filled, start=len(found))]
    for path in sorted(PLAIN.glob("*.jsonl")):
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        for at, row in enumerate(rows, len(found)):
            found.append(Line(row["label"], row["lang"], row["text"], at, True, f"{BY_US}{at % GROUPS}"))
    for at, (by, row) in enumerate(cases(), len(found)):
        found.append(Line(row["label"], row["lang"], row["text"], at, True, by))
    return found


def cases() -> Iterator[tuple[str, dict[str, str]]]:
    """Sentences that stand in a case, as `arrears screen` takes them, with their labels, and who wrote each."""
    for path in sorted(CASES.glob("*.jsonl")):
        yield from ((path.stem, json.loads(row)) for row in path.read_text(encoding="utf-8").splitlines())


def noted(luck: random.Random) -> Iterator[Example]:
    """What a case file notes, by the label of what is mostly said then."""
    at = 0
    for path in sorted(FACTS.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["facts"]:
            for lang in ("zh", "en"):
                for line in table.get(lang, "").strip().splitlines():
                    at += 1
                    for text in sorted({said(line, {}, luck).strip(" ,，") for _ in range(PER_FACT)}):
                        yield Example(text, table["label"], lang, at)
    for by, row in cases():
        if row["facts"]:
            at += 1
            yield Example(row["facts"], row["label"], row["lang"], at, by)


def said(pattern: str, slots: dict[str, list[str]], luck: random.Random) -> str:
    """One sentence of a line: choices made from the inside out, what has `?` behind it now and then left out."""
    while match := _CHOICE.search(pattern):
        chosen = "" if match[2] and luck.random() < 0.5 else luck.choice(match[1].split("|"))
        pattern = pattern[: match.start()] + chosen + pattern[match.end() :]
    return _SLOT.sub(lambda slot: luck.choice(slots[slot[1]]), pattern)


def examples(found: Sequence[Line], luck: random.Random) -> Iterator[Example]:
    common = tomllib.loads((GRAMMAR / "common.toml").read_text(encoding="utf-8"))
    grammar = [line for line in found if not line.is_plain]
    lawful = {lang: [one.pattern for one in grammar if (one.label, one.lang) == (OK, lang)] for lang in ("zh", "en")}
    for line in found:
        if line.is_plain:
            yield from _plain(line, common[line.lang], lawful[line.lang], luck)
            continue
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


def _plain(line: Line, common: dict[str, Any], lawful: Sequence[str], luck: random.Random) -> Iterator[Example]:
    """A sentence as it stands, once more dressed or among others, and each part of it where it is lawful."""
    yield Example(line.pattern, line.label, line.lang, line.number, line.by)
    again = _among(line.pattern, line.lang, common, lawful, luck) if luck.random() < AMONG_PLAIN else line.pattern
    yield Example(_dressed(again, line.lang, luck), line.label, line.lang, line.number, line.by)
    if line.label == OK:
        for _, part in pieces.parts(line.pattern, line.lang):
            yield Example(part, OK, line.lang, line.number, line.by)


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

    def __init__(
        self,
        lexicons: dict[str, lexicon.Lexicon],
        order: list[str],
        word: float = WORD,
        bits: int = features.BITS,
        phrase: float = PHRASE,
    ) -> None:
        self.letters = lettering.read(policies.folder() / "speech")
        self.lexicons, self.order, self.word, self.bits, self.phrase = lexicons, order, word, bits, phrase
        self.rare: NDArray[np.float32] | None = None

    def weigh(self, told: Sequence[Example]) -> None:
        """Learn from examples how rare each feature is; from then on rows are seen so."""
        columns = self._columns(told, np.ones(1 << self.bits, dtype=np.float32))
        lines_of = np.array([one.number for one in told], dtype=np.int64)
        self.rare = rarity(columns, len(told), lines_of, self.bits)

    def see(self, told: Sequence[Example]) -> Seen:
        """Examples as rows of features."""
        target = np.array([self.order.index(one.label) for one in told], dtype=np.int64)
        return Seen(self._columns(told, self.rare), target)

    def _columns(self, told: Sequence[Example], rare: NDArray[np.float32] | None) -> features.Columns:
        texts = [firms.neutral(folding.fold(one.text, self.letters).text) for one in told]
        hits: list[list[lexicon.Hit]] = [[] for _ in texts]
        for lang, book in self.lexicons.items():
            at = [n for n, text in enumerate(texts) if (folding.is_chinese(text)) == (lang == "zh")]
            for n, found in zip(at, book.hits([texts[n] for n in at], ["THIRD"] * len(at))[0], strict=True):
                hits[n] = found
        return features.of(texts, hits, self.word, rare, self.bits, self.phrase)


def rarity(columns: features.Columns, count: int, lines_of: NDArray[np.int64], bits: int) -> NDArray[np.float32]:
    """How much each place weighs: the rarer, the more; nothing where it stands in fewer than LINES lines.

    columns : of features that all weigh one; lines_of : the line of each row
    """
    size = 1 << bits
    in_rows = np.bincount(np.unique(columns.rows << bits | columns.places) & (size - 1), minlength=size)
    in_lines = np.bincount(np.unique(columns.places << 24 | lines_of[columns.rows] + 1) >> 24, minlength=size)
    rare = 1.0 + np.log((1 + count) / (1 + in_rows))
    return np.where(in_lines >= LINES, rare, 0.0).astype(np.float32)


def learn(seen: Seen, size: int, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """The places that tell something, their weights, and the bias.

    For each label a linear support vector machine of squared hinge loss that parts it from all others, by descent in
    the dual (Hsieh and others, ICML 2008); the margins, STEEP times, are what the likelihoods are made of.
    """
    columns = seen.columns
    keys, back = np.unique(columns.rows * size + columns.places, return_inverse=True)
    values = np.bincount(back, columns.values).astype(np.float32)
    used = np.unique(keys % size).astype(np.int32)
    rows = np.full(size, len(used), dtype=np.int32)
    rows[used] = np.arange(len(used), dtype=np.int32)
    begins = np.searchsorted(keys // size, np.arange(len(seen.target) + 1))
    weights, bias = _parted(begins, rows.take(keys % size), values, seen.target, len(used), count)
    return used, weights * np.float32(STEEP), bias * np.float32(STEEP)


def learnt_from(
    told: Sequence[Example], sight: Sight
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """How rare each feature of examples is, and what they tell."""
    sight.weigh(told)
    return learn(sight.see(told), 1 << sight.bits, len(sight.order))


@numba.njit(cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _parted(
    begins: NDArray[np.int64],
    places: NDArray[np.int32],
    values: NDArray[np.float32],
    target: NDArray[np.int64],
    size: int,
    count: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Row by row in an order of chance, all labels at once, EPOCHS times."""
    np.random.seed(SEED)
    weights, bias = np.zeros((size, count), np.float32), np.zeros(count, np.float32)
    pushed = np.zeros((len(target), count), np.float32)
    soft = np.float32(0.5 / COST)
    side, step = np.empty(count, np.float32), np.empty(count, np.float32)
    for _ in range(EPOCHS):
        for row in np.random.permutation(len(target)):
            length = np.float32(1.0) + soft
            step[:] = bias
            for at in range(begins[row], begins[row + 1]):
                length += values[at] ** 2
                step += weights[places[at]] * values[at]
            side[:] = -1.0
            side[target[row]] = 1.0
            for label in range(count):
                slope = side[label] * step[label] - np.float32(1.0) + pushed[row, label] * soft
                after = max(pushed[row, label] - slope / length, np.float32(0.0))
                step[label] = (after - pushed[row, label]) * side[label]
                pushed[row, label] = after
            for at in range(begins[row], begins[row + 1]):
                weights[places[at]] += step * values[at]
            bias += step
    return weights, bias


def made_from(told: Sequence[Example], folder: Path) -> str:
    """The digest of all that decides the weights beside this code: each sentence with its label, phrases, claims."""
    digest = hashlib.sha256()
    for one in told:
        digest.update(f"{one.label}\t{one.lang}\t{one.text}\n".encode())
    for name in ("lexicon_zh", "lexicon_en", "claims"):  # resistance makes none true or false by facts
        if (folder / f"{name}.toml").exists():
            digest.update((folder / f"{name}.toml").read_bytes())
    return digest.hexdigest()


def stored(
    order: list[str],
    used: NDArray[np.integer],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    sight: Sight,
) -> dict[str, Any]:
    """What was learnt, as `classifier.read` wants it."""
    scale = np.abs(weights).max(axis=0) / 127
    telling = np.abs(weights).max(axis=1) > LEAST * np.abs(weights).max()
    if sight.rare is not None:  # what tells nothing still lengthens its row
        telling |= sight.rare[used] > 0
    return {
        "format": classifier.PLAIN if sight.rare is None else classifier.RARE,
        "bits": sight.bits,
        "labels": np.array(order),
        "steps": np.diff(used[telling], prepend=0).astype(np.int32),
        "weights": np.round(weights[telling] / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": bias.astype(np.float32),
        "word": sight.word,
        "phrase": sight.phrase,
        **({} if sight.rare is None else {"rare": sight.rare[used[telling]].astype(np.float16)}),
    }


def model(
    order: list[str],
    used: NDArray[np.integer],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    sight: Sight,
) -> classifier.Classifier:
    """What was learnt, as it will be read."""
    rows, padded = classifier.indexed(used, sight.bits), np.pad(weights, ((0, 1), (0, 0)))
    return classifier.Classifier(tuple(order), rows, padded, bias, sight.word, sight.rare, sight.bits, sight.phrase)


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
    used, weights, bias = learnt_from(kept, sight)
    if options.held_out:
        learnt = model(sight.order, used, weights, bias, sight)
        measure(sight, learnt, [one for one in told if one.number % HELD_OUT_EVERY == 0])
    else:
        notes = list(noted(luck))
        fact_sight = Sight({}, sight.order, bits=FACT_BITS)
        facts = stored(sight.order, *learnt_from(notes, fact_sight), fact_sight)
        made = made_from([*told, *notes], FOLDER)
        words = stored(sight.order, used, weights, bias, sight)
        words |= {f"{classifier.FACTS}{name}": value for name, value in facts.items()}
        np.savez_compressed(options.out, made_from=made, **words)
        tell(f"made from {made}")
        tell(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
