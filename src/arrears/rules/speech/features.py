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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arrears.rules.speech.lexicon import Hit

#: Places of hashed features, of which a classifier may use fewer: as many as its own bits.
BITS = 19
SIZE = 1 << BITS
LONGEST = 4
#: How much a phrase or a topic weighs beside all runs of characters together, which weigh one, unless told otherwise.
PHRASE = 0.4
#: Chinese characters that are a word, at most.
WORD_MAX = 2
_FIGURES = re.compile(r"\d+")
_MARKS = " \t\r\n.。!,;:…~'\"-"
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
    """The features of texts, each row of length one; with `rare` runs are of length one, words of length `word`.

    texts : folded; hits : the phrases of each; word : how much a word, or a pair, weighs beside a run of characters
    rare  : (1 << bits,), how much each place weighs for standing in few texts; then a Chinese character, or a pair,
            is a run and a word too, for without words Chinese rows would be shorter than English ones
    phrase : how much a phrase weighs beside all runs
    """
    run_rows, run_places, short = _runs(texts, bits)
    word_rows, word_places = _words(texts, bits)
    weigh = np.ones(1 << bits, dtype=np.float32) if rare is None else rare
    runs, words = weigh.take(run_places), weigh.take(word_places)
    of_runs, of_words = (np.bincount(at, by**2, len(texts)) for at, by in ((run_rows, runs), (word_rows, words)))
    if rare is None:
        by_run = _inverse(of_runs + word**2 * of_words)
        by_word, by_short = word * by_run, np.zeros_like(by_run)
    else:
        by_run = _inverse(of_runs)
        by_short = by_word = word * _inverse(of_words + np.bincount(run_rows[short], runs[short] ** 2, len(texts)))
    runs *= by_run.take(run_rows) + by_short.take(run_rows) * short
    words *= by_word.take(word_rows)
    told = [at << bits | _named(hit.label, bits, sure=hit.sure) for at, one in enumerate(hits) for hit in one]
    phrase_keys = np.unique(np.array(told, dtype=np.int64))
    rows = np.concatenate((run_rows, word_rows, phrase_keys >> bits))
    order = np.argsort(rows, kind="stable")
    return Columns(
        rows.take(order),
        np.concatenate((run_places, word_places, phrase_keys & ((1 << bits) - 1))).take(order),
        np.concatenate((runs, words, np.full(len(phrase_keys), phrase, dtype=np.float32))).take(order),
    )


def _inverse(squares: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(1.0 / np.maximum(np.sqrt(squares), 1e-6), dtype=np.float32)


@lru_cache(maxsize=1024)
def _named(label: str, bits: int, *, sure: bool) -> int:
    return _hashed(f"sure {label}" if sure else f"hint {label}") & ((1 << bits) - 1)


def plain(text: str) -> str:
    """Figures as one sign, and no marks at the ends: neither how much is owed nor a line's end says how it is said."""
    return f" {_FIGURES.sub('0', text.strip(_MARKS))} "


def _runs(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Every run of one to LONGEST characters, its text, its place, and whether it is one or two Chinese characters."""
    framed = [plain(text) for text in texts]
    lengths = np.array([len(text) for text in framed], dtype=np.int64)
    codes = np.frombuffer("".join(framed).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(framed), dtype=np.int64), lengths)
    chinese = (codes >= 0x4E00) & (codes <= 0x9FFF)
    found_rows, found, short = [], [], []
    running = np.zeros(len(codes), dtype=np.uint64)
    for length in range(1, LONGEST + 1):
        begin = len(codes) - length + 1
        if begin <= 0:
            break
        running = running[:begin] * _PRIME + codes[length - 1 :] + np.uint64(length)
        inside = rows[:begin] == rows[length - 1 :]
        found_rows.append(rows[:begin][inside])
        found.append(_mixed(running[inside], bits))
        whole = chinese[:begin] & chinese[length - 1 :] if length <= WORD_MAX else np.zeros(begin, dtype=np.bool_)
        short.append(whole[inside])
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_)
    return np.concatenate(found_rows), np.concatenate(found), np.concatenate(short)


def _mixed(keys: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    keys = (keys ^ (keys >> np.uint64(29))) * _MIX
    return (keys >> np.uint64(64 - bits)).astype(np.int64)


def _words(texts: Sequence[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words of letters and pairs of them."""
    counts, found = [], list[int]()
    for text in texts:
        words = _WORD.findall(_FIGURES.sub("0", text))
        counts.append(max(2 * len(words) - 1, 0))
        found += map(_hashed, words)
        found += map(_hashed, map(" ".join, pairwise(words)))
    rows = np.repeat(np.arange(len(texts), dtype=np.int64), counts)
    return rows, np.array(found, dtype=np.int64) & ((1 << bits) - 1)


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
