"""A long text in pieces that are judged one by one, so that one bad sentence does not drown in many good ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A text up to this many characters is judged whole; a longer one in pieces of about PIECE.
WHOLE, PIECE = {"zh": 120, "en": 320}, {"zh": 80, "en": 220}
#: No sentence ends behind a title or a single letter: "Ms. Ruiz", "9 p.m. in your time zone".
_END = re.compile(r"(?:[!?;。\n]|(?<!\b[a-z])(?<!\b[md][rs])(?<!\bmrs)\.(?!\d))+\s*")
_CLAUSE = {"zh": re.compile(r"(?:[!?;。\n]|[,.](?!\d))+\s*"), "en": _END}
#: Clauses of a part: Chinese ones are short, and one often only says when the next one holds.
_TOGETHER = {"zh": 2, "en": 1}


def cut(text: str, lang: str) -> Iterator[tuple[int, str]]:
    """Each piece with its offset; pieces end at a sentence where there is one, and cover the text."""
    if len(text) <= WHOLE[lang]:
        yield 0, text
        return
    begin, end, most = 0, 0, PIECE[lang]
    for stop in (*(match.end() for match in _END.finditer(text)), len(text)):
        if stop - begin > most and end > begin:
            yield begin, text[begin:end]
            begin = end
        while stop - begin > 2 * most:  # no sentence ends for long: cut, and look at the seam twice
            yield begin, text[begin : begin + most + most // 4]
            begin += most
        end = stop
    if end > begin:
        yield begin, text[begin:end]


def parts(text: str, lang: str) -> Iterator[tuple[int, str]]:
    """Neighbouring clauses of a piece, each with its place; none where the whole is no more than one part."""
    ends = [match.end() for match in _CLAUSE[lang].finditer(text)]
    edges = [0, *(end for end in ends if end < len(text)), len(text)]
    together = _TOGETHER[lang]
    if len(edges) - 1 > together:
        yield from ((a, text[a:b]) for a, b in zip(edges, edges[together:], strict=False))
