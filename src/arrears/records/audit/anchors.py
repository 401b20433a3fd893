"""Signed statements of where all lanes ended at a moment, each naming the one before it.

Kept in the books and, by `actions.anchor_audit`, as files to be carried elsewhere: with them it is found out when
somebody who holds the key of the chain, or put back an older copy of the books, made the trail stand differently.
Method: Ed25519 (RFC 8032) over the statement's text, by a key that is not the chain's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from arrears.kernel.errors import InvalidInput
from arrears.records.audit import chain
from arrears.records.audit.fields import canonical
from arrears.records.audit.models import Anchor, Lane
from arrears.records.privacy import keys

KEY = "ANCHOR_KEY"
#: Of so many anchors at least one is signed with the key, if it is the right one.
LAST_FEW = 10
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
    """The signature of this installation under a statement, in hex; raises as `check_key`."""
    check_key()
    return _private_key().sign(statement.encode()).hex()


def is_signed(statement: str, signature: str, key: str) -> bool:
    """Whether the holder of a key signed just this statement; raises NoPublicKey."""
    verifier = public(key)
    try:
        verifier.verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def check_key() -> None:
    """Whether the anchor key is one that these books were anchored with; raises keys.KeyMissing, keys.KeyWrong.

    Of the last few anchors one suffices: the newest may be forged, and that is for verifying to find. So it is where
    they do not name each other: then somebody altered them, and nothing tells whose the key is.
    """
    last = list(Anchor.objects.order_by("-number").values_list("number", "statement", "signature")[:LAST_FEW])
    if last and _are_chained(last) and not any(is_signed(*one, public_key()) for _, *one in last):
        raise keys.wrong(KEY)


def _are_chained(anchors: Sequence[tuple[int, str, str]]) -> bool:
    """Does each, the newest first, state its own number, and the mark of the one before it?"""
    try:
        told = [json.loads(statement) for _, statement, _ in anchors]
        numbered = all(one["number"] == number for one, (number, _, _) in zip(told, anchors, strict=True))
        marks = [mark(statement, signature) for _, statement, signature in anchors[1:]]
        return numbered and [one["previous"] for one in told[:-1]] == marks
    except (ValueError, LookupError, TypeError):
        return False


@transaction.atomic
def make(at: datetime) -> Signed:
    """State and sign where every lane ends by what is committed; nobody who writes is waited for.

    raises : keys.KeyMissing, keys.KeyWrong
    """
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


def public(key: str) -> Ed25519PublicKey:
    """What signatures are checked with; raises NoPublicKey."""
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
