"""Phrases by label, as `policies/speech/lexicon_*.toml` has them: which stand in a text, and where.

Asked by `screening` and by the trainer on folded texts, many at once: a compiled automaton tells which texts hold some
phrase of a label, and only those are searched for its place. A sure phrase is a violation unless its sentence is
shielded: a warning against fraud, a denial, or a borrower's words said back to calm them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

SENTENCE = re.compile(r"[^.!?;。\n]+")
_ENGLISH = re.compile(r"\\[bwd]")
_GAP = {"zh": "[^.!?;。]{0,8}", "en": r"[^.!?;\n]{0,30}"}
_BEGIN, _END = {"zh": "", "en": r"\b"}, {"zh": "", "en": r"\b"}


@dataclass(frozen=True)
class Hit:
    """One phrase in a folded text; sure : a violation by itself, not only a hint"""

    label: str
    sure: bool
    start: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """Some phrases of one label; sure : see Hit; only : counted as sure for these recipients alone, if any are named"""

    label: str
    sure: bool
    only: frozenset[str]
    pattern: str
    place: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, what shields a sentence from them, and topics, which are hints by their names."""

    veil: str
    shield: re.Pattern[str]
    phrases: tuple[Phrases, ...]
    topics: tuple[tuple[str, str], ...]

    def hits(self, texts: Sequence[str], whos: Sequence[str]) -> tuple[list[list[Hit]], list[list[tuple[int, int]]]]:
        """For each text, said to each recipient: its phrases, and its shielded sentences.

        What is shielded, or only for others, is a hint.
        """
        found: list[list[Hit]] = [[] for _ in texts]
        shielded: list[list[tuple[int, int]]] = [[] for _ in texts]
        sought = [self.veil, *(words for _, words in self.topics), *(one.pattern for one in self.phrases)]
        veiled, *held = holding(texts, sought)
        for at in veiled:
            shielded[at] = self._shielded(texts[at])
        for (topic, _), rows in zip(self.topics, held, strict=False):
            hint = Hit(topic, False, 0, 0)
            for at in rows:
                found[at].append(hint)
        for one, rows in zip(self.phrases, held[len(self.topics) :], strict=True):
            hint = Hit(one.label, False, 0, 0)
            for at in rows:
                counts = not one.only or whos[at] in one.only
                found[at] += _placed(one, texts[at], shielded[at], counts) if one.sure else [hint]
        return found, shielded

    def _shielded(self, text: str) -> list[tuple[int, int]]:
        """The sentences in which nothing is sure."""
        return [found.span() for found in SENTENCE.finditer(text) if self.shield.search(text, *found.span())]


def _placed(one: Phrases, text: str, shielded: list[tuple[int, int]], counts: bool) -> list[Hit]:
    return [
        Hit(one.label, counts and not any(a <= match.start() < b for a, b in shielded), *match.span())
        for match in one.place.finditer(text)
    ]


def holding(texts: Sequence[str], patterns: Sequence[str]) -> list[list[int]]:
    """For each expression, which texts hold it; letters, figures and edges of words are those of English alone."""
    column = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    held = column.select(
        pl.col("text").str.contains(_ENGLISH.sub(r"(?-u:\g<0>)", one)).alias(str(at)) for at, one in enumerate(patterns)
    )
    return [one.to_numpy().nonzero()[0].tolist() for one in held.get_columns()]


def read(path: Path) -> Lexicon:
    """The lexicon of one language."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    lang = told["lang"]
    phrases = [
        Phrases(row["label"], kind == "sure", frozenset(row.get("only", ())), pattern, re.compile(pattern))
        for row in told["phrases"]
        for kind in ("sure", "hint")
        if (pattern := joined(row.get(kind, ""), lang))
    ]
    topics = [(topic, joined(words, lang)) for topic, words in told["topics"].items()]
    veil = joined(told["shield"]["patterns"], lang, stems=True)
    return Lexicon(veil, re.compile(veil), tuple(phrases), tuple(topics))


def joined(lines: str, lang: str, *, stems: bool = False) -> str:
    """One expression a line, `~` for a gap within the sentence, as one; blank when there is no line.

    stems : may an English word go on behind an expression?
    """
    filled = "|".join(f"(?:{line})" for line in lines.splitlines() if line.strip()).replace("~", _GAP[lang])
    return f"{_BEGIN[lang]}(?:{filled}){'' if stems else _END[lang]}" if filled else ""
