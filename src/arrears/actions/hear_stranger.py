"""Hear what comes from a number that nobody is known by: a life at risk is told to a colleague, whoever's it is.

Called by `contact_receipts` inside the transaction that records the message. There is no case to ask for care in and
nobody to leave alone; so the page of the people heard, and every page of those who may act, tell of it until somebody
has opened it. Of what is not grave the feelings and reasons are kept, and not a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from arrears.actions import words_in_force
from arrears.channels.base import Inbound
from arrears.kernel import identifiers
from arrears.records.audit import operations as audit
from arrears.records.contacts import strangers
from arrears.records.contacts.strangers import Message
from arrears.rules import speech
from arrears.rules.resistance import Heard
from arrears.rules.speech import told

#: What the screen calls words that threaten a life or a limb.
VIOLENCE = "THREAT_VIOLENCE"


def threats(texts: Sequence[str]) -> list[bool]:
    """Does each text speak of doing violence, to whomever? Read as the screen reads our own words."""
    said = [speech.Utterance(text, who=told.DEBTOR) for text in texts]
    found = speech.screen(said, by=words_in_force.speech().folder)
    return [finding.label == VIOLENCE for finding in found]


def heed(
    message: Inbound, *, heard: Heard, threatens: bool, index: str, channel: str, kind: str, at: datetime, actor: str
) -> bool:
    """Put on record that a stranger wrote, and what that tells; returns whether a person is alerted.

    index : the keyed hash of where it came from, which names it in the trail; the same message twice alerts once
    """
    card = heard.card
    is_grave = threatens or (card is not None and card.stops)
    code, signals = card.code if card else "", [one.code for one in heard.signals]
    heard_of: dict[str, Any] = {"signals": signals, "threatens": threatens} if signals or threatens else {}
    audit.record("inbound.stranger", subject=index, actor=actor, at=at, after=code, channel=channel, **heard_of)
    if not heard_of:
        return False
    is_new = strangers.keep(
        message_id=identifiers.derived_id("stranger", kind, index, message.token, message.at.isoformat(), message.text),
        channel=channel,
        card=code,
        signals=signals,
        threatens=threatens,
        grave=Message(message.from_, message.text) if is_grave else None,
        at=at,
    )
    return is_grave and is_new
