"""Asking the carrier what became of accepted messages whose receipts are overdue: query_sm, part by part.

Called by the adapter. The answers are merged as receipts are; what is not final, or not known there, is no answer.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from arrears.channels.base import Receipt
from arrears.channels.sms_smpp import client, codes, pdus, receipts
from arrears.channels.sms_smpp.journal import Taken
from arrears.channels.sms_smpp.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Query:
    """A query_sm on its way, and its answer."""

    taken: Taken
    answered: threading.Event = field(default_factory=threading.Event)
    part: receipts.Part | None = None

    def hear(self, answer: client.Answer, settings: Settings, *, at: datetime) -> None:
        """Called by the reading thread with what the carrier said."""
        if codes.judged(answer.pdu.status, settings.vendor_codes).then is codes.Then.TAKEN:
            state, final_date = answer.pdu.message_state, answer.pdu.final_date
            try:
                self.part = receipts.from_state(self.taken.message_id, state, final_date, heard_at=at)
            except codes.UnknownVendorCode as unknown:
                log.error("smpp.unknown_code", code=str(unknown.code))
        self.answered.set()


def inquire(
    carrier: client.Client, room: threading.Semaphore, named: Sequence[Taken], *, seconds: float
) -> Receipt | None:
    """Ask after all parts of one contact, and wait at most so long; each question takes a place in the window."""
    queries = [Query(one) for one in named]
    for query in queries:
        room.acquire()
        source = pdus.sender(query.taken.sender)
        try:
            carrier.ask([(functools.partial(pdus.query, query.taken.message_id, source), query)])
        except client.NotBound:
            room.release()
            return None
    deadline = time.monotonic() + seconds
    for query in queries:
        query.answered.wait(max(0.0, deadline - time.monotonic()))
    parts = [query.part for query in queries if query.part is not None]
    whole = receipts.merge(parts, named[0].count) if parts else None
    if whole is None or whole.outcome is None:
        return None
    return Receipt(named[0].message_id, whole.outcome, whole.at, whole.code, named[0].contact_id or None)
