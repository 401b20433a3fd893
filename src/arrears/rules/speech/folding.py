"""A text as a reader means it, whatever it was dressed in; every letter knows where it stood in the original.

Full width, traditional characters, look-alikes of other alphabets, marks that nobody sees, letters drawn apart, figures
for letters, emoji, Hanyu Pinyin and characters that only sound alike are undone here, before any rule is asked. Called
by `screening` and by the trainer, which must see the same. Nothing is judged here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from arrears.rules.speech.lettering import Lettering

HAN = "\u3400-\u9fff"
_HAN = re.compile(f"[{HAN}]")
#: Unicode's right-to-left override, and all that it turns around: to its end mark, or that of the line.
OVERRIDE = "\u202e"
_TURNED = re.compile(f"{OVERRIDE}[^\u202c\n]*")
#: A character written as markup writes it, and how often markup is put into markup at most.
_ENTITY, NESTED = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6});?|&[A-Za-z]{2,31};"), 2
_SPACES = re.compile(r"\s{2,}|[^\S ]")
#: Marks put between characters to part them; a sentence's own commas and stops are none.
_PARTED = re.compile(rf"(?<=[{HAN}])[\s*·•~_\-|/\\+^#=<>\"'`°¨…]+(?=[{HAN}])")
_STOPPED = re.compile(rf"(?<![{HAN}])(?:[{HAN}]([.,。，、!?;:。])){{2,}}[{HAN}](?![{HAN}])")
_SPELT = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$!]([\s.\-_*~,/|]{1,3})){2,}[a-z0-9@$!](?![a-z0-9])")
#: Marks instead of blanks: a line or a bar between letters, and any mark again and again between words.
_LINED = re.compile(r"(?<=[a-z0-9@$!])_+(?=[a-z0-9@$!])")
_BARRED = re.compile(r"(?<![a-z|])[a-z']++(?:\|[a-z']++)+(?!\|)")
_MARKED = re.compile(r"(?<![a-z'])[a-z']++([^\w\s'])(?:[a-z']++\1){2,}+([a-z']++)?")
_SIGNS = "0-9@$!|+*€£"
_DISGUISED = re.compile(f"[{_SIGNS}]")
#: A run of two or more letters and signs that holds a sign; each is tried from its beginning only.
_LEET = re.compile(rf"(?<![a-z{_SIGNS}])(?=[a-z{_SIGNS}]{{2}})[a-z]*+[{_SIGNS}][a-z{_SIGNS}]*+")
_LATIN = re.compile(r"[a-z]+(?:[\s'-]+[a-z]+)*")
_MIXED = re.compile(rf"[{HAN}]?\s?[a-z]{{2,6}}\s?[{HAN}]{{0,2}}")
_LATIN_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Folded:
    """text : folded; starts, ends : for each of its characters, the half-open place in the original, in code points"""

    text: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A half-open place in the folded text, as one in the original."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def replaced(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str | None]) -> Folded:
        """With each match as `new` says; None leaves it as it is."""
        text, starts, ends, last = [], list[int](), list[int](), 0
        for match in pattern.finditer(self.text):
            word = new(match)
            if word is None or word == match[0]:
                continue
            a, b = match.span()
            text += [self.text[last:a], word]
            starts += self.starts[last:a] + [min(self.starts[a:b])] * len(word)
            ends += self.ends[last:a] + [max(self.ends[a:b])] * len(word)
            last = b
        if not text:
            return self
        text.append(self.text[last:])
        return Folded("".join(text), starts + self.starts[last:], ends + self.ends[last:])


def fold(original: str, letters: Lettering) -> Folded:
    """The text without its disguise.

    original : any text, lone surrogates and control characters included
    returns  : lower case; one blank for a run of blanks, none between Chinese characters
    example  : fold("警*察抓 ｎｉ", letters).text -> "警察抓你"
    """
    folded = _characters(original, letters)
    chinese = bool(_HAN.search(folded.text))
    folded = folded.replaced(_SPACES, lambda _: " ")
    if chinese:
        folded = folded.replaced(_STOPPED, _unstopped).replaced(_PARTED, lambda _: "")
    folded = folded.replaced(_SPELT, letters.joined)
    if "_" in folded.text:
        folded = folded.replaced(_LINED, lambda _: " ")
    if "|" in folded.text:
        folded = folded.replaced(_BARRED, letters.unbarred)
    folded = folded.replaced(_MARKED, lambda match: match[0].replace(match[1], " ") if match[2] else None)
    if _DISGUISED.search(folded.text):
        folded = folded.replaced(_LEET, letters.unmasked)
    if _LATIN_WORD.search(folded.text):
        heard = folded.replaced(_LATIN, lambda match: letters.spoken(match[0], chinese=chinese))
        if not chinese and heard is folded:
            return folded
        folded = heard.replaced(_PARTED, lambda _: "")
        if chinese:
            folded = folded.replaced(_MIXED, letters.mixed)
    return folded.replaced(letters.alike, letters.meant) if _HAN.search(folded.text) else folded


def is_chinese(text: str) -> bool:
    """Does a Chinese reader read this? One character in eight is enough, for each stands for more than a letter."""
    han = len(_HAN.findall(text[:4000]))
    return han * 8 >= sum(1 for c in text[:4000] if c.isalpha()) if han else False


def _characters(original: str, letters: Lettering) -> Folded:
    """Each character by itself: what is unseen goes, what looks alike becomes one."""
    told = _as_shown(_unmarked(original))
    table = letters.characters(chinese=bool(_HAN.search(told.text)))
    parts = list(map(table.__getitem__, told.text))
    text = "".join(parts)
    if len(text) == len(parts) and "" not in parts:  # one for one, as nearly always
        return Folded(text, told.starts, told.ends)
    places = [at for at, part in enumerate(parts) for _ in part]
    return Folded(text, [told.starts[at] for at in places], [told.ends[at] for at in places])


def _unmarked(original: str) -> Folded:
    """With characters instead of how markup writes them."""
    told = Folded(original, list(range(len(original))), list(range(1, len(original) + 1)))
    for _ in range(NESTED if "&" in original else 0):
        told = told.replaced(_ENTITY, lambda match: html.unescape(match[0]))
    return told


def _as_shown(told: Folded) -> Folded:
    """In the order in which a reader sees it: behind an override it runs backwards."""
    if OVERRIDE not in told.text:
        return told
    places = list(range(len(told.text)))
    for match in _TURNED.finditer(told.text):
        a, b = match.span()
        places[a:b] = places[a:b][::-1]
    return Folded(
        "".join(told.text[at] for at in places), [told.starts[at] for at in places], [told.ends[at] for at in places]
    )


def _unstopped(match: re.Match[str]) -> str | None:
    """`警。察。抓。你` is parted by one mark again and again; a list of single words is not."""
    marks = set(match[0][1::2])
    return match[0][::2] if len(marks) == 1 and len(match[0]) >= 5 else None
