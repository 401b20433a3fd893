"""Whom the case tells us to leave alone is asked for nothing, in whatever words, and mostly told of nothing owed.

Asked by `binding` with the facts of the case. `policies/speech/stops.toml` says what asks and what speaks of money;
a sentence that says what need not be done, and an answer that asks nothing, are left alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.rules.speech import lexicon
from arrears.rules.speech.truths import Truths

#: What a Chinese question ends with, where its mark was left out.
_ASKING = ("吗", "呢", "吧")


@dataclass(frozen=True)
class Stops:
    """silent : topics that forbid even to speak of what is owed; quiet : those that forbid to ask for it"""

    silent: frozenset[str]
    quiet: frozenset[str]
    asks: Mapping[str, re.Pattern[str]]
    speaks: Mapping[str, re.Pattern[str]]
    denies: Mapping[str, re.Pattern[str]]
    rests: Mapping[str, re.Pattern[str]]

    def broken(self, text: str, lang: str, known: Truths, sums: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Where a text says to the debtor what the case forbids.

        text : folded; sums : places of its sums of money
        returns : each place of a request for money, else the first that speaks of what is owed; none without a stop
        """
        if not any(known.of(topic) for topic in self.silent | self.quiet):
            return ()
        sentences = [found.span() for found in lexicon.SENTENCE.finditer(text)]
        open_to = [span for span in sentences if not self.denies[lang].search(text, *span)]
        is_answer = bool(self.rests[lang].search(text))
        asked = [match.span() for span in open_to if (match := self._asked(text, lang, span, is_answer))]
        if asked or not any(known.of(topic) for topic in self.silent):
            return asked
        if len(open_to) < len(sentences) or is_answer:
            return ()
        spoken = [match.span() for match in self.speaks[lang].finditer(text)]
        return [*spoken, *sums][:1]

    def _asked(self, text: str, lang: str, span: tuple[int, int], is_answer: bool) -> re.Match[str] | None:
        """What asks for money in a sentence; a question about money does, unless somebody is answered."""
        asked = self.asks[lang].search(text, *span)
        if asked or is_answer or not (text[span[1] : span[1] + 1] == "?" or text[: span[1]].endswith(_ASKING)):
            return asked
        return self.speaks[lang].search(text, *span)


def read(path: Path, langs: Sequence[str]) -> Stops:
    """`stops.toml`."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {
        kind: {lang: re.compile(lexicon.joined(told[kind][lang], lang)) for lang in langs}
        for kind in ("asks", "speaks", "denies", "rests")
    }
    return Stops(frozenset(told["silent"]), frozenset(told["quiet"]), **words)
