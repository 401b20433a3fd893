"""What the classifier sees of a text: hashed runs of one to four characters, words and pairs of words, and phrases.

Asked by `classifier` and by the trainer, which must see the same. Whole batches of texts at once, in columns.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from arrears.rules.speech.lexicon import Hit

#: Places of hashed features, of which a classifier may use fewer: as many as its own bits.
BITS = 18
SIZE = 1 << BITS
LONGEST = 4
#: How much a phrase or a topic weighs beside all runs of characters together, which weigh one, unless told otherwise.
PHRASE = 0.4
_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[a-z']+|[0#]")
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True)
class Columns:
    """Features of many texts: rows (int64, ascending), places (int64), values (float32), one entry each."""

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    values: NDArray[np.float32]


def of(
    texts: Sequence[str],
    hits: Sequence[Sequence[Hit]],
    word: float,
    rare: NDArray[np.float32] | None = None,
    bits: int = BITS,
    phrase: float = PHRASE,
) -> Columns:
    """The features of texts, each row of length one.

    texts : folded; hits : the phrases of each; word : how much a word, or a pair, weighs beside a run of characters
    rare  : (1 << bits,), how much each place weighs for standing in few texts; runs and words are then of length one
            and of length `word`, each by themselves
    phrase : how much a phrase weighs beside all runs
    """
    runs, words = _runs(texts, bits), _words(texts, bits)
    weights = np.repeat(np.array([1.0, word], dtype=np.float32), [len(runs[0]), len(words[0])])
    rows, places = np.concatenate((runs[0], words[0])), np.concatenate((runs[1], words[1]))
    if rare is None:
        norms = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)).astype(np.float32)).take(rows)
    else:
        rarity = rare.take(places)
        kinds = np.repeat(np.array([0, len(texts)]), [len(runs[0]), len(words[0])]) + rows
        norms = np.sqrt(np.bincount(kinds, rarity**2, minlength=2 * len(texts)).astype(np.float32)).take(kinds)
        weights, norms = weights * rarity, np.maximum(norms, np.float32(1e-6))
    told = [(at, place) for at, one in enumerate(hits) for place in (_named(hit, bits) for hit in one)]
    phrase_keys = np.unique(np.array([at << bits | place for at, place in told], dtype=np.int64))
    values = (weights / norms).astype(np.float32)
    all_rows = np.concatenate((rows, phrase_keys >> bits))
    order = np.argsort(all_rows, kind="stable")
    weight = np.full(len(phrase_keys), phrase, dtype=np.float32)
    return Columns(
        all_rows.take(order),
        np.concatenate((places, phrase_keys & ((1 << bits) - 1))).take(order),
        np.concatenate((values, weight)).take(order),
    )


def _named(hit: Hit, bits: int) -> int:
    return _hashed(f"sure {hit.label}" if hit.sure else f"hint {hit.label}") & ((1 << bits) - 1)


def plain(text: str) -> str:
    """Figures as one sign: how much is owed says nothing of how it is said."""
    return f" {_FIGURES.sub('0', text)} "


def _runs(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every run of one to LONGEST characters, hashed, with its text."""
    framed = [plain(text) for text in texts]
    lengths = np.array([len(text) for text in framed], dtype=np.int64)
    codes = np.frombuffer("".join(framed).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(framed), dtype=np.int64), lengths)
    found_rows, found = [], []
    running = np.zeros(len(codes), dtype=np.uint64)
    for length in range(1, LONGEST + 1):
        begin = len(codes) - length + 1
        if begin <= 0:
            break
        running = running[:begin] * _PRIME + codes[length - 1 :] + np.uint64(length)
        inside = rows[:begin] == rows[length - 1 :]
        found_rows.append(rows[:begin][inside])
        found.append(_mixed(running[inside], bits))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(found_rows), np.concatenate(found)


def _mixed(keys: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    keys = (keys ^ (keys >> np.uint64(29))) * _MIX
    return (keys >> np.uint64(64 - bits)).astype(np.int64)


def _words(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words of letters and pairs of them."""
    rows, found = [], []
    for at, text in enumerate(texts):
        words = _WORD.findall(_FIGURES.sub("0", text))
        for one in words:
            rows.append(at)
            found.append(_hashed(one))
        for one, two in pairwise(words):
            rows.append(at)
            found.append(_hashed(f"{one} {two}"))
    return np.array(rows, dtype=np.int64), np.array(found, dtype=np.int64) & ((1 << bits) - 1)


@lru_cache(maxsize=1 << 17)
def _hashed(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) & (SIZE - 1)


def told_by(texts: Sequence[str], bits: int = BITS) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.bool_]]]:
    """For each length of run: the features that begin at each character of texts in a row, and which lie within one.

    Figures are left as many as they are, so that a place in the features is one in the texts.
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    codes = np.where((codes >= 0x30) & (codes <= 0x39), np.uint64(0x30), codes)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    running = np.zeros(len(codes), dtype=np.uint64)
    for length in range(1, min(LONGEST, len(codes)) + 1):
        begin = len(codes) - length + 1
        running = running[:begin] * _PRIME + codes[length - 1 :] + np.uint64(length)
        yield length, _mixed(running, bits), rows[:begin] == rows[length - 1 :]
