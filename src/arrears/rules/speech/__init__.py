"""The screen of words: what may be said to whom, in Chinese and English. See docs/words.md.

`screen` is for templates, agents' messages, generated replies and transcripts. What it lets through may leave; what it
does not has a label, a rule, the places and what to say instead. `converse` is the same for the turns of a
conversation, with what should be said in it; `noted` is for what our people put down about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput
from arrears.rules.speech import conduct, conversations, labels, lexicon, notes, screening
from arrears.rules.speech.conduct import Check
from arrears.rules.speech.conversations import Conversation, Judged
from arrears.rules.speech.screening import Finding
from arrears.rules.speech.told import Utterance
from arrears.rules.speech.turns import AGENT, Turn

__all__ = [
    "Check",
    "Conversation",
    "Finding",
    "Judged",
    "Utterance",
    "converse",
    "left_unsaid",
    "noted",
    "screen",
    "told_early",
    "tried",
]


class WrongWords(InvalidInput):
    code = "wrong_words"
    message = "The rules of speech cannot be used: {why}"


def screen(utterances: Iterable[Utterance], *, by: Path | None = None) -> list[Finding]:
    """Judge utterances, each by its text, whom it is said to, and what is true of the case.

    utterances : see `told.Utterance`; an unknown recipient is a third party, an untold fact is not proven
    by         : the folder of policies in force; the shipped ones when left out
    returns    : one finding for each, in order
    example    : screen([Utterance("明天就让警察抓你", who="DEBTOR")])[0].label -> "THREAT_ARREST"
    """
    return list(screening.read(by or policies.folder()).judge(utterances))


def converse(told: Iterable[Conversation], *, by: Path | None = None) -> list[Judged]:
    """Judge conversations: each turn of an agent as an utterance, and what should be said and when.

    returns : one for each, in order; the gravest finding with its turn, and every check
    example : a debt spoken of before the person is known to be the person is THIRD_PARTY_DISCLOSURE
    """
    return conversations.judged(list(told), by or policies.folder())


def told_early(said: Sequence[Turn], *, channel: str, law: str, by: Path | None = None) -> tuple[int, Finding] | None:
    """Was a debt spoken of before the person was known to be the person? The turn, from 0, and the finding.

    said    : the turns of both sides; where the other side says nothing it cannot be known, and nothing is found
    channel : lower case; a written one has nobody to ask
    """
    if all(turn.speaker == AGENT for turn in said):
        return None
    folder = by or policies.folder()
    checks = conduct.check(said, channel=channel, law=law, by=folder)
    return conversations.told_early(checks, labels.read(folder / "speech"), law=law, lang="")


def left_unsaid(
    said: Sequence[Turn], *, channel: str, law: str, names: Sequence[str] = (), by: Path | None = None
) -> list[Check]:
    """What a conversation should have opened with and did not: who speaks, for whom, and that it is recorded.

    said    : the turns of both sides; where either says nothing it is no whole conversation, and nothing is missing
    names   : of the lender itself, however little they sound like a lender's
    returns : each notice that was not said, with the rule that asks for it; none is asked for in writing
    """
    spoken = {turn.speaker for turn in said}
    if len(spoken) < 2 or channel not in conduct.SPOKEN:
        return []
    checks = conduct.check(said, channel=channel, law=law, by=by or policies.folder())
    ours = " ".join(turn.text for turn in said if turn.speaker == AGENT).lower()
    is_named = any(name and name.lower() in ours for name in names)
    return [
        one
        for one in checks
        if one.code in conduct.NOTICES and not one.said and not (is_named and one.code == conduct.INSTITUTION)
    ]


def noted(note: str, *, law: str = "", by: Path | None = None) -> list[Finding]:
    """What may not stand in a note about a person: insults, threats that were made, a debt told to somebody else.

    law     : cn, us or uk; blank is the law of the language
    returns : one finding a label, the gravest first; none for an ordinary note
    example : noted("客户说再打就报警") -> []; noted("告诉他再不还就让警察抓他")[0].label -> "THREAT_ARREST"
    """
    return notes.read(by or policies.folder()).judge(note, law)


def tried(by: Path) -> Path:
    """A folder of policies of which every rule of speech can be used; raises WrongWords for the first that cannot."""
    try:
        screen([Utterance("您好"), Utterance("hello")], by=by)
        for note in ("您好", "hello"):
            noted(note, by=by)
    except lexicon.UNREADABLE as wrong:
        raise WrongWords(why=str(wrong) or type(wrong).__name__) from None
    return by
