"""Seal and open identity fields, and index them by keyed hash so they can be found without being read.

A sealed value is version 2 (1 byte) + number of its data key (4) + nonce (12) + ciphertext and tag; version 1, of
before keys had numbers, has no number and is of key 0. Its context ("people.person.name:C17") is bound in, so a value
moved to another row or field does not open. Fails closed: a wrong or lost key, or another context, raises UnableToOpen.
"""

from __future__ import annotations

import os

from arrears.records.privacy import ring
from arrears.records.privacy.algorithms import InvalidTag
from arrears.records.privacy.models import INDEX, SEAL
from arrears.records.privacy.ring import DataKeyLost, UnableToOpen

__all__ = ["DataKeyLost", "UnableToOpen", "blind_index", "blind_indexes", "seal", "unseal"]

FIRST_VERSION, VERSION = b"\x01", b"\x02"
NUMBER_BYTES, NONCE_BYTES = 4, 12
BODY = 1 + NUMBER_BYTES
INDEX_DIGITS = 32


def seal(text: str, *, context: str) -> bytes:
    """Encrypt one field value for one place. The empty string is a value like any other."""
    return seal_by(ring.newest(SEAL), text, context=context)


def seal_by(key: ring.Opened, text: str, *, context: str) -> bytes:
    """As `seal`, by a data key that is at hand: asks nothing of the books."""
    nonce = os.urandom(NONCE_BYTES)
    return head(key.number) + nonce + key.work.encrypt(nonce, text.encode(), context.encode())


def head(number: int) -> bytes:
    """What every value begins with that a data key seals."""
    return VERSION + number.to_bytes(NUMBER_BYTES) if number else FIRST_VERSION


def key_of(sealed: bytes) -> int | None:
    """The number of the data key that a value names; None when it is no sealed value."""
    if sealed[:1] == VERSION and len(sealed) >= BODY:
        return int.from_bytes(sealed[1:BODY])
    return ring.FOUNDING if sealed[:1] == FIRST_VERSION else None


def says(sealed: bytes, text: str, *, context: str, key: ring.Opened) -> bool:
    """Is it this text, sealed by this very key? Asks nothing of the books."""
    return sealed.startswith(head(key.number)) and _opened(key, sealed, context) == text


def unseal(sealed: bytes, *, context: str) -> str:
    """Decrypt a value sealed for the same context; raises UnableToOpen."""
    value = bytes(sealed)
    number = key_of(value)
    if number is None:
        raise UnableToOpen(number="?")
    return _opened(ring.numbered(number), value, context)


def _opened(key: ring.Opened, value: bytes, context: str) -> str:
    start = BODY if value[:1] == VERSION else 1
    nonce, ciphertext = value[start : start + NONCE_BYTES], value[start + NONCE_BYTES :]
    try:
        text: bytes = key.work.decrypt(nonce, ciphertext, context.encode())
    except (InvalidTag, ValueError):
        raise UnableToOpen(number=key.number) from None
    return text.decode()


def blind_index(kind: str, value: str) -> str:
    """A keyed hash (32 characters, its index key's number in front) of a normalised value: equal values have equal
    indexes, nothing else shows."""
    return index_by(ring.newest(INDEX), kind, value)


def blind_indexes(kind: str, value: str) -> list[str]:
    """Every index under which the value may stand: one for each index key there ever was."""
    return [index_by(key, kind, value) for key in ring.finders()]


def index_head(number: int) -> str:
    """What every index begins with that an index key made; indexes of before keys had numbers begin with nothing."""
    return f"{number:x}." if number else ""


def index_key_of(index: str) -> int:
    """The number of the index key that an index names; -1 when it is no index."""
    number, dot, _ = index.rpartition(".")
    try:
        return int(number, 16) if dot else ring.FOUNDING
    except ValueError:
        return -1


def index_by(key: ring.Opened, kind: str, value: str) -> str:
    """The index of a value by one of the index keys."""
    return (index_head(key.number) + key.work(f"{kind}|{value}".encode()))[:INDEX_DIGITS]
