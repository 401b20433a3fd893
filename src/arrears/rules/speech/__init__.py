"""The screen of words: what may be said to whom, in Chinese and English. See docs/words.md.

`screen` is for templates, agents' messages, generated replies and transcripts. What it lets through may leave; what it
does not has a label, a rule, the places and what to say instead. `converse` is the same for the turns of a
conversation, with what should be said in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput
from arrears.rules.speech import conversations, screening
from arrears.rules.speech.conduct import Check
from arrears.rules.speech.conversations import Conversation, Judged
from arrears.rules.speech.screening import Finding
from arrears.rules.speech.told import Utterance

__all__ = ["UNREADABLE", "Check", "Conversation", "Finding", "Judged", "Utterance", "converse", "screen"]

#: What reading a file of speech of a lender may raise: refusals, and whatever a TOML without a schema can hold wrong.
UNREADABLE = (InvalidInput, ValueError, LookupError, TypeError, AttributeError, OSError)


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
