"""How events are chained: what a digest covers, and what vouches for the end of a chain.

Events stand in lanes. A writer takes a lane that no other transaction holds, so that writers do not wait for each
other; within a lane each event's digest covers its own content and the digest before it, under a key that the
database does not know. Whoever changes, removes, adds or moves an event without the key leaves a digest that does not
fit; whoever removes the newest ones leaves an end that its lane does not vouch for. Somebody who has the key, or puts
back an older copy of a lane together with its end, is caught by the anchors (`anchors`).
Method: keyed BLAKE2b (RFC 7693) over the previous digest and the fields, parted by a character that none may hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

LANES = 128
#: Before the first event of a lane.
NOTHING = "0" * 64
PART = "\x1f"  # the unit separator of ASCII
#: What a digest covers, in this order; `at` in UTC as `2026-11-26 01:30:00.000000`.
FIELDS = ("lane", "seq", "at", "kind", "subject_id", "actor", "before", "after", "data")


def chain_key(secret: bytes) -> bytes:
    """The key of digests, from the audit key of the installation."""
    return hashlib.blake2b(secret, person=b"arrears-chain").digest()


def moment(at: datetime) -> str:
    """A moment as digests cover it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def digester(key: bytes) -> Callable[[str, str], str]:
    """What makes the digests of a trail; the key is worked in once, for it is a third of a digest's work.

    key     : chain_key
    returns : of (the digest before it in its lane, or NOTHING; the text of each of FIELDS, parted by PART) the digest
              of an event, 64 hex digits
    """
    begun = hashlib.blake2b(key=key, digest_size=32)

    def digest(previous: str, content: str) -> str:
        of_this = begun.copy()
        of_this.update((previous + content).encode())
        return of_this.hexdigest()

    return digest


def mark(key: bytes, content: str) -> str:
    """What an event keeps of words that somebody wrote with it: 32 hex digits, under the key of digests."""
    return hashlib.blake2b(content.encode(), key=key, digest_size=16, person=b"arrears-words").hexdigest()


def vouch(key: bytes, lane: int, seq: int, last: str) -> str:
    """What only the holder of the key can say of the end of a lane: 64 hex digits."""
    return hashlib.blake2b(f"{lane} {seq} {last}".encode(), key=key, digest_size=32, person=b"arrears-end").hexdigest()
