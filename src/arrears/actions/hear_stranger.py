"""Hear what comes from a number that nobody is known by: a life at risk is told to a colleague, whoever's it is.

Called by `contact_receipts` inside the transaction that records the message, and by `take_complaint` for a complaint
of which nobody knows whose it is. There is no case to ask for care in and
nobody to leave alone; so the page of the people heard, and every page of those who may act, tell of it until somebody
has opened it. Of what is not grave the feelings and reasons are kept, and not a word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from arrears.channels.base import Inbound
from arrears.kernel import identifiers
from arrears.records.audit import operations as audit
from arrears.records.contacts import strangers
from arrears.records.contacts.strangers import Message
from arrears.rules.resistance import Heard


def heed(message: Inbound, *, heard: Heard, index: str, channel: str, kind: str, at: datetime, actor: str) -> bool:
    """Put on record that a stranger wrote, and what that tells; returns whether a person is alerted.

    index : the keyed hash of where it came from, which names it in the trail; the same message twice alerts once
    """
    code, signals = heard.card.code if heard.card else "", [one.code for one in heard.signals]
    heard_of: dict[str, Any] = {"signals": signals, "threatens": heard.threatens} if signals else {}
    audit.record("inbound.stranger", subject=index, actor=actor, at=at, after=code, channel=channel, **heard_of)
    if not heard_of:
        return False
    told = ("stranger", kind, index, message.token, message.at.isoformat(), message.text)
    return _keep(identifiers.derived_id(*told), heard, Message(message.from_, message.text), channel=channel, at=at)


def heed_complaint(complaint_id: str, *, heard: Heard, channel: str, at: datetime) -> bool:
    """Tell of a danger in a complaint of nobody known; returns whether a person is alerted. What is not grave waits.

    Only which complaint it is stands there: its words are opened where it is worked, and by nobody whom it is about.
    """
    if not (heard.is_grave or heard.threatens):
        return False
    message_id = identifiers.derived_id("stranger", "complaint", complaint_id)
    return _keep(message_id, heard, Message(complaint_id, ""), channel=channel, at=at)


def _keep(message_id: str, heard: Heard, message: Message, *, channel: str, at: datetime) -> bool:
    is_grave = heard.is_grave or heard.threatens
    is_new = strangers.keep(
        message_id=message_id,
        channel=channel,
        card=heard.card.code if heard.card else "",
        signals=[one.code for one in heard.signals],
        threatens=heard.threatens,
        grave=message if is_grave else None,
        at=at,
    )
    return is_grave and is_new
