"""Keep what was said in a call or visit, word for word, and have our side of it screened.

Called by the console. A transcript is kept once and never changed; what is found wanting in it stands in the queue of
the compliance desk from the same transaction on.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import screen_words
from arrears.actions.screen_words import Heard
from arrears.records.contacts import transcripts


def keep_transcript(*, contact_id: str, text: str, at: datetime, actor: str) -> bool:
    """Keep a transcript. Each line is a turn, with or without the name of who speaks (`rules.speech.transcripts`).

    returns : whether something was found wanting, and flagged as the words of who made the contact
    raises  : NoSuchContact, transcripts.NothingToTranscribe, NothingSaid, TranscribedAlready
    """
    spoken = transcripts.spoken(contact_id)
    heard = Heard(contact_id, spoken.customer_id, spoken.case_id, spoken.channel, spoken.relation)
    findings = screen_words.of_transcript(text[: transcripts.LONGEST], heard=heard, outcome=spoken.outcome, at=at)
    with transaction.atomic():
        transcripts.keep(contact_id=contact_id, text=text, at=at, actor=actor)
        screen_words.flag(findings, heard=heard, said=screen_words.TRANSCRIPT, at=at, actor=spoken.actor)
    return bool(findings)
