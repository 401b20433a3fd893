"""The bytes of each thing we say, and the meaning of the bytes that come back.

Called by the client and the adapter. The encoding is smpplib's; this module only fills in its forms, and knows the
places where carriers and smpplib disagree. It never logs: bodies and numbers pass through here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers
from smpplib import command, command_codes, consts, exceptions, smpp

from arrears.kernel.errors import Refusal

HEADER = struct.Struct(">LLLL")
TLV = struct.Struct(">HH")
NUMBER_FIELDS = {
    0x020C: "sar_msg_ref_num",
    0x020E: "sar_total_segments",
    0x020F: "sar_segment_seqnum",
    0x0427: "message_state",
}
OCTET_FIELDS = {0x001E: "receipted_message_id", 0x0424: "message_payload"}
#: commands that smpplib names but cannot make; we never use them, and one that comes is answered as unknown
WITHOUT_CLASS = {
    "outbind", "replace_sm", "replace_sm_resp", "cancel_sm", "cancel_sm_resp", "submit_multi", "submit_multi_resp",
}  # fmt: skip
E164 = re.compile(r"\+?[0-9]{5,15}")
ADDRESS_MOST = 20
ALPHANUMERIC_MOST = 11
SHORT_CODE_MOST = 8
Broken = (exceptions.UnknownCommandError, struct.error, ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class Address:
    """A number with its type and plan, as the protocol wants it."""

    ton: int
    npi: int
    digits: str


class BadAddress(Refusal):
    """Not a number or name that the protocol can carry."""

    code = "bad_address"
    message = "The {whose} is not a number or name that SMPP can carry."


def receiver(number: str) -> Address:
    """E.164 → an international number without its plus. Raises BadAddress."""
    if not E164.fullmatch(number):
        raise BadAddress(whose="receiver")
    return Address(consts.SMPP_TON_INTL, consts.SMPP_NPI_ISDN, number.removeprefix("+"))


def sender(name: str | None) -> Address:
    """Our own number or name: +E.164, a service number, or letters; none lets the carrier choose. Raises BadAddress."""
    if not name:
        return Address(consts.SMPP_TON_UNK, consts.SMPP_NPI_UNK, "")
    if name.startswith("+"):
        return receiver(name)
    if not name.isascii() or not name.isprintable() or len(name) > ADDRESS_MOST:
        raise BadAddress(whose="sender")
    if name.isdigit():
        ton = consts.SMPP_TON_NWSPEC if len(name) <= SHORT_CODE_MOST else consts.SMPP_TON_UNK
        return Address(ton, consts.SMPP_NPI_UNK, name)
    if len(name) > ALPHANUMERIC_MOST:
        raise BadAddress(whose="sender")
    return Address(consts.SMPP_TON_ALNUM, consts.SMPP_NPI_UNK, name)


def as_e164(digits: str, ton: int, region: str) -> str:
    """A carrier's spelling of a person's number → E.164; what is no such number stays as it is."""
    try:
        parsed = phonenumbers.parse(f"+{digits}" if ton == consts.SMPP_TON_INTL else digits, region)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_valid_number(parsed):
        return digits
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def absolute_time(at: datetime) -> str:
    """A moment as the protocol writes it: YYMMDDhhmmss, tenths, quarter hours from UTC, and a sign."""
    return at.astimezone(UTC).strftime("%y%m%d%H%M%S") + "000+"


@dataclass(frozen=True, slots=True)
class Short:
    """One short message to submit."""

    source: Address
    target: Address
    body: bytes
    coding: int
    esm_class: int
    valid_until: str


class Submit(command.SubmitSM):  # type: ignore[misc]
    """A submit_sm without the optional fields: we use none, and filling in 27 empty ones costs most of the time."""

    params_order = command.SubmitSM.params_order[:18]
    params = {name: command.SubmitSM.params[name] for name in command.SubmitSM.params_order[:18]}


class Tolerant:
    """Reads the few optional fields that we use, and skips the others.

    smpplib stops at a field that it knows from another command, and takes the last octet of a text field for a closing
    zero that some carriers leave out. Either would cost us an answer or a receipt.
    """

    def parse_optional_params(self, data: bytes) -> None:
        at = 0
        while at + 4 <= len(data):
            tag, length = TLV.unpack_from(data, at)
            value = data[at + 4 : at + 4 + length]
            if tag in NUMBER_FIELDS:
                setattr(self, NUMBER_FIELDS[tag], int.from_bytes(value, "big"))
            elif tag in OCTET_FIELDS:
                setattr(self, OCTET_FIELDS[tag], value)
            at += 4 + length


def _classes() -> dict[int, tuple[type[command.Command], str]]:
    """command_id → (class, name), for what smpplib has a class for; its own look-up is one by one for each PDU.

    The forms lose the optional fields that we do not read: preparing them empty would cost more than reading the rest.
    """
    used = {*NUMBER_FIELDS.values(), *OCTET_FIELDS.values()}
    found = {}
    for name, code in command_codes.commands.items():
        if name in WITHOUT_CLASS:
            continue
        kind = type(smpp.make_pdu(name, sequence=0))
        order = tuple(one for one in kind.params_order if one not in consts.OPTIONAL_PARAMS or one in used)
        form = {"params_order": order, "params": {one: kind.params[one] for one in order}}
        found[code] = (type(kind.__name__, (Tolerant, kind), form), name)
    return found


CLASSES = _classes()


def submit(short: Short, sequence: int) -> bytes:
    """A submit_sm that asks for a receipt on success and on failure."""
    return _bytes(
        Submit(
            "submit_sm",
            sequence=sequence,
            source_addr_ton=short.source.ton,
            source_addr_npi=short.source.npi,
            source_addr=short.source.digits,
            dest_addr_ton=short.target.ton,
            dest_addr_npi=short.target.npi,
            destination_addr=short.target.digits,
            esm_class=short.esm_class,
            data_coding=short.coding,
            short_message=short.body,
            validity_period=short.valid_until,
            registered_delivery=consts.SMPP_SMSC_DELIVERY_RECEIPT_BOTH,
        ),
        sequence,
    )


def bind(system_id: str, password: str, system_type: str, sequence: int) -> bytes:
    """A bind_transceiver: one connection that sends and hears."""
    asked = command.BindTransceiver(
        "bind_transceiver", sequence=sequence, system_id=system_id, password=password, system_type=system_type
    )
    return _bytes(asked, sequence)


def query(message_id: str, source: Address, sequence: int) -> bytes:
    """A query_sm for one short message; carriers compare the sender with the one it was submitted with."""
    asked = command.QuerySM(
        "query_sm",
        sequence=sequence,
        message_id=message_id,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.digits,
    )
    return _bytes(asked, sequence)


def bare(name: str, sequence: int, status: int = consts.SMPP_ESME_ROK) -> bytes:
    """A PDU that says nothing but its name: enquire_link, unbind, and the answers to what the carrier asks."""
    return _bytes(smpp.make_pdu(name, sequence=sequence, status=status), sequence)


def _bytes(pdu: command.Command, sequence: int) -> bytes:
    pdu.sequence = sequence
    written: bytes = pdu.generate()
    return written


def parse(frame: bytes) -> command.Command:
    """The PDU in a whole frame; one of `Broken` when it cannot be read. Fields that we do not use are skipped."""
    code = int.from_bytes(frame[4:8], "big")
    if code not in CLASSES:
        raise exceptions.UnknownCommandError(f"command 0x{code:08x}")
    kind, name = CLASSES[code]
    pdu = kind(name, sequence=0)
    pdu.parse(frame)
    return pdu
