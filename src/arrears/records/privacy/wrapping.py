"""Wrap the vault's keys by a master key, and open them again: the only place where one is whole.

Which masters this installation knows, `settings.VAULT_MASTERS` tells (a dotted path): the first wraps, any of them
opens what it wrapped. What is wrapped is bound to its purpose, number and algorithm.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.module_loading import import_string

from arrears.kernel.errors import Refusal
from arrears.kernel.masters import Master, MasterRefused
from arrears.records.privacy import algorithms, keys

NONCE_BYTES = ABOUT_BYTES = 12
LOCAL = "local:"
WORDS = {"SEAL": "data key", "INDEX": "index key"}


@dataclass(frozen=True)
class Wrapped:
    """One key as it stands in the books."""

    purpose: str
    number: int
    algorithm: str
    master: str
    wrapped: bytes

    def __str__(self) -> str:
        return f"{WORDS[self.purpose]} {self.number}"


class KeyLocked(Refusal):
    """Its master key is not one that this installation was given."""

    code = "vault_key_locked"
    message = (
        "The {key} was wrapped by the master key {master}, which is not given: name it as the master, or as the one"
        " before."
    )


class MasterMissing(keys.KeyMissing):
    message = f"{keys.KeyMissing.message} The {{key}} was wrapped by it."


class MasterWrong(keys.KeyWrong):
    message = f"{keys.KeyWrong.message} The {{key}} was wrapped by {{master}}."


class KeyForeign(Refusal):
    """A master opened it, and it is another key than its row says."""

    code = "vault_key_foreign"
    message = "The {key} is not what its master key wrapped: its row was altered or moved; restore it from your backup."


class MasterUnsound(Refusal):
    """What it answers when it wraps is not what it can open."""

    code = "vault_master_unsound"
    message = "The master key {master} gives back another {key} than it wrapped: nothing is wrapped by it."


class LocalMaster:
    """A master key that this machine holds as a file or in the environment; the cipher it wraps by is a setting."""

    def __init__(self, secret: bytes, algorithm: str) -> None:
        self.name = LOCAL + keys.mark(secret)
        self._secret, self._algorithm = secret, algorithm

    def wrap(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        kind = bytes([list(algorithms.SEALS).index(self._algorithm)])
        return kind + nonce + self._seals[self._algorithm].encrypt(nonce, plain, kind)

    def unwrap(self, wrapped: bytes) -> bytes:
        kind, nonce, sealed = wrapped[:1], wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
        try:
            return self._seals[list(algorithms.SEALS)[kind[0]]].decrypt(nonce, sealed, kind)
        except (algorithms.InvalidTag, IndexError, ValueError):
            raise MasterRefused(master=self.name, why="it was altered") from None

    @cached_property
    def _seals(self) -> dict[str, algorithms.Seal]:
        long = hashlib.blake2b(self._secret, digest_size=32, person=b"arrears-master").digest()
        return {name: make(long[:size]) for name, (size, make) in algorithms.SEALS.items()}


def masters() -> Sequence[Master]:
    """The masters that are known here, the one that wraps first. Raises KeyMissing where none is given at all."""
    known: Sequence[Master] = import_string(settings.VAULT_MASTERS)()
    if not known:
        raise keys.missing("VAULT_KEY")
    return known


def wrap(secret: bytes, *, purpose: str, number: int, algorithm: str) -> Wrapped:
    """Wrap a key by the master in use, which must open it again before anybody relies on it.

    raises : MasterUnsound; MasterAway, MasterRefused
    """
    master = masters()[0]
    plain = _about(purpose, number, algorithm) + secret
    wrapped = master.wrap(plain)
    key = Wrapped(purpose, number, algorithm, master.name, wrapped)
    if not hmac.compare_digest(master.unwrap(wrapped), plain):
        raise MasterUnsound(key=key, master=master.name)
    return key


def unwrap(key: Wrapped) -> bytes:
    """The key itself. Raises MasterMissing, MasterWrong, KeyLocked, KeyForeign, MasterAway, MasterRefused."""
    plain = _master_of(key).unwrap(key.wrapped)
    about, secret = plain[:ABOUT_BYTES], plain[ABOUT_BYTES:]
    if not hmac.compare_digest(about, _about(key.purpose, key.number, key.algorithm)):
        raise KeyForeign(key=key)
    return secret


def _master_of(key: Wrapped) -> Master:
    known: Sequence[Master] = import_string(settings.VAULT_MASTERS)()
    found = next((master for master in known if master.name == key.master), None)
    if found is not None:
        return found
    facts = {"key": key, "master": key.master}
    if not key.master.startswith(LOCAL):
        raise KeyLocked(**facts)
    asked = {"what": keys.WHAT["VAULT_KEY"], "name": "VAULT_KEY", "file": settings.SEALING_KEYS["VAULT_KEY"]}
    raise (MasterMissing if settings.VAULT_KEY is None else MasterWrong)(**asked, **facts)


def _about(purpose: str, number: int, algorithm: str) -> bytes:
    told = f"{purpose} {number} {algorithm}".encode()
    return hashlib.blake2b(told, digest_size=ABOUT_BYTES, person=b"arrears-about").digest()
