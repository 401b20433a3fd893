"""Keep what was said in a call or visit, word for word; our side of it is screened, and theirs is heard.

Called by the console. A transcript is kept once and never changed. What is found wanting in our words stands in the
queue of the compliance desk from the same transaction on, and what theirs tell is acted upon in it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import hear_person, screen_words
from arrears.actions.screen_words import Words
from arrears.records.contacts import transcripts
from arrears.rules.compliance import facts
from arrears.rules.resistance import Heard
from arrears.rules.speech import transcripts as turns


def keep_transcript(*, contact_id: str, text: str, at: datetime, actor: str) -> bool:
    """Keep a transcript. Each line is a turn, with or without the name of who speaks (`rules.speech.transcripts`).

    returns : whether something was found wanting, and flagged as the words of who made the contact
    raises  : NoSuchContact, transcripts.NothingToTranscribe, NothingSaid, TranscribedAlready
    """
    spoken = transcripts.spoken(contact_id)
    words = Words(
        screen_words.TRANSCRIPT, contact_id, spoken.customer_id, spoken.case_id, spoken.channel, spoken.relation
    )
    findings = screen_words.of_transcript(
        text[: transcripts.LONGEST], words=words, outcome=spoken.outcome, at=spoken.at
    )
    told = _heard(text[: transcripts.LONGEST], is_own=spoken.outcome in facts.CONVERSED)
    with transaction.atomic():
        transcripts.keep(contact_id=contact_id, text=text, at=at, actor=actor)
        screen_words.flag(findings, words=words, at=at, actor=spoken.actor)
        for heard, is_own in told:
            hear_person.act(
                customer_id=spoken.customer_id, heard=heard, contact_id=contact_id, at=at, actor=actor, is_own=is_own
            )
    return bool(findings)


def _heard(text: str, *, is_own: bool) -> list[tuple[Heard, bool]]:
    """What a transcript tells, and whether it is surely of the person: what stands under no name may be anybody's, and
    a yes to our question whether there is a danger tells what the question says."""
    theirs = "\n".join(turn.text for turn in turns.theirs(text))
    anybodys = "\n".join(turn.text for turn in turns.unnamed(text))
    asked = "\n".join(turns.affirmed(text))
    found = [(heard, is_own) for heard in hear_person.listen([theirs] if theirs else [])]
    others = [words for words in (anybodys, asked) if words]
    return found + [(heard, False) for heard in hear_person.listen(others)]
