"""The ciphers and keyed hashes that the vault may be set to: those of everywhere, and China's own (国密).

A data key seals by AES-256-GCM or SM4-GCM, an index key finds by HMAC-SHA256 or HMAC-SM3. Which one a key is of stands
beside it in the books, so that old values open whatever the setting says now.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

__all__ = ["HASHES", "OF_SETTING", "SEALS", "InvalidTag", "Seal", "secret_for"]

AES_GCM, SM4_GCM = "AES-256-GCM", "SM4-GCM"
HMAC_SHA256, HMAC_SM3 = "HMAC-SHA256", "HMAC-SM3"
TAG_BYTES = 16


class Seal(Protocol):
    """An authenticated cipher under one key; both raise InvalidTag when something does not fit."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois counter mode, with the tag at the end as AESGCM puts it."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = SM4(secret)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        work = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        work = Cipher(self._cipher, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data[:-TAG_BYTES]) + work.finalize()


#: A message → its keyed hash as hex digits.
Hash = Callable[[bytes], str]


def _sha256(secret: bytes) -> Hash:
    return lambda message: hmac.digest(secret, message, "sha256").hex()


def _sm3(secret: bytes) -> Hash:
    begun = keyed.HMAC(secret, hashes.SM3())

    def digest(message: bytes) -> str:
        work = begun.copy()
        work.update(message)
        return work.finalize().hex()

    return digest


#: What seals, by name: the bytes of its key, and how it is made of one.
SEALS: Mapping[str, tuple[int, Callable[[bytes], Seal]]] = {AES_GCM: (32, AESGCM), SM4_GCM: (16, Sm4Gcm)}
#: What finds, likewise.
HASHES: Mapping[str, tuple[int, Callable[[bytes], Hash]]] = {HMAC_SHA256: (32, _sha256), HMAC_SM3: (32, _sm3)}
#: ARREARS_VAULT_ALGORITHM → what new data keys and new index keys are of.
OF_SETTING: Mapping[str, tuple[str, str]] = {AES_GCM: (AES_GCM, HMAC_SHA256), SM4_GCM: (SM4_GCM, HMAC_SM3)}


def secret_for(algorithm: str) -> bytes:
    """A new random key for an algorithm."""
    return os.urandom({**SEALS, **HASHES}[algorithm][0])
