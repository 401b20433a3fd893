"""What the carrier says of its own accord, read: reports on our messages, and messages from people.

Called by the adapter with each breath, before anything is written down. An unknown word is reported loudly and kept as
an UNKNOWN outcome; nothing is dropped but a report that names no message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from smpplib.command import DeliverSM

from arrears.channels.sms_smpp import codes, mailbox, receipts
from arrears.channels.sms_smpp.settings import Settings

log = structlog.get_logger(__name__)


def read(
    delivered: Sequence[DeliverSM], settings: Settings, *, at: datetime
) -> tuple[list[receipts.Part], list[mailbox.Letter]]:
    """Sort one breath into reports and letters."""
    reports: list[receipts.Part] = []
    letters: list[mailbox.Letter] = []
    for pdu in delivered:
        if receipts.is_receipt(pdu):
            reports += _report(pdu, settings, at)
        else:
            letters.append(mailbox.letter_of(pdu, region=settings.region, at=at))
    return reports, letters


def _report(pdu: DeliverSM, settings: Settings, at: datetime) -> list[receipts.Part]:
    try:
        return [receipts.read(pdu, ids=settings.ids, zone=settings.zone, heard_at=at)]
    except codes.UnknownVendorCode as unknown:
        log.error("smpp.unknown_code", code=str(unknown.code))
        return [receipts.read_unknown(pdu, ids=settings.ids, code=str(unknown.code), heard_at=at)]
    except receipts.NamesNoMessage:
        log.error("smpp.receipt_without_message")
        return []
