"""Signed statements of where all lanes ended at a moment, each naming the one before it.

Kept in the books and, by `actions.anchor_audit`, as files to be carried elsewhere: with them it is found out when
somebody who holds the key of the chain, or put back an older copy of the books, made the trail stand differently.
Method: Ed25519 (RFC 8032) over the statement's text, by a key that is not the chain's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from arrears.kernel.errors import InvalidInput
from arrears.records.audit import chain
from arrears.records.audit.fields import canonical
from arrears.records.audit.models import Anchor, Event, Lane
from arrears.records.audit.verifying import Finding
from arrears.records.privacy import keys

KEY = "ANCHOR_KEY"
#: What an anchor states; the same key signs other statements too.
STATES = frozenset({"number", "made_at", "events", "heads", "previous"})


class NoPublicKey(InvalidInput):
    code = "no_public_key"
    message = "{key} is no public key: 64 hex digits are wanted."


@dataclass(frozen=True)
class Signed:
    """One anchor: the text that was signed, and the signature in hex."""

    number: int
    statement: str
    signature: str


@dataclass(frozen=True)
class Made:
    """That an anchor was made, and when."""

    number: int
    made_at: datetime


def newest() -> Made | None:
    """The newest anchor of the books."""
    found = Anchor.objects.order_by("-number").values_list("number", "made_at").first()
    return Made(*found) if found else None


def public_key() -> str:
    """What anchors of this installation are checked with: 64 hex digits, no secret."""
    return _private_key().public_key().public_bytes_raw().hex()


def sign(statement: str) -> str:
    """The signature of this installation under a statement, in hex."""
    return _private_key().sign(statement.encode()).hex()


def is_signed(statement: str, signature: str, key: str) -> bool:
    """Whether the holder of a key signed just this statement; raises NoPublicKey."""
    public = _public(key)
    try:
        public.verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@transaction.atomic
def make(at: datetime) -> Signed:
    """State and sign where every lane ends by what is committed; nobody who writes is waited for."""
    ends = list(Lane.objects.filter(seq__gt=0).order_by("lane"))
    last = Anchor.objects.order_by("-number").first()
    statement = canonical(
        {
            "number": last.number + 1 if last else 1,
            "made_at": chain.moment(at),
            "events": sum(end.seq for end in ends),
            "heads": [[end.lane, end.seq, end.digest] for end in ends],
            "previous": mark(last.statement, last.signature) if last else "",
        }
    )
    signed = Signed(last.number + 1 if last else 1, statement, sign(statement))
    Anchor.objects.create(number=signed.number, made_at=at, statement=signed.statement, signature=signed.signature)
    return signed


def judge(key: str, kept: Iterable[Signed]) -> list[Finding]:
    """Anchors of the books, and those kept elsewhere, against the events.

    key     : public_key
    returns : ANCHOR_FORGED (not signed with this key, or altered), ANCHOR_LOST (one is missing, or was kept elsewhere
              and is no longer here), ANCHOR_BROKEN (the event that it names is another one now); `seq` is its number
    raises  : NoPublicKey
    """
    _public(key)
    rows = list(Anchor.objects.order_by("number"))
    here = {row.number: Signed(row.number, row.statement, row.signature) for row in rows}
    made = {row.number: chain.moment(row.made_at) for row in rows}
    found = [Finding("ANCHOR_LOST", None, number, None) for number in _missing(here)]
    previous = ""
    for number, one in sorted(here.items()):
        said = stated(one, key)
        own = said is not None and (said["number"], said["made_at"]) == (number, made[number])
        if said is None or not own or (number - 1 in here and said["previous"] != previous):
            found.append(Finding("ANCHOR_FORGED", None, number, None))
        previous = mark(one.statement, one.signature)
    found += [Finding("ANCHOR_LOST", None, one.number, None) for one in kept if here.get(one.number) != one]
    return found + _broken(said for one in here.values() if (said := stated(one, key)))


def _missing(here: Mapping[int, Signed]) -> list[int]:
    return [number for number in range(1, max(here, default=0)) if number not in here]


def _broken(statements: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Each lane is looked through once for all anchors."""
    wanted: dict[int, dict[int, tuple[str, int]]] = {}
    for said in statements:
        for lane, seq, digest in said["heads"]:
            wanted.setdefault(lane, {})[seq] = (digest, said["number"])
    found = []
    for lane, places in sorted(wanted.items()):
        now = dict(Event.objects.filter(lane=lane, seq__in=list(places)).values_list("seq", "digest"))
        for seq, (digest, number) in sorted(places.items()):
            if now.get(seq) != digest:
                found.append(Finding("ANCHOR_BROKEN", lane, number, None))
    return found


def _public(key: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    except ValueError:
        raise NoPublicKey(key=key) from None


def stated(one: Signed, key: str) -> Mapping[str, Any] | None:
    """What an anchor states; None where it is not signed with the key, or is another kind of statement."""
    if not is_signed(one.statement, one.signature, key):
        return None
    try:
        said = json.loads(one.statement)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.keys() >= STATES else None


def mark(statement: str, signature: str) -> str:
    """What the next anchor names this one by."""
    return hashlib.sha256(f"{statement} {signature}".encode()).hexdigest()


def _private_key() -> Ed25519PrivateKey:
    seed = hashlib.blake2b(keys.get(KEY), digest_size=32, person=b"arrears-anchor").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)
