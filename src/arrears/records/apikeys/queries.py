"""Find the key behind a secret, and list keys for the console."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from arrears.records.apikeys.models import ApiKey
from arrears.records.apikeys.operations import digest


@dataclass(frozen=True)
class Caller:
    """A partner that proved a key."""

    key_id: int
    name: str
    scopes: frozenset[str]
    teams: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        return f"api:{self.key_id}"


@dataclass(frozen=True)
class KeyRow:
    key_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    teams: tuple[str, ...]
    created_at: datetime
    made_by: str
    confirmed_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Does it open anything? One that waits to be confirmed does not yet."""
        return self.revoked_at is None and self.confirmed_at is not None


def caller_of(secret: str) -> Caller | None:
    """Who holds this secret; None when it is unknown, malformed, revoked or not confirmed yet."""
    kind, _, rest = secret.partition("_")
    prefix = rest.partition("_")[0]
    if kind != "ak" or not prefix:
        return None
    key = ApiKey.objects.filter(prefix=prefix, revoked_at=None).exclude(confirmed_at=None).first()
    if key is None or not hmac.compare_digest(key.secret_hash, digest(secret)):
        return None
    return Caller(key.pk, key.name, frozenset(key.scopes), tuple(key.teams))


def names() -> dict[str, str]:
    """Actor (`api:ID`) → the key's name; revoked ones too, for what they did stays theirs."""
    return {f"api:{key_id}": name for key_id, name in ApiKey.objects.values_list("pk", "name")}


def all_keys() -> tuple[KeyRow, ...]:
    """All keys, live ones first, newest first."""
    rows = ApiKey.objects.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk")
    return tuple(
        KeyRow(
            key_id=k.pk,
            name=k.name,
            prefix=k.prefix,
            scopes=tuple(k.scopes),
            teams=tuple(k.teams),
            created_at=k.created_at,
            made_by=k.made_by,
            confirmed_at=k.confirmed_at,
            revoked_at=k.revoked_at,
            last_used_at=k.last_used_at,
        )
        for k in rows
    )
