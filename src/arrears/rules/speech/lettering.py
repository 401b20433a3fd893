"""What stands for what in writing: the tables that undo a disguise, read from `policies/speech`.

Asked by `folding` only. A disguise is undone towards words of a list (`words.toml`), never by guessing at large, so
that what a text says by itself is left alone.
"""

from __future__ import annotations

import itertools
import math
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

LONGEST_SYLLABLE = 6
#: Words of letters whose syllables are remembered.
MOST_HEARD = 50_000
#: A run of single syllables without any word of the list is some other language.
KNOWN_SHARE = 0.5
_FIGURES: Mapping[str, str] = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "€": "e", "£": "l", "*": "aeiou",
}  # fmt: skip
_DOLLARS = re.compile(r"(?:au?|us|s|hk|ca?|nz|nt)\$\d+")
_LETTERS = re.compile(r"[a-z]+")
_APOSTROPHES = str.maketrans("’‘ʼ´`“”", "'''''\"\"")
_UNSEEN = frozenset(("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"))
#: Drawn as a blank, whatever their category says.
_BLANKS = frozenset("\t\n\r\v\f\x85\u2028\u2029\u115f\u1160\u2800\u3164\uffa0")
#: No more readings of one masked word than this are tried, and no longer run of letters is cut into words.
MOST_READINGS, LONGEST_RUN, LONGEST_WORD = 96, 64, 16


#: Figures inside a word of some length: masked, even if the word is on no list. Codes and amounts are not like this.
_MASKED = re.compile(
    r"(?=.*[a-z].*[a-z].*[a-z])(?:[a-z]|(?<![0-9@$!])[0-9@$!](?=[a-z])|(?<=[a-z])[0-9@$!](?![0-9@$!])){4,}"
)


def _likely(masked: str) -> str | None:
    """A masked word that is on no list, by the commonest letter for each figure."""
    if not _MASKED.fullmatch(masked):
        return None
    return "".join(_FIGURES.get(one, one)[0] for one in masked)


class Characters(dict[str, str]):
    """What each character becomes by itself; found out when it is first met."""

    def __init__(self, glyphs: Mapping[str, str], pictures: Mapping[str, str]) -> None:
        super().__init__(pictures)
        self.glyphs = glyphs

    def __missing__(self, character: str) -> str:
        self[character] = plain = self._plain(character)
        return plain

    def _plain(self, character: str) -> str:
        if character in _BLANKS:
            return " "
        out = []
        for one in unicodedata.normalize("NFKD", character.translate(_APOSTROPHES)):
            if unicodedata.category(one) not in _UNSEEN:
                out.append(self.glyphs.get(one, one))
        return "".join(out).lower().translate(_APOSTROPHES)


@dataclass(frozen=True)
class Lettering:
    """glyphs    : a character → the one that it stands for (traditional, look-alike)
    emoji        : a picture → its word in Chinese and in English
    sounds       : a character → its syllables, the commonest first
    words        : Chinese words that are looked for when only the sound is written
    guarded      : those of them that are also looked for under other characters of the same sound
    ordinary     : words that only sound like a guarded one
    english      : English words that are looked for under figures and parted letters
    """

    glyphs: Mapping[str, str]
    emoji: Mapping[str, tuple[str, str]]
    sounds: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...]
    guarded: tuple[str, ...]
    ordinary: frozenset[str]
    english: frozenset[str]
    singles: str
    heard: dict[str, tuple[str, ...] | None] = field(default_factory=dict)

    def characters(self, *, chinese: bool) -> Characters:
        """What each character becomes; a picture a word of the language of the text around it."""
        return self._characters[chinese]

    @cached_property
    def _characters(self) -> tuple[Characters, Characters]:
        english = {one: f" {en} " for one, (_, en) in self.emoji.items()}
        chinese = {one: zh for one, (zh, _) in self.emoji.items()}
        return Characters(self.glyphs, english), Characters(self.glyphs, chinese)

    @cached_property
    def syllables(self) -> frozenset[str]:
        return frozenset(itertools.chain.from_iterable(self.sounds.values()))

    @cached_property
    def by_sound(self) -> Mapping[tuple[str, ...], str]:
        """Syllables → the word of the list that sounds so; single syllables → the likeliest character."""
        found: dict[tuple[str, ...], str] = {}
        for word in (*self.words, *self.singles):
            for reading in itertools.product(*(self.sounds.get(one, ()) for one in word)):
                found.setdefault(reading, word)
        return found

    @cached_property
    def longest_word(self) -> int:
        return max(map(len, self.by_sound), default=1)

    @cached_property
    def alike(self) -> re.Pattern[str]:
        """Whatever sounds like a guarded word."""
        same: dict[str, str] = {}
        for character, syllables in self.sounds.items():
            same[syllables[0]] = same.get(syllables[0], "") + character
        classes = [[same[self.sounds[one][-1]] + one for one in word] for word in self.guarded]
        first = "".join(sorted({one for word in classes for one in word[0]}))  # most characters begin none
        words = "|".join("".join(f"[{one}]" for one in word) for word in classes)
        return re.compile(f"(?=[{first}])(?:{words})" if words else r"(?!)")

    @cached_property
    def _guarded_by_sound(self) -> Mapping[tuple[str, ...], str]:
        return {tuple(self.sounds[one][-1] for one in word): word for word in self.guarded}

    def meant(self, match: re.Match[str]) -> str | None:
        """The guarded word that other characters sound like; None when they are a word of their own."""
        if match[0] in self.ordinary:
            return None
        for sounded in ([self.sounds[one][-1] for one in match[0]], [self.sounds[one][0] for one in match[0]]):
            if word := self._guarded_by_sound.get(tuple(sounded)):
                return word
        return None

    def joined(self, match: re.Match[str]) -> str | None:
        """Letters drawn apart, as the words they make."""
        letters = re.sub(r"[\s.\-_*~,/|]", "", match[0])
        plain = self._unfigured(letters) if not letters.isalpha() else letters
        parts = self._parts(plain) if plain else None
        if parts is None:
            return letters if letters.isalpha() and len(letters) >= 4 and self._read(letters) else None
        return " ".join(parts)

    def unbarred(self, match: re.Match[str]) -> str | None:
        """Letters with bars between them, as words; None where the bars are letters of one word."""
        is_one = len(match[0]) <= LONGEST_WORD and self._unfigured(match[0]) in self.english
        return None if is_one else match[0].replace("|", " ")

    def unmasked(self, match: re.Match[str]) -> str | None:
        """A word with figures for letters, as the word; None when it is no word of the list."""
        if match[0].isalpha() or not _LETTERS.search(match[0]) or _DOLLARS.fullmatch(match[0]):
            return None
        return self._unfigured(match[0])

    def _unfigured(self, masked: str) -> str | None:
        if len(masked) > LONGEST_RUN:
            return None
        for stripped in dict.fromkeys((masked, masked.rstrip("!+*|"), masked.strip("*!|+"))):
            if math.prod(len(_FIGURES.get(one, one)) for one in stripped) <= MOST_READINGS:
                for tried in itertools.product(*(_FIGURES.get(one, one) for one in stripped)):
                    word = "".join(tried)
                    if word in self.english or (len(word) > 5 and self._parts(word)) or self._is_word_by_sound(word):
                        return word
        return _likely(masked)

    def _is_word_by_sound(self, word: str) -> bool:
        read = self._read(word) or ()
        return len(read) > 1 and read in self.by_sound

    def _parts(self, letters: str) -> list[str] | None:
        """Letters cut into words of the list, the longest first; None when some are left over."""
        if len(letters) > LONGEST_RUN:
            return None
        ends: list[list[str] | None] = [None] * len(letters) + [[]]
        for at in range(len(letters) - 1, -1, -1):
            for end in range(min(len(letters), at + LONGEST_WORD), at, -1):
                rest = ends[end]
                if rest is not None and letters[at:end] in self.english:
                    ends[at] = [letters[at:end], *rest]
                    break
        return ends[0]

    def spoken(self, run: str, *, chinese: bool) -> str | None:
        """Hanyu Pinyin as the words it sounds like; None for what is some other language.

        chinese : is there a Chinese character in the text? Then a single word is enough
        """
        read: list[tuple[str, str | None]] = []
        for word in _LETTERS.findall(run):
            syllables = None if word in self.english else self._read(word)
            if syllables is None:
                read.append((word, None))
            else:
                read.extend((word, one) for one in syllables)
        sounded = [one for _, one in read if one is not None]
        if not sounded or (not chinese and len(sounded) < len(read)):
            return None
        written, in_words = self._written(read)
        if not in_words or (not chinese and in_words < KNOWN_SHARE * len(sounded)):
            return None
        return written

    def mixed(self, match: re.Match[str]) -> str | None:
        """A syllable among characters, as the character that it stands for in a word of the list; else a likely one."""
        latin = _LETTERS.search(match[0])
        if latin is None or latin[0] not in self.syllables or latin[0] in self.english:
            return None
        before, after = match[0][: latin.start()].strip(), match[0][latin.end() :].strip()
        for left, right in itertools.product({before, ""}, sorted({after, after[:1], ""}, key=len, reverse=True)):
            for word in self.by_part.get((left, latin[0], right), ()):
                return before[: len(before) - len(left)] + word + after[len(right) :]
        single = self.by_sound.get((latin[0],))
        return before + single + after if single else None

    @cached_property
    def by_part(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """Words of two or three characters by one of them sounded and the rest written."""
        found: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for word in self.words:
            if 2 <= len(word) <= 4:
                for at, one in enumerate(word):
                    for syllable in self.sounds.get(one, ()):
                        key = (word[:at], syllable, word[at + 1 :])
                        found[key] = (*found.get(key, ()), word)
        return found

    def _written(self, read: list[tuple[str, str | None]]) -> tuple[str, int]:
        """The characters, and how many syllables stood in a word of the list."""
        out, in_words, at = [], 0, 0
        while at < len(read):
            if read[at][1] is None:
                out.append(f" {read[at][0]} ")
                at += 1
                continue
            for length in range(self.longest_word, 0, -1):
                piece = tuple(one for _, one in read[at : at + length] if one is not None)
                if len(piece) == length and (word := self.by_sound.get(piece)):
                    out.append(word)
                    in_words += length if length > 1 else 0
                    at += length
                    break
            else:
                out.append(read[at][1] or "")
                at += 1
        return "".join(out), in_words

    def _read(self, word: str) -> tuple[str, ...] | None:
        """A word of letters cut into syllables, the longest first; None when it cannot be."""
        if word not in self.heard:
            if len(self.heard) > MOST_HEARD:
                self.heard.clear()
            self.heard[word] = self._cut(word) if len(word) <= LONGEST_RUN else None
        return self.heard[word]

    def _cut(self, word: str) -> tuple[str, ...] | None:
        """The longest syllable first, from the end of the word to its beginning."""
        ends: list[tuple[str, ...] | None] = [None] * len(word) + [()]
        for at in range(len(word) - 1, -1, -1):
            for end in range(min(len(word), at + LONGEST_SYLLABLE), at, -1):
                rest = ends[end]
                if rest is not None and word[at:end] in self.syllables:
                    ends[at] = (word[at:end], *rest)
                    break
        return ends[0]


def read(folder: Path) -> Lettering:
    """The tables of a folder `policies/speech`."""
    glyphs = dict(_pairs(_toml(folder / "glyphs.toml")["simplified"]))
    listed = _toml(folder / "words.toml")
    glyphs.update(_pairs(listed["look_alikes"]))
    sounds: dict[str, tuple[str, ...]] = {}
    for syllable, characters in _toml(folder / "sounds.toml")["syllables"].items():
        for one in characters:
            sounds[one] = (syllable,)
    for one, syllable in (pair.split("=") for pair in listed["other_readings"].split()):
        sounds[one] = (*sounds.get(one, ()), syllable)
    return Lettering(
        glyphs=glyphs,
        emoji={
            one: (zh, en)
            for zh, en, pictures in listed["emoji"]
            for one in pictures
            if unicodedata.category(one) not in _UNSEEN  # what joins the parts of a picture is none
        },
        sounds=sounds,
        words=tuple(listed["words"].split()),
        guarded=tuple(listed["guarded"].split()),
        ordinary=frozenset(listed["ordinary"].split()),
        english=frozenset(listed["english"].split()) | _words(folder / "lexicon_en.toml"),
        singles="".join(listed["singles"].split()),
    )


def _words(lexicon: Path) -> frozenset[str]:
    """Every whole word of the English phrases: what is sought plainly is sought under a mask."""
    return frozenset(re.findall(r"(?<![\w\\])[a-z]{4,}(?![\w*+])", lexicon.read_text(encoding="utf-8")))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return ((pair[0], pair[1]) for pair in text.split())


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
