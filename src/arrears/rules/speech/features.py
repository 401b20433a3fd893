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

BITS = 17
SIZE = 1 << BITS
LONGEST = 4
#: How much a phrase or a topic weighs beside all runs of characters together, which weigh one.
PHRASE = 0.4
_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[a-z']+|[0#]")
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True)
class Columns:
    """Features of many texts: rows (int64, ascending), places (int64 below SIZE), values (float32), one entry each."""

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    values: NDArray[np.float32]


def of(texts: Sequence[str], hits: Sequence[Sequence[Hit]], word: float) -> Columns:
    """The features of texts, each row of length one.

    texts : folded; hits : the phrases of each; word : how much a word, or a pair, weighs beside a run of characters
    """
    rows, places = _runs(texts)
    more_rows, more_places = _words(texts)
    weights = np.repeat(np.array([1.0, word], dtype=np.float32), [len(rows), len(more_rows)])
    rows, places = np.concatenate((rows, more_rows)), np.concatenate((places, more_places))
    norms = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)).astype(np.float32))
    told = [(at, place) for at, one in enumerate(hits) for place in map(_named, one)]
    phrase_keys = np.unique(np.array([at << BITS | place for at, place in told], dtype=np.int64))
    values = (weights / norms.take(rows)).astype(np.float32)
    all_rows = np.concatenate((rows, phrase_keys >> BITS))
    order = np.argsort(all_rows, kind="stable")
    weight = np.full(len(phrase_keys), PHRASE, dtype=np.float32)
    return Columns(
        all_rows.take(order),
        np.concatenate((places, phrase_keys & (SIZE - 1))).take(order),
        np.concatenate((values, weight)).take(order),
    )


def _named(hit: Hit) -> int:
    return _hashed(f"sure {hit.label}" if hit.sure else f"hint {hit.label}")


def plain(text: str) -> str:
    """Figures as one sign: how much is owed says nothing of how it is said."""
    return f" {_FIGURES.sub('0', text)} "


def _runs(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
        found.append(_mixed(running[inside]))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(found_rows), np.concatenate(found)


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    keys = (keys ^ (keys >> np.uint64(29))) * _MIX
    return (keys >> np.uint64(64 - BITS)).astype(np.int64)


def _words(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
    return np.array(rows, dtype=np.int64), np.array(found, dtype=np.int64)


@lru_cache(maxsize=1 << 17)
def _hashed(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) & (SIZE - 1)


def told_by(texts: Sequence[str]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.bool_]]]:
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
        yield length, _mixed(running), rows[:begin] == rows[length - 1 :]
