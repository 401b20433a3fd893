"""Phrases by label, as `policies/speech/lexicon_*.toml` has them: which stand in a text, and where.

Asked by `screening` and by the trainer on folded texts, many at once: a compiled automaton tells which texts hold the
words that a phrase of a label cannot be without, which of those hold the phrase, and only they are searched for its
place. A sure phrase is a violation unless its sentence is
shielded: a warning against fraud, a denial, or a borrower's words said back to calm them.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import polars as pl

from arrears.kernel.errors import InvalidInput

#: What reading and trying a lender's own words may raise: refusals, and what a file without a schema can hold wrong.
UNREADABLE = (
    *(InvalidInput, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, StopIteration),
    *(re.error, pl.exceptions.PolarsError, zipfile.BadZipFile),
)
#: A sentence also ends where it turns: what is denied before says nothing of what is announced behind.
SENTENCE = re.compile(r"(?:(?!, ?(?:but|instead|we'll|i'll|we will|i will|但|而是|直接|就))[^.!?;。\n])+")
#: What opens a condition denies nothing: "if we do not hear from you".
_CONDITION = re.compile(r"\b(?:if|unless|until) (?:we|i) (?:do not|don't|have not|haven't|cannot|can't)")
#: Texts of so many letters together are few.
FEW = 3_000
_ENGLISH = re.compile(r"\\[bwd]")
_GAP = {"zh": "[^.!?;。]{0,8}", "en": r"[^.!?;\n]{0,30}"}
#: An expression that no text holds.
_NOTHING = r"[^\s\S]"
_BEGIN, _END = {"zh": "", "en": r"\b"}, {"zh": "", "en": r"\b"}


def sentence(text: str, place: int) -> tuple[int, int]:
    """Where the sentence that holds a place begins and ends."""
    spans = (found.span() for found in SENTENCE.finditer(text))
    return next((span for span in spans if span[0] <= place < span[1]), (place, place + 1))


@dataclass(frozen=True)
class Hit:
    """One phrase in a folded text; sure : a violation by itself, not only a hint"""

    label: str
    sure: bool
    start: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """Some phrases of one label; sure : see Hit; only : counted as sure for these recipients alone, if any are named

    sieve : an expression that every text with such a phrase holds, and that is found faster
    """

    label: str
    sure: bool
    only: frozenset[str]
    sieve: str
    pattern: str
    place: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, what shields a sentence from them, and topics, which are hints by their names.

    veils : the lines of `shield`, which are found faster one by one
    """

    veils: tuple[str, ...]
    shield: re.Pattern[str]
    phrases: tuple[Phrases, ...]
    topics: tuple[tuple[str, str], ...]

    def hits(self, texts: Sequence[str], whos: Sequence[str]) -> tuple[list[list[Hit]], list[list[tuple[int, int]]]]:
        """For each text, said to each recipient: its phrases, and its shielded sentences.

        What is shielded, or only for others, is a hint.
        """
        found: list[list[Hit]] = [[] for _ in texts]
        shielded: list[list[tuple[int, int]]] = [[] for _ in texts]
        for at in set(chain.from_iterable(holding(texts, self.veils))):
            shielded[at] = self._shielded(texts[at])
        held = holding(texts, [*(words for _, words in self.topics), *(one.sieve for one in self.phrases)])
        for (topic, _), rows in zip(self.topics, held, strict=False):
            hint = Hit(topic, False, 0, 0)
            for at in rows:
                found[at].append(hint)
        for one, rows in zip(self.phrases, held[len(self.topics) :], strict=True):
            hint = Hit(one.label, False, 0, 0)
            for at in rows if one.sieve == one.pattern else _among(rows, texts, one.pattern):
                counts = not one.only or whos[at] in one.only
                found[at] += _placed(one, texts[at], shielded[at], counts) if one.sure else [hint]
        return found, shielded

    def _shielded(self, text: str) -> list[tuple[int, int]]:
        """The sentences in which nothing is sure."""
        plain = _CONDITION.sub(lambda match: " " * len(match[0]), text)
        return [found.span() for found in SENTENCE.finditer(text) if self.shield.search(plain, *found.span())]


def _placed(one: Phrases, text: str, shielded: list[tuple[int, int]], counts: bool) -> list[Hit]:
    return [
        Hit(one.label, counts and not any(a <= match.start() < b for a, b in shielded), *match.span())
        for match in one.place.finditer(text)
    ]


def _among(rows: list[int], texts: Sequence[str], pattern: str) -> list[int]:
    """Which of some texts hold an expression."""
    return [rows[at] for at in holding([texts[row] for row in rows], [pattern])[0]] if rows else []


def holding(texts: Sequence[str], patterns: Sequence[str]) -> list[list[int]]:
    """For each expression, which texts hold it; letters, figures and edges of words are those of English alone.

    Many are asked at once by an engine that reads all expressions anew each time. For a few that would take longest, so
    they are asked one by one, by expressions that are kept.
    """
    if sum(map(len, texts)) <= FEW:
        return [[at for at, text in enumerate(texts) if _plain(one).search(text)] for one in patterns]
    return _held(texts, patterns)


def _held(texts: Sequence[str], patterns: Sequence[str]) -> list[list[int]]:
    column = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    held = column.select(
        pl.col("text").str.contains(_ENGLISH.sub(r"(?-u:\g<0>)", one)).alias(str(at)) for at, one in enumerate(patterns)
    )
    return [one.to_numpy().nonzero()[0].tolist() for one in held.get_columns()]


def tried(patterns: Sequence[str]) -> Sequence[str]:
    """Expressions that `holding` can ask of few texts and of many; raises what UNREADABLE names, as for look-ahead."""
    _held([""], patterns)
    return patterns


@lru_cache(maxsize=1024)
def _plain(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def read(path: Path) -> Lexicon:
    """The lexicon of one language."""
    return _of(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _of(text: str) -> Lexicon:
    """Asked by the text, for one is read by several, and again whenever a file beside it was edited."""
    told = tomllib.loads(text)
    lang = told["lang"]
    phrases = [
        Phrases(
            row["label"],
            kind == "sure",
            frozenset(row.get("only", ())),
            _either(map(_needed, row[kind].splitlines()), lang) if kind == "sure" else pattern,
            pattern,
            re.compile(pattern),
        )
        for row in told["phrases"]
        for kind in ("sure", "hint")
        if (pattern := joined(row.get(kind, ""), lang))
    ]
    topics = [(topic, joined(words, lang)) for topic, words in told["topics"].items()]
    shields = [one for one in told.get("shield", {}).get("patterns", "").splitlines() if one.strip()]
    veils = tuple(joined(one, lang, stems=True) for one in shields)
    tried([*veils, *(words for _, words in topics), *(one.sieve for one in phrases), *(one.pattern for one in phrases)])
    return Lexicon(veils, re.compile("|".join(veils) or _NOTHING), tuple(phrases), tuple(topics))


def _needed(line: str) -> str:
    """The last part between gaps that a line cannot be without; the whole line where parts cannot be told apart."""
    parts, depth = [""], 0
    for at, one in enumerate(line):
        escaped = line[at - 1 : at] == "\\"
        depth += 0 if escaped else {"(": 1, ")": -1}.get(one, 0)
        if not depth and one in "|[" and not escaped:
            return line
        parts = [*parts, ""] if one == "~" and not depth else [*parts[:-1], parts[-1] + one]
    return next((part for part in reversed(parts) if part.strip(" ?") and not re.fullmatch(part, "")), line)


def joined(lines: str, lang: str, *, stems: bool = False) -> str:
    """One expression a line, `~` for a gap within the sentence, as one; blank when there is no line.

    stems : may an English word go on behind an expression?
    """
    filled = _either(lines.splitlines(), lang)
    return f"{_BEGIN[lang]}(?:{filled}){'' if stems else _END[lang]}" if filled else ""


def _either(lines: Iterable[str], lang: str) -> str:
    return "|".join(f"(?:{line})" for line in lines if line.strip()).replace("~", _GAP[lang])
