"""What a conversation should hold: who speaks for whom, that it is recorded, that it is the person, where to complain.

The positive side of the screen, on the turns of one conversation or on one written message. Nothing of a debt may be
said before the person is known to be the person: that is a disclosure, with its place. What else is missing is told
with the rule that asks for it. Pure; called by `arrears screen` for lines with turns.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from arrears import policies
from arrears.rules.speech import binding, folding, lettering, lexicon, turns
from arrears.rules.speech.folding import Folded
from arrears.rules.speech.turns import Turn

CALL, MESSAGE = "CALL", "MESSAGE"
VERIFIED = "VERIFIED"
INSTITUTION, RECORDING = "INSTITUTION", "RECORDING"
#: What a conversation opens with, whoever it is with.
NOTICES = frozenset({INSTITUTION, "AGENT", RECORDING})
#: Channels on which one speaks; all others are written.
SPOKEN = frozenset({"", "call", "ai_call", "phone", "voice", "visit", "电话", "上门", "外访"})
_VERIFIED_RULE = {"cn": "CN-CC11-68", "us": "US-REGF-6D-THIRD", "uk": "UK-CONC-7.9.6"}
_VERIFIED_CITATION = {
    "cn": "《商业银行信用卡业务监督管理办法》（银监会令2011年第2号）第六十八条",
    "us": "15 USC 1692c(b); 12 CFR 1006.6(d)",
    "uk": "FCA CONC 7.9.6",
}


@dataclass(frozen=True)
class Check:
    """One thing that should be said; turn, span : where it is, None where it is not

    Of VERIFIED the place is the one where the debt was spoken of too early, if it was.
    """

    code: str
    said: bool
    rule: str
    citation: str
    turn: int | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Rule:
    code: str
    on: frozenset[str]
    rule: Mapping[str, str]
    citation: Mapping[str, str]
    says: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Conduct:
    """The rules of a folder of policies."""

    rules: tuple[_Rule, ...]
    asks: Mapping[str, re.Pattern[str]]
    confirms: Mapping[str, re.Pattern[str]]
    denies: Mapping[str, re.Pattern[str]]
    reveals: Mapping[str, re.Pattern[str]]
    letters: lettering.Lettering

    def checked(self, said: Sequence[Turn], *, channel: str, law: str, is_known: bool) -> list[Check]:
        """See `check`."""
        folded = [folding.fold(turn.text, self.letters) for turn in said]
        on = CALL if channel in SPOKEN else MESSAGE
        lang = "zh" if any(folding.is_chinese(one.text) for one in folded) else "en"
        place = law or {"zh": "cn", "en": "us"}[lang]
        found = [
            self._found(rule, said, folded, lang, place) for rule in self.rules if on in rule.on and place in rule.rule
        ]
        return [*found, self._early(said, folded, lang, place, is_known=is_known)] if on == CALL else found

    def _found(self, rule: _Rule, said: Sequence[Turn], folded: list[Folded], lang: str, place: str) -> Check:
        """An announcement tells of the recording alone, before somebody speaks for us."""
        speakers = turns.OURS if rule.code == RECORDING else turns.SPEAKING
        for at, turn in enumerate(said):
            match = rule.says[lang].search(folded[at].text) if turn.speaker in speakers else None
            speakers = turns.SPEAKING if turn.speaker in turns.SPEAKING else speakers
            if match is not None:
                span = folded[at].place(match.start(), max(match.end(), match.start() + 1))
                return Check(rule.code, True, rule.rule[place], rule.citation[place], at, span)
        return Check(rule.code, False, rule.rule[place], rule.citation[place])

    def _early(self, said: Sequence[Turn], folded: list[Folded], lang: str, place: str, *, is_known: bool) -> Check:
        """Was it made sure whom we speak with before the debt was spoken of? Whoever speaks of it first is not told.

        Who is not known to be of either side may confirm, and what they let know is ours to have let known.
        """
        is_asked, known, rule = False, is_known, (_VERIFIED_RULE[place], _VERIFIED_CITATION[place])
        for at, turn in enumerate(said):
            text = self._unnamed(folded[at].text, lang)
            lets_know = self.reveals[lang].search(text)
            if turn.speaker in turns.OURS and lets_know and not known:
                span = folded[at].place(lets_know.start(), max(lets_know.end(), lets_know.start() + 1))
                return Check(VERIFIED, False, *rule, at, span)
            if turn.speaker in {turns.BORROWER, turns.UNKNOWN}:
                if self.denies[lang].search(text):
                    is_asked = False
                elif (is_asked and self.confirms[lang].search(text)) or lets_know:
                    known = True
            if turn.speaker in turns.OURS:
                is_asked = is_asked or bool(self.asks[lang].search(text))
        return Check(VERIFIED, known, *rule)

    def _unnamed(self, text: str, lang: str) -> str:
        """Without the name of who speaks: a bank's card centre that says its name has not told of a debt."""
        return self.rules[0].says[lang].sub(lambda name: "□" * len(name[0]), text)


def check(
    said: Sequence[Turn], *, channel: str = "", law: str = "", is_known: bool = False, by: Path | None = None
) -> list[Check]:
    """What of that which should be said was said, and what of a debt was said too early.

    said     : the turns in order; one agent's turn is a message
    channel  : lower case, as the screen's; spoken channels are asked for more than written ones
    law      : cn, us or uk; by the language where it is blank
    is_known : was the person made sure of before, as in an app that they have signed in to?
    returns  : each check of that place once; a VERIFIED that is false and has a place is a disclosure
    """
    return _read(by or policies.folder()).checked(said, channel=channel, law=law, is_known=is_known)


@lru_cache(maxsize=4)
def _read(folder: Path) -> Conduct:
    told = tomllib.loads((folder / "speech" / "conduct.toml").read_text(encoding="utf-8"))
    rules = tuple(
        _Rule(row["code"], frozenset(row["on"]), row["rule"], row["citation"], _compiled(row)) for row in told["checks"]
    )
    person = {name: _compiled(rows) for name, rows in told["person"].items()}
    case = binding.read(folder / "speech" / "claims.toml")
    return Conduct(rules, **person, reveals=case.reveals, letters=lettering.read(folder / "speech"))


def _compiled(row: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    lines = {lang: [line for line in row[lang].splitlines() if line.strip()] for lang in binding.LANGUAGES}
    return {
        lang: re.compile(
            "|".join(lexicon.joined(one, lang) if one[0] not in "^[" else _bare(one, lang) for one in each)
        )
        for lang, each in lines.items()
    }


def _bare(line: str, lang: str) -> str:
    """A line that begins where no word can: at the beginning of a turn, or with a bracket."""
    return lexicon.joined(line, lang).removeprefix(r"\b") if lang == "en" else lexicon.joined(line, lang)
