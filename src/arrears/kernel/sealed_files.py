"""How does a file of any size become one that only the holder of a passphrase can read, and nobody can change?

Called by the actions that back up and restore. The file is a head and chunks; a chunk is sealed by itself, so that
neither side holds more than one of them, and none can be altered, left out, moved or cut off without being found.

    head   : MAGIC, then one line of JSON: what kind of file this is, how the passphrase is stretched, the wrapped key
    chunks : CHUNK bytes each but the last, AES-256-GCM under a key of this file alone; the nonce is the chunk's number
             and whether it is the last; the whole head is bound in as associated data

Methods: scrypt (RFC 7914), AES-256-GCM (NIST SP 800-38D), chunks as in the STREAM construction (Hoang, Reyhanitabar,
Rogaway and Vizár, CRYPTO 2015). It never writes a file, and knows nothing of what is in one.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from collections.abc import Mapping
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from arrears.kernel.errors import InvalidInput, Refusal

MAGIC = b"ARREARS SEALED FILE 1\n"
CHUNK = 1 << 20
TAG = 16
KEY, SALT = 32, 32
NONCE = 12
HEAD_MAX = 4096
#: What scrypt costs: 128 MiB, a third of a second. A head that asks for more than MEMORY_MAX is not believed.
COST, BLOCK, LANES = 1 << 17, 8, 1
MEMORY_MAX = 1 << 30
PASSPHRASE_MIN = 12


class PassphraseTooShort(InvalidInput):
    code = "passphrase_too_short"
    message = "A passphrase has at least {least} characters."


class NotSealed(InvalidInput):
    code = "not_sealed"
    message = "This is no file of Arrears that holds {kind}."


class PassphraseWrong(Refusal):
    code = "passphrase_wrong"
    message = "The passphrase is not the one that this file was sealed with (or its first lines were altered)."


class Damaged(Refusal):
    code = "sealed_file_damaged"
    message = (
        "The file is damaged: it was altered, cut short or lengthened at or after byte {at}. Nothing of it is used."
    )


class Writer(io.RawIOBase):
    """A stream that seals what is written to it; only `finish` makes the file whole."""

    def __init__(self, out: IO[bytes], *, kind: str, passphrase: str) -> None:
        if len(passphrase) < PASSPHRASE_MIN:
            raise PassphraseTooShort(least=PASSPHRASE_MIN)
        key = os.urandom(KEY)
        head = _head(kind, passphrase, key)
        out.write(head)
        self._out, self._cipher, self._about = out, AESGCM(key), hashlib.sha256(head).digest()
        self._held, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > CHUNK:  # one more byte is needed to know that a chunk is not the last
            self._seal(self._held[:CHUNK], last=False)
            del self._held[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal the last chunk. What was not finished does not open."""
        self._seal(self._held, last=True)

    def _seal(self, plain: bytes | bytearray, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), bytes(plain), self._about))
        self._number += 1


class Reader(io.RawIOBase):
    """A stream of what was sealed. Each chunk is authenticated before a byte of it is given out; the end is known to be
    the end only once `read` has returned nothing."""

    def __init__(self, file: IO[bytes], *, kind: str, passphrase: str) -> None:
        told, head = _read_head(file, kind)
        self._file, self._about = file, hashlib.sha256(head).digest()
        self._cipher = AESGCM(_unwrap(told, passphrase))
        self._place, self._number, self._plain, self._is_last = len(head), 0, memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._plain and not self._is_last:
            self._open_next()
        count = min(len(into), len(self._plain))
        into[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _open_next(self) -> None:
        sealed = self._file.read(CHUNK + TAG)
        following = self._file.read(1)
        if following:
            self._file.seek(-1, io.SEEK_CUR)
        self._is_last = not following
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=self._is_last), sealed, self._about)
        except (InvalidTag, ValueError):
            raise Damaged(at=self._place) from None
        self._plain = memoryview(plain)
        self._place += len(sealed)
        self._number += 1


def kind_of(file: IO[bytes]) -> str | None:
    """What a file says it is, by its head alone; None when it is no sealed file."""
    try:
        return str(_read_head(file, None)[0]["kind"])
    except NotSealed:
        return None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([last])


def _head(kind: str, passphrase: str, key: bytes) -> bytes:
    told = {"kind": kind, "salt": os.urandom(SALT).hex(), "n": COST, "r": BLOCK, "p": LANES}
    nonce = os.urandom(NONCE)
    wrapped = nonce + AESGCM(_stretched(told, passphrase)).encrypt(nonce, key, _bound(told))
    return MAGIC + json.dumps(told | {"key": wrapped.hex()}, sort_keys=True).encode() + b"\n"


def _read_head(file: IO[bytes], kind: str | None) -> tuple[dict[str, Any], bytes]:
    """What the head says, and its bytes."""
    fault = NotSealed(kind=kind or "anything")
    if file.read(len(MAGIC)) != MAGIC:
        raise fault
    line = file.readline(HEAD_MAX)
    try:
        told = json.loads(line)
        is_ours = {name: type(value) for name, value in told.items()} == {
            "kind": str, "salt": str, "n": int, "r": int, "p": int, "key": str,
        }  # fmt: skip
    except (ValueError, AttributeError):
        raise fault from None
    if not is_ours or kind not in (None, told["kind"]):
        raise fault
    return told, MAGIC + line


def _unwrap(told: Mapping[str, Any], passphrase: str) -> bytes:
    cost = [told[name] for name in ("n", "r", "p")]
    if min(cost) < 1 or 128 * math.prod(cost) > MEMORY_MAX:
        raise PassphraseWrong
    about = {name: value for name, value in told.items() if name != "key"}
    try:
        wrapped = bytes.fromhex(told["key"])
        return AESGCM(_stretched(about, passphrase)).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(about))
    except (InvalidTag, ValueError):
        raise PassphraseWrong from None


def _stretched(told: Mapping[str, Any], passphrase: str) -> bytes:
    salt = bytes.fromhex(told["salt"])
    return Scrypt(salt=salt, length=KEY, n=told["n"], r=told["r"], p=told["p"]).derive(passphrase.encode())


def _bound(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True).encode()
