"""What a delivery receipt says: which message, what became of it, and when.

Called by the reader for each deliver_sm that is a receipt. Carriers write receipts in two forms, often both at once:
fields of their own (receipted_message_id, message_state) and a line of text ("id:… sub:… dlvrd:… done date:… stat:…
err:… text:…"). The fields win. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from smpplib.command import DeliverSM

from arrears.channels.base import Outcome
from arrears.channels.sms_smpp import codes

FIELD = re.compile(r"\b(id|sub|dlvrd|submit date|done date|stat|err):(\S*)", re.IGNORECASE)
RECEIPT_TYPES = 0x3C
RECEIPT_FINAL = 0x04


class Ids(StrEnum):
    """How a carrier writes the same id in its answers and in its receipts."""

    SAME = "SAME"
    HEX_THEN_DECIMAL = "HEX_THEN_DECIMAL"
    DECIMAL_THEN_HEX = "DECIMAL_THEN_HEX"


class NamesNoMessage(ValueError):
    """A receipt that does not say which message it is about."""


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one short message. `outcome` is None while nothing is final."""

    message_id: str
    outcome: Outcome | None
    at: datetime
    code: str


def is_receipt(pdu: DeliverSM) -> bool:
    """Whether a deliver_sm reports on a message of ours instead of bringing one."""
    return bool((pdu.esm_class or 0) & RECEIPT_TYPES == RECEIPT_FINAL or pdu.receipted_message_id)


def read(pdu: DeliverSM, *, ids: Ids, zone: str, heard_at: datetime) -> Part:
    """Read a receipt.

    zone     : the carrier's wall clock, in which it writes "done date"
    heard_at : used where the receipt gives no readable date
    raises   : codes.UnknownVendorCode when the state is in no table; NamesNoMessage
    """
    text = (pdu.short_message or pdu.message_payload or b"").decode("latin-1")
    fields = _fields(text)
    message_id = as_answered(_message_id(pdu.receipted_message_id, fields.get("id")), ids)
    outcome = codes.outcome_of(pdu.message_state, fields.get("stat"))
    word = fields.get("stat") or codes.STATES[pdu.message_state][0]
    error = fields.get("err", "")
    at = read_date(fields.get("done date", ""), zone) or heard_at
    return Part(message_id, outcome, at, f"{word}:{error}" if error.strip("0") else word)


def read_unknown(pdu: DeliverSM, *, ids: Ids, code: str, heard_at: datetime) -> Part:
    """A receipt whose state is in no table: it is final for all we know, and a person must look at its code."""
    text = (pdu.short_message or pdu.message_payload or b"").decode("latin-1")
    message_id = _message_id(pdu.receipted_message_id, _fields(text).get("id"))
    return Part(as_answered(message_id, ids), Outcome.UNKNOWN, heard_at, code)


def from_state(message_id: str, state: int, final_date: bytes | None, *, heard_at: datetime) -> Part:
    """The answer to a query; its date is an absolute time of the protocol, or empty while nothing is final."""
    at = read_date((final_date or b"")[:12].decode("latin-1"), "UTC") or heard_at
    return Part(message_id, codes.outcome_of(state, None), at, codes.STATES[state][0])


def merge(parts: Sequence[Part], count: int) -> Part | None:
    """What became of a whole text of `count` short messages, once that is certain; named by its first part.

    It failed as soon as one part did; it was delivered when all were; else nothing is certain yet.
    """
    final = [part for part in parts if part.outcome is not None]
    for part in final:
        if part.outcome is not Outcome.DELIVERED:
            return replace(part, message_id=parts[0].message_id)
    if len(final) < count:
        return None
    return replace(max(final, key=lambda part: part.at), message_id=parts[0].message_id)


def _fields(text: str) -> dict[str, str]:
    """The named values of a receipt's line, without the borrower's text that some carriers quote at its end."""
    head = re.split(r"\stext:", text, maxsplit=1, flags=re.IGNORECASE)[0]
    return {name.lower(): value for name, value in FIELD.findall(head)}


def _message_id(field: bytes | None, word: str | None) -> str:
    message_id = (field or b"").rstrip(b"\0").decode("latin-1") or word
    if not message_id:
        raise NamesNoMessage
    return message_id


def as_answered(receipt_id: str, ids: Ids) -> str:
    """An id of a receipt in the form of the submit answers; an id that does not read as such is left as it is."""
    try:
        if ids is Ids.HEX_THEN_DECIMAL:
            return normal(f"{int(receipt_id, 10):x}", ids)
        if ids is Ids.DECIMAL_THEN_HEX:
            return normal(str(int(receipt_id, 16)), ids)
    except ValueError:
        return receipt_id
    return receipt_id


def normal(answered_id: str, ids: Ids) -> str:
    """An id of a submit answer in the form under which it is kept: numbers lose leading zeros and capitals."""
    if ids is Ids.SAME:
        return answered_id
    return answered_id.lower().lstrip("0") or "0"


def read_date(written: str, zone: str) -> datetime | None:
    """A receipt's date (YYMMDDhhmm, with seconds or with a whole year) as a UTC moment; None when unreadable."""
    if len(written) not in (10, 12, 14) or not written.isascii() or not written.isdigit():
        return None
    full = written if len(written) == 14 else f"20{written}"
    # Cut by hand: strptime would be a tenth of all the time that a receipt takes.
    numbers = [int(full[:4]), *(int(full[start : start + 2]) for start in range(4, len(full), 2))]
    try:
        return datetime(*numbers, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
