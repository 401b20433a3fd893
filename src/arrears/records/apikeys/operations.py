"""Make and revoke API keys; claim and answer idempotent requests. The secret itself is never stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from arrears.kernel.errors import Refusal
from arrears.records.apikeys.models import AnsweredRequest, ApiKey
from arrears.records.audit import operations as audit

#: What a key may be allowed to do; a scope not listed here does not exist.
SCOPES = (
    "cases:read",
    "complaints:read",
    "complaints:write",
    "contacts:read",
    "payments:write",
    "stops:write",
    "webhooks:write",
)
#: What a key may do that is bound to teams: reading is narrowed to their cases, writing could not be.
TEAM_SCOPES = frozenset({"cases:read", "contacts:read"})
SECRET_BYTES = 32
#: A key's last use is noted this coarsely, so that reading does not write each time.
NOTED_EVERY = timedelta(minutes=10)


class UnknownScope(Refusal):
    code = "unknown_scope"
    message = "There is no scope {scope}; there are {known}."


class BoundKeyReads(Refusal):
    code = "bound_key_reads"
    message = "A key bound to teams only reads cases and contacts, not {scope}."


class UnableToConfirmKey(Refusal):
    code = "unable_to_confirm_key"
    message = "No live key with the prefix {prefix} waits to be confirmed."


class KeyNeedsSecond(Refusal):
    code = "key_needs_second"
    message = "A key is confirmed by another administrator than the one who made it."


class UnableToRevokeKey(Refusal):
    code = "unable_to_revoke_key"
    message = "There is no live key with the prefix {prefix}."


class IdempotencyKeyReused(Refusal):
    code = "idempotency_key_reused"
    message = "This idempotency key was used before with a different request."


class AlreadyAnswered(Exception):
    """The same request was answered before: here is that answer. Control flow, not a refusal."""

    def __init__(self, status: int, body: object) -> None:
        self.status = status
        self.body = body
        super().__init__(status)


@dataclass(frozen=True)
class Issued:
    """A new key; `secret` is shown this once."""

    key_id: int
    prefix: str
    secret: str
    is_live: bool


def digest(secret: str) -> str:
    """The stored form of a secret of full entropy."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(*, name: str, scopes: Sequence[str], at: datetime, actor: str, teams: Sequence[str] = ()) -> Issued:
    """Make a key, for the cases of some teams alone when any are named; raises UnknownScope, BoundKeyReads.

    One that a colleague makes opens nothing until `confirm`; a shell on the machine is above that.
    """
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(scope=scope, known=", ".join(SCOPES))
        if teams and scope not in TEAM_SCOPES:
            raise BoundKeyReads(scope=scope)
    prefix = secrets.token_hex(4)
    secret = f"ak_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    is_live = not actor.startswith("user:")
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=digest(secret),
        scopes=sorted(set(scopes)),
        teams=sorted(set(teams)),
        created_at=at,
        made_by=actor,
        confirmed_at=at if is_live else None,
    )
    bound = {"teams": key.teams} if key.teams else {}
    audit.record("api_key.issued", subject=f"api:{key.pk}", actor=actor, at=at, scopes=key.scopes, **bound)
    return Issued(key.pk, prefix, secret, is_live)


@transaction.atomic
def confirm(*, prefix: str, at: datetime, actor: str) -> None:
    """The second pair of eyes: from now on the key opens what it may. Raises UnableToConfirmKey, KeyNeedsSecond."""
    waits = ApiKey.objects.filter(prefix=prefix, revoked_at=None, confirmed_at=None)
    key = waits.select_for_update().first()
    if key is None:
        raise UnableToConfirmKey(prefix=prefix)
    if key.made_by == actor:
        raise KeyNeedsSecond
    ApiKey.objects.filter(pk=key.pk).update(confirmed_at=at, confirmed_by=actor)
    audit.record("api_key.confirmed", subject=f"api:{key.pk}", actor=actor, at=at, scopes=key.scopes)


@transaction.atomic
def revoke(*, prefix: str, at: datetime, actor: str) -> None:
    """End a key at once."""
    if ApiKey.objects.filter(prefix=prefix, revoked_at=None).update(revoked_at=at) != 1:
        raise UnableToRevokeKey(prefix=prefix)
    key_id = ApiKey.objects.values_list("pk", flat=True).get(prefix=prefix)
    audit.record("api_key.revoked", subject=f"api:{key_id}", actor=actor, at=at)


def note_use(*, key_id: int, at: datetime) -> None:
    """Remember when a key was last used, to within NOTED_EVERY."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTED_EVERY)
    if ApiKey.objects.filter(stale, pk=key_id).exists():
        ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=at)


def claim(*, key_id: int, idempotency_key: str, input_hash: str, at: datetime) -> AnsweredRequest:
    """Claim a request inside the caller's transaction, or raise AlreadyAnswered / IdempotencyKeyReused.

    A second caller with the same key waits for the first one's transaction, then finds its answer here.
    """
    try:
        with transaction.atomic():
            return AnsweredRequest.objects.create(
                api_key_id=key_id,
                idempotency_key=idempotency_key,
                input_hash=input_hash,
                status=0,
                body=None,
                answered_at=at,
            )
    except IntegrityError:
        earlier = AnsweredRequest.objects.get(api_key_id=key_id, idempotency_key=idempotency_key)
        if earlier.input_hash != input_hash:
            raise IdempotencyKeyReused from None
        raise AlreadyAnswered(earlier.status, earlier.body) from None


def answer(claimed: AnsweredRequest, *, status: int, body: object) -> None:
    """Keep the answer, in the transaction of what it answers for."""
    claimed.status = status
    claimed.body = body
    claimed.save(update_fields=["status", "body"])
