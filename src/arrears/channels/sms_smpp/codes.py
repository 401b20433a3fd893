"""What every number that a carrier answers with means, and what we may do about it.

One row a code; the table is SMPP 3.4 §5.1.3 (command_status) and §5.2.28 (message_state), whole. A vendor's own codes
(0x400 and above) are given as settings. An unknown code is an error that nobody can overlook: for a submitted message
it leaves a doubt, because nobody can say whether the message went out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from arrears.channels.base import Outcome
from arrears.kernel.errors import ChannelError

log = structlog.get_logger(__name__)


class Then(StrEnum):
    """What follows from an answer."""

    TAKEN = "TAKEN"
    SLOWER = "SLOWER"  # the vendor took nothing and wants us to wait: try again by ourselves
    LATER = "LATER"  # nothing was taken; the outbox may try again another time
    NEVER = "NEVER"  # nothing was taken and trying again cannot help: address, text or contract is wrong
    DOUBT = "DOUBT"  # the answer does not say whether anything was taken


@dataclass(frozen=True, slots=True)
class Meaning:
    """A status in the vendor's name, in words, and what follows."""

    name: str
    words: str
    then: Then


class UnknownVendorCode(ChannelError):
    """The vendor said something that is in no table."""

    def __init__(self, code: object) -> None:
        self.code = code
        super().__init__(f"unknown message state {code}: add it to the table with its meaning")


T = Then
STATUSES: Mapping[int, Meaning] = {
    0x00: Meaning("ESME_ROK", "taken", T.TAKEN),
    0x01: Meaning("ESME_RINVMSGLEN", "the message length is invalid", T.NEVER),
    0x02: Meaning("ESME_RINVCMDLEN", "the command length is invalid", T.NEVER),
    0x03: Meaning("ESME_RINVCMDID", "the command is not known there", T.NEVER),
    0x04: Meaning("ESME_RINVBNDSTS", "not bound for this command", T.LATER),
    0x05: Meaning("ESME_RALYBND", "already bound", T.LATER),
    0x06: Meaning("ESME_RINVPRTFLG", "the priority is invalid", T.NEVER),
    0x07: Meaning("ESME_RINVREGDLVFLG", "the receipt flag is invalid", T.NEVER),
    0x08: Meaning("ESME_RSYSERR", "the carrier's system failed; it does not say before or after taking it", T.DOUBT),
    0x0A: Meaning("ESME_RINVSRCADR", "the sender is not valid", T.NEVER),
    0x0B: Meaning("ESME_RINVDSTADR", "the receiving number is not valid", T.NEVER),
    0x0C: Meaning("ESME_RINVMSGID", "the message reference is not known there", T.NEVER),
    0x0D: Meaning("ESME_RBINDFAIL", "the bind failed", T.LATER),
    0x0E: Meaning("ESME_RINVPASWD", "the password is wrong", T.NEVER),
    0x0F: Meaning("ESME_RINVSYSID", "the system id is wrong", T.NEVER),
    0x11: Meaning("ESME_RCANCELFAIL", "the message could not be cancelled", T.NEVER),
    0x13: Meaning("ESME_RREPLACEFAIL", "the message could not be replaced", T.NEVER),
    0x14: Meaning("ESME_RMSGQFUL", "the carrier's queue is full", T.SLOWER),
    0x15: Meaning("ESME_RINVSERTYP", "the service type is not valid", T.NEVER),
    0x33: Meaning("ESME_RINVNUMDESTS", "the number of receivers is invalid", T.NEVER),
    0x34: Meaning("ESME_RINVDLNAME", "the distribution list is not known", T.NEVER),
    0x40: Meaning("ESME_RINVDESTFLAG", "the receiver flag is invalid", T.NEVER),
    0x42: Meaning("ESME_RINVSUBREP", "replacing is not possible here", T.NEVER),
    0x43: Meaning("ESME_RINVESMCLASS", "the message class is invalid", T.NEVER),
    0x44: Meaning("ESME_RCNTSUBDL", "the distribution list cannot be used", T.NEVER),
    0x45: Meaning("ESME_RSUBMITFAIL", "the submission failed", T.LATER),
    0x48: Meaning("ESME_RINVSRCTON", "the sender's number type is invalid", T.NEVER),
    0x49: Meaning("ESME_RINVSRCNPI", "the sender's numbering plan is invalid", T.NEVER),
    0x50: Meaning("ESME_RINVDSTTON", "the receiver's number type is invalid", T.NEVER),
    0x51: Meaning("ESME_RINVDSTNPI", "the receiver's numbering plan is invalid", T.NEVER),
    0x53: Meaning("ESME_RINVSYSTYP", "the system type is invalid", T.NEVER),
    0x54: Meaning("ESME_RINVREPFLAG", "the replace flag is invalid", T.NEVER),
    0x55: Meaning("ESME_RINVNUMMSGS", "the number of messages is invalid", T.NEVER),
    0x58: Meaning("ESME_RTHROTTLED", "more than the agreed rate", T.SLOWER),
    0x61: Meaning("ESME_RINVSCHED", "the scheduled time is invalid", T.NEVER),
    0x62: Meaning("ESME_RINVEXPIRY", "the validity period is invalid", T.NEVER),
    0x63: Meaning("ESME_RINVDFTMSGID", "the stored message is not known", T.NEVER),
    0x64: Meaning("ESME_RX_T_APPN", "a temporary error of the receiving application", T.LATER),
    0x65: Meaning("ESME_RX_P_APPN", "a permanent error of the receiving application", T.NEVER),
    0x66: Meaning("ESME_RX_R_APPN", "refused by the receiving application", T.NEVER),
    0x67: Meaning("ESME_RQUERYFAIL", "the query failed", T.LATER),
    0xC0: Meaning("ESME_RINVOPTPARSTREAM", "the optional part is invalid", T.NEVER),
    0xC1: Meaning("ESME_ROPTPARNOTALLWD", "an optional parameter is not allowed", T.NEVER),
    0xC2: Meaning("ESME_RINVPARLEN", "a parameter has a wrong length", T.NEVER),
    0xC3: Meaning("ESME_RMISSINGOPTPARAM", "an optional parameter is missing", T.NEVER),
    0xC4: Meaning("ESME_RINVOPTPARAMVAL", "an optional parameter has a wrong value", T.NEVER),
    0xFE: Meaning("ESME_RDELIVERYFAILURE", "delivery failed", T.LATER),
    0xFF: Meaning("ESME_RUNKNOWNERR", "an error that the carrier cannot name", T.DOUBT),
}

#: message_state, and the words that receipts use for it (SMPP 3.4 §5.2.28 and appendix B); None is not final.
STATES: Mapping[int, tuple[str, Outcome | None]] = {
    1: ("ENROUTE", None),
    2: ("DELIVRD", Outcome.DELIVERED),
    3: ("EXPIRED", Outcome.EXPIRED),
    4: ("DELETED", Outcome.FAILED),
    5: ("UNDELIV", Outcome.FAILED),
    6: ("ACCEPTD", None),
    7: ("UNKNOWN", Outcome.UNKNOWN),
    8: ("REJECTD", Outcome.FAILED),
}
WORDS: Mapping[str, Outcome | None] = dict(STATES.values())


def judged(status: int, vendor: Mapping[int, Meaning]) -> Meaning:
    """The meaning of a command_status; the vendor's own table comes first.

    One in no table is reported loudly and leaves a doubt, so that nothing is repeated.
    """
    found = vendor.get(status) or STATUSES.get(status)
    if found is None:
        log.error("smpp.unknown_code", code=f"0x{status:08x}")
        return Meaning(f"0x{status:08x}", "an answer that is in no table", Then.DOUBT)
    return found


def outcome_of(state: int | None, word: str | None) -> Outcome | None:
    """The outcome that a receipt reports, by message_state or else by its word; None while it is not final.

    Raises UnknownVendorCode when neither is in the table.
    """
    if state is not None and state in STATES:
        return STATES[state][1]
    if word is not None and word.upper() in WORDS:
        return WORDS[word.upper()]
    raise UnknownVendorCode(word if word is not None else state)
