"""Seal and open identity fields (AES-256-GCM), and index them by keyed hash so they can be found without being read.

A sealed value is version (1 byte) + nonce (12) + ciphertext and tag; its context ("people.person.name:C17") is bound
in, so a value moved to another row or field does not open. Fails closed: a wrong key or context raises UnableToOpen.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from arrears.kernel.errors import Refusal
from arrears.records.privacy import keys

VERSION = b"\x01"
NONCE_BYTES = 12
INDEX_BYTES = 16


class UnableToOpen(Refusal):
    code = "unable_to_open"
    message = "A sealed field could not be opened: wrong key, or the value was moved or altered."


@lru_cache(maxsize=4)
def _aead(secret: bytes) -> AESGCM:
    return AESGCM(hashlib.blake2b(secret, digest_size=32, person=b"arrears-vault").digest())


@lru_cache(maxsize=4)
def _index_key(secret: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=32, person=b"arrears-index").digest()


def seal(text: str, *, context: str) -> bytes:
    """Encrypt one field value for one place. The empty string is a value like any other."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + _aead(keys.get("VAULT_KEY")).encrypt(nonce, text.encode(), context.encode())


def unseal(sealed: bytes, *, context: str) -> str:
    """Decrypt a value sealed for the same context; raises UnableToOpen."""
    value = bytes(sealed)
    if value[:1] != VERSION:
        raise UnableToOpen
    nonce, ciphertext = value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :]
    try:
        return _aead(keys.get("VAULT_KEY")).decrypt(nonce, ciphertext, context.encode()).decode()
    except InvalidTag:
        raise UnableToOpen from None


def blind_index(kind: str, value: str) -> str:
    """A keyed hash (32 hex digits) of a normalised value: equal values have equal indexes, nothing else shows."""
    message = f"{kind}|{value}".encode()
    return hmac.digest(_index_key(keys.get("VAULT_KEY")), message, "sha256")[:INDEX_BYTES].hex()
