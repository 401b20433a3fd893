"""How one text becomes the short messages that carry it, and how they become a text again.

Called by the adapter when sending, and by the journal when a person writes a long message to us. Pure.

A short message holds 140 octets: 160 characters in the GSM 7-bit alphabet, 70 in UCS-2. A longer text is cut into parts
that each begin with a header of 6 octets (5, 0, 3, reference, count, number), which leaves 153 seven-bit units (6
octets are 48 bits, so 7 units with the fill bit) or 67 UCS-2 units. Characters are never broken: neither an escape
pair of the 7-bit alphabet nor a surrogate pair of UTF-16.
source  : 3GPP TS 23.038 §6.2.1 (alphabet), TS 23.040 §9.2.3.24.1 (concatenation)
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smpplib import consts

from arrears.kernel.errors import Refusal

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_ESCAPED = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
ESCAPE = 0x1B
GSM_UNITS: Mapping[str, bytes] = {
    **{character: bytes([code]) for code, character in enumerate(GSM_BASIC) if code != ESCAPE},
    **{character: bytes([ESCAPE, code]) for character, code in GSM_ESCAPED.items()},
}
GSM_BACK: Mapping[bytes, str] = {units: character for character, units in GSM_UNITS.items()}

#: Codings of GSM 03.38 with a class of message, and what their two bits of the alphabet are in SMPP.
WITH_CLASS = range(0x10, 0x20)
ALPHABETS = (
    consts.SMPP_ENCODING_DEFAULT,
    consts.SMPP_ENCODING_BINARY2,
    consts.SMPP_ENCODING_ISO10646,
    consts.SMPP_ENCODING_BINARY,
)
CODECS: Mapping[int, str] = {
    consts.SMPP_ENCODING_JIS: "shift_jis",
    consts.SMPP_ENCODING_ISO88595: "iso8859-5",
    consts.SMPP_ENCODING_ISO88598: "iso8859-8",
    consts.SMPP_ENCODING_ISO2022JP: "iso2022_jp",
    consts.SMPP_ENCODING_KSC5601: "euc_kr",
}
#: What plain octets are mostly, the strictest first: not everything is UTF-8, and nearly everything may be GB 18030.
OF_OCTETS = ("utf-8", "gb18030")

GSM_WHOLE, GSM_PART = 160, 153
UCS2_WHOLE, UCS2_PART = 140, 134
PARTS_MOST = 255


class TextTooLong(Refusal):
    """More parts than a header can count."""

    code = "text_too_long"
    message = "The text needs {parts} parts; 255 is the most."


class EmptyText(Refusal):
    """There is nothing to say."""

    code = "empty_text"
    message = "The text is empty."


class UnspeakableText(Refusal):
    """The text is not Unicode: it holds half a character."""

    code = "unspeakable_text"
    message = "The text holds half a character."


@dataclass(frozen=True, slots=True)
class Segmented:
    """`coding` is SMPP data_coding; `parts` are short_message bodies, each with its header when there are several."""

    coding: int
    parts: tuple[bytes, ...]

    @property
    def esm_class(self) -> int:
        """The user-data-header flag, set when the parts carry one."""
        return int(consts.SMPP_GSMFEAT_UDHI if len(self.parts) > 1 else consts.SMPP_MSGTYPE_DEFAULT)


def segment(text: str, *, reference: int, seven_bit: bool = True) -> Segmented:
    """Cut a text into short messages.

    text      : not empty; any Unicode, lone surrogates excepted
    reference : 0…255, the same in all parts of one text and different in the next text to the same number
    seven_bit : whether the vendor understands the GSM alphabet as data_coding 0; else all is UCS-2
    returns   : Segmented; joined without headers, its parts are the text
    raises    : EmptyText, TextTooLong, UnspeakableText
    example   : 161 × "a" -> 153 + 8 units; 71 × "款" -> 67 + 4 characters
    """
    if not text:
        raise EmptyText
    units = gsm_units(text) if seven_bit else None
    if units is not None:
        bodies = _cut(units, GSM_WHOLE, GSM_PART)
        return Segmented(consts.SMPP_ENCODING_DEFAULT, _with_headers(bodies, reference))
    try:
        wide = [character.encode("utf-16-be") for character in text]
    except UnicodeEncodeError:
        raise UnspeakableText from None
    bodies = _cut(wide, UCS2_WHOLE, UCS2_PART)
    return Segmented(consts.SMPP_ENCODING_ISO10646, _with_headers(bodies, reference))


def gsm_units(text: str) -> list[bytes] | None:
    """The text in the GSM alphabet, one or two units a character; None when a character is not in it."""
    try:
        return [GSM_UNITS[character] for character in text]
    except KeyError:
        return None


def _cut(units: Sequence[bytes], whole: int, part: int) -> list[bytes]:
    if sum(map(len, units)) <= whole:
        return [b"".join(units)]
    bodies = [bytearray()]
    for unit in units:
        if len(bodies[-1]) + len(unit) > part:
            bodies.append(bytearray())
        bodies[-1] += unit
    return [bytes(body) for body in bodies]


def _with_headers(bodies: Sequence[bytes], reference: int) -> tuple[bytes, ...]:
    assert 0 <= reference <= 255, "the reference is one octet"
    count = len(bodies)
    if count == 1:
        return tuple(bodies)
    if count > PARTS_MOST:
        raise TextTooLong(parts=count)
    return tuple(bytes([5, 0, 3, reference, count, number]) + body for number, body in enumerate(bodies, 1))


@dataclass(frozen=True, slots=True)
class Piece:
    """One received short message: which text it belongs to, and its body without the header."""

    reference: int
    count: int
    number: int
    body: bytes


WHOLE = (0, 1, 1)


def piece_of(body: bytes, *, has_header: bool) -> Piece:
    """Read the header of a received body, 8- or 16-bit reference; other elements and a torn header are skipped."""
    if not has_header or not body:
        return Piece(*WHOLE, body)
    end = min(1 + body[0], len(body))
    place = WHOLE
    at = 1
    while at + 2 <= end:
        element, length = body[at], body[at + 1]
        data = body[at + 2 : at + 2 + length]
        if element == consts.SMPP_UDHIEIE_CONCATENATED and len(data) == 3:
            place = (data[0], data[1], data[2])
        if element == consts.SMPP_UDHIEIE_CONCATENATED16 and len(data) == 4:
            place = (data[0] << 8 | data[1], data[2], data[3])
        at += 2 + length
    return Piece(*(place if place[1] else WHOLE), body[end:])


def decode(body: bytes, coding: int) -> str:
    """The text of a body (or of joined bodies); octets that say nothing become �, never an error.

    coding : of SMPP, or of GSM 03.38 with a class; what says no more than octets is read as what it can be
    """
    if coding in WITH_CLASS:
        coding = ALPHABETS[coding >> 2 & 3]
    if coding == consts.SMPP_ENCODING_ISO10646:
        is_little = body.startswith(codecs.BOM_UTF16_LE)
        return body.decode("utf-16-le" if is_little else "utf-16-be", "replace").removeprefix("\ufeff")
    if coding == consts.SMPP_ENCODING_DEFAULT:
        return _from_gsm(body)
    if coding == consts.SMPP_ENCODING_IA5:
        return body.decode("ascii", "replace")
    likely = () if coding == consts.SMPP_ENCODING_ISO88591 else OF_OCTETS
    for name in (CODECS[coding],) if coding in CODECS else likely:
        with contextlib.suppress(UnicodeDecodeError):
            return body.decode(name)
    return body.decode("latin-1")


def _from_gsm(body: bytes) -> str:
    found = []
    at = 0
    while at < len(body):
        width = 2 if body[at] == ESCAPE else 1
        found.append(GSM_BACK.get(body[at : at + width], "\ufffd"))
        at += width
    return "".join(found)
