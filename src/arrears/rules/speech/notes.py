"""What may not stand in a note about a person: insults, threats that were made, a debt that somebody else was told of.

A note is no utterance to a borrower. It tells what was said and done, so no wording is weighed and no claim must be
true: only phrases that are sure count, of the lexicons and of `policies/speech/notes.toml`, and only where the voice
they stand in is our own. What the other side said, and what was not done, is no fault. Called through
`arrears.rules.speech.noted`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from arrears.rules.speech import binding, folding, labels, lettering, lexicon
from arrears.rules.speech.labels import Label
from arrears.rules.speech.lettering import Lettering
from arrears.rules.speech.lexicon import Lexicon
from arrears.rules.speech.screening import Finding, merged

OURS, THEIRS, DENIED = "ours", "theirs", "denied"
#: Of the phrases of utterances, what is a fault in a note without any voice; the others count where we told them.
INSULT = "ABUSE_INSULT"
_CLAUSE = re.compile(r"[,:]")


@dataclass(frozen=True)
class Words:
    """Of one language: the phrases of utterances and of notes, and what tells in whose voice they stand."""

    spoken: Lexicon
    phrases: tuple[tuple[str, re.Pattern[str]], ...]
    voices: re.Pattern[str]
    innocent: re.Pattern[str]

    def found(self, text: str, counted: frozenset[str]) -> Iterator[tuple[str, int, int]]:
        """Label and place of each phrase that counts, of a folded note."""
        [hits], _ = self.spoken.hits([text], [""])
        told = [(hit.label, hit.start, hit.end, hit.label != INSULT) for hit in hits if hit.sure]
        told += [(label, *match.span(), False) for label, phrases in self.phrases for match in phrases.finditer(text)]
        innocent = [match.span() for match in self.innocent.finditer(text)]
        for sentence in lexicon.SENTENCE.finditer(text):
            begin, end = sentence.span()
            voices = list(self.voices.finditer(text, begin, end))
            for label, start, stop, is_speech in told:
                if (
                    not begin <= start < end
                    or label not in counted
                    or any(a <= start and stop <= b for a, b in innocent)
                ):
                    continue
                voice = _voice(text, start + is_speech, voices)
                if voice == OURS or (not voice and not is_speech):
                    yield label, start, stop


@dataclass(frozen=True)
class Judge:
    """Everything that a note is held against, read once from a folder of policies."""

    letters: Lettering
    labels: Mapping[str, Label]
    counted: frozenset[str]
    words: Mapping[str, Words]

    def judge(self, note: str, law: str) -> list[Finding]:
        """One finding a label, the gravest first; none for an ordinary note.

        law : cn, us or uk; blank is the law of the language
        """
        folded = folding.fold(note, self.letters)
        lang = "zh" if folding.is_chinese(folded.text) else "en"
        places: dict[str, set[tuple[int, int]]] = {}
        for label, start, end in self.words[lang].found(folded.text, self.counted):
            places.setdefault(label, set()).add(folded.place(start, max(end, start + 1)))
        known = [self.labels[label] for label in self.labels if label in places]
        law = law or {"zh": "cn", "en": "us"}[lang]
        return [
            Finding(one.code, one.severity, merged(sorted(places[one.code])), one.rules[law], one.advice[lang])
            for one in sorted(known, key=lambda one: -one.severity)
        ]


def _voice(text: str, start: int, voices: list[re.Match[str]]) -> str:
    """The last voice that begins before a place, blank when none does; a denial ends with its clause."""
    last = None
    for voice in takewhile(lambda voice: voice.start() < start, voices):
        last = voice
    if last is None:
        return ""
    if last.lastgroup == DENIED and _CLAUSE.search(text, last.end(), max(start, last.end())):
        return ""
    return last.lastgroup or ""


@lru_cache(maxsize=4)
def read(policies: Path) -> Judge:
    """The judge of notes of a folder of policies."""
    folder = policies / "speech"
    told = tomllib.loads((folder / "notes.toml").read_text(encoding="utf-8"))
    known = labels.read(folder)
    unknown = {*told["labels"], *(row["label"] for lang in binding.LANGUAGES for row in told[lang]["phrases"])} - {
        *known
    }
    if unknown:
        raise ValueError(f"notes.toml: unknown labels {sorted(unknown)}")
    return Judge(
        letters=lettering.read(folder),
        labels=known,
        counted=frozenset(told["labels"]),
        words={lang: _words(told[lang], lang, folder) for lang in binding.LANGUAGES},
    )


def _words(told: Mapping[str, object], lang: str, folder: Path) -> Words:
    voices, rows = told["voices"], told["phrases"]
    assert isinstance(voices, dict)
    assert isinstance(rows, list)
    # a denial holds a verb of ours, and is looked for first
    named = (f"(?P<{voice}>{lexicon.joined(voices[voice], lang)})" for voice in (DENIED, THEIRS, OURS))
    return Words(
        spoken=lexicon.read(folder / f"lexicon_{lang}.toml"),
        phrases=tuple((row["label"], re.compile(lexicon.joined(row["sure"], lang))) for row in rows),
        voices=re.compile("|".join(named)),
        innocent=re.compile(lexicon.joined(str(told["innocent"]), lang)),
    )
