"""The vault's keys as this process holds them: opened once, and looked for anew once a second.

So a key that another process made is used here a second later, and a field costs neither a query nor a call to a
master key. Called by `cipher`; never makes a key, and never goes on with another one than a value names.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from arrears.kernel.errors import Refusal
from arrears.records.privacy import algorithms, keys, wrapping
from arrears.records.privacy.models import INDEX, SEAL, VaultKey
from arrears.records.privacy.wrapping import Wrapped

FRESH_SECONDS = 1.0
#: The number of the keys that are derived from the vault key itself, as all were before they had numbers.
FOUNDING = 0
FOUNDING_ALGORITHMS = {SEAL: algorithms.AES_GCM, INDEX: algorithms.HMAC_SHA256}
FOUNDING_WORDS = {SEAL: b"arrears-vault", INDEX: b"arrears-index"}


class UnableToOpen(Refusal):
    code = "unable_to_open"
    message = "A sealed field could not be opened with data key {number}: the value was moved or altered."


class DataKeyLost(UnableToOpen):
    code = "data_key_lost"
    message = "Data key {number} is gone from the vault's keys: restore them from your backup of the database."


@dataclass(frozen=True)
class Opened:
    """A key ready for work: what it seals or hashes by, and its number."""

    number: int
    work: Any = field(repr=False)


@dataclass
class _Ring:
    rows: Mapping[tuple[str, int], Wrapped]
    until: float
    newest: dict[str, Opened] = field(default_factory=dict)
    opened: dict[tuple[str, int], Opened] = field(default_factory=dict)


_EMPTY = _Ring({}, 0.0)
_ring = _EMPTY


def newest(purpose: str) -> Opened:
    """The key in use: the highest number. In books that no command has made ready yet, the founding key."""
    ring = _fresh()
    found = ring.newest.get(purpose)
    if found is None:
        number = max((number for of, number in ring.rows if of == purpose), default=FOUNDING)
        found = _of(ring, purpose, number)
        if ring.rows:
            ring.newest[purpose] = found
    return found


def numbered(number: int) -> Opened:
    """The data key of this number; raises DataKeyLost, and what `wrapping.unwrap` raises."""
    return _ring.opened.get((SEAL, number)) or _of(_fresh(), SEAL, number)


def hold(purpose: str, number: int) -> Opened:
    """Open a key of the books, so that this process need not ask for it again. Raises what `wrapping.unwrap` raises."""
    return _of(_fresh(), purpose, number)


def finders() -> list[Opened]:
    """All index keys, the one in use first. Retired ones too: who began before a rotation may commit after it.

    Always looked for anew: what another process has just indexed by a new key is found at once.
    """
    ring = _look()
    numbers = sorted((number for of, number in ring.rows if of == INDEX), reverse=True)
    return [_of(ring, INDEX, number) for number in numbers or [FOUNDING]]


def forget() -> None:
    """Look anew at the next need, and open anew."""
    global _ring
    _ring = _EMPTY
    _open.cache_clear()


def founding_secret(purpose: str) -> bytes:
    """The key that is derived from the vault key itself. Raises KeyMissing."""
    secret = keys.get("VAULT_KEY")
    return hashlib.blake2b(secret, digest_size=32, person=FOUNDING_WORDS[purpose]).digest()


def _fresh() -> _Ring:
    return _ring if time.monotonic() < _ring.until else _look()


def _look() -> _Ring:
    global _ring
    rows = VaultKey.objects.values_list("purpose", "number", "algorithm", "master", "wrapped")
    found = {(row[0], row[1]): Wrapped(*row[:4], bytes(row[4])) for row in rows}
    until = time.monotonic() + FRESH_SECONDS
    if found and found == _ring.rows:
        _ring.until = until
    else:
        _ring = _Ring(found, until)
    return _ring


def _of(ring: _Ring, purpose: str, number: int) -> Opened:
    known = ring.opened.get((purpose, number))
    if known is not None:
        return known
    row = ring.rows.get((purpose, number))
    if row is None and number != FOUNDING:
        raise DataKeyLost(number=number)
    found = _open(row) if row is not None else _founding(purpose, founding_secret(purpose))
    ring.opened[purpose, number] = found
    return found


@lru_cache(maxsize=64)
def _open(row: Wrapped) -> Opened:
    return _made(row.algorithm, row.number, wrapping.unwrap(row))


@lru_cache(maxsize=8)
def _founding(purpose: str, secret: bytes) -> Opened:
    return _made(FOUNDING_ALGORITHMS[purpose], FOUNDING, secret)


def _made(algorithm: str, number: int, secret: bytes) -> Opened:
    make = {**algorithms.SEALS, **algorithms.HASHES}[algorithm][1]
    return Opened(number, make(secret))
