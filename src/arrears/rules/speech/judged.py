"""What a second opinion is asked about, and what it adds to a judgement of a text or of a conversation.

Called by `arrears screen`. See `second` for what counts as an opinion.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from arrears.rules.speech import labels, second, turns
from arrears.rules.speech.conversations import Conversation, Judged
from arrears.rules.speech.second import Opinion
from arrears.rules.speech.told import Utterance

__all__ = ["Opinion", "asked", "with_opinion"]


def asked(utterance: Utterance | None, conversation: Conversation | None) -> Utterance:
    """What is asked about: the text, or all that the agent said, a turn a line."""
    if conversation is None:
        assert utterance is not None
        return utterance
    return replace(conversation.case, text="\n".join(text for _, text in _spoken(conversation)))


def with_opinion(
    before: Judged, conversation: Conversation | None, about: Utterance, opinion: Opinion, policies: Path
) -> Judged:
    """The judgement with what the opinion adds, in the turn that shows it.

    about : what was asked about, as `asked` gave it
    """
    known = labels.read(policies / "speech")
    lang = about.lang or ("zh" if any("\u3400" <= one <= "\u9fff" for one in about.text) else "en")
    law = about.truths.law or {"zh": "cn", "en": "us"}[lang]
    finding = second.joined(before.finding, opinion, known, lang=lang, law=law)
    if conversation is None or not finding.violation or before.finding.violation:
        return replace(before, finding=finding)
    spoken = _spoken(conversation)
    begins = list(accumulate((len(text) + 1 for _, text in spoken), initial=0))
    place = max(at for at in range(len(spoken)) if begins[at] <= opinion.start)
    number, text = spoken[place]
    span = (opinion.start - begins[place], min(opinion.end - begins[place], len(text)))
    return replace(before, finding=replace(finding, spans=(span,)), turn=number)


def _spoken(conversation: Conversation) -> list[tuple[int, str]]:
    """The turns of whoever speaks for us, by their numbers."""
    return [(at, one.text) for at, one in enumerate(conversation.turns) if one.speaker in turns.SPEAKING]
