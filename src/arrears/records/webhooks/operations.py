"""Announce to partners inside the transaction of the change, and keep score of each delivery's tries.

An announcement is a row, so it survives a crash; a lease lets several workers deliver without doubling a try.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.kernel.identifiers import derived_id
from arrears.records.audit import operations as audit
from arrears.records.privacy import cipher, words
from arrears.records.webhooks import addresses
from arrears.records.webhooks.models import Delivery, DeliveryStatus, Endpoint

#: Kinds of announcement that a partner may subscribe to.
KINDS = (
    "case.opened",
    "case.closed",
    "contact.sent",
    "payment.taken",
    "payment.reversed",
    "write_off.posted",
)
#: Longer than any name server and any partner may take for one notice, so that nobody else tries it meanwhile.
LEASE = timedelta(minutes=5)
#: Waits between tries: about a day in all, then the delivery is given up and shown.
WAITS = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1_800, 7_200, 21_600, 43_200))
#: What is kept of an answer: the status of HTTP, or a few words of ours. No partner's own words: somebody may be named.
ANSWER = re.compile(r"HTTP [0-9]{3}|[A-Za-z][A-Za-z :]{0,60}")
UNKNOWN_ANSWER = "unknown"
URL_CHARS = 400


class UnknownKind(InvalidInput):
    code = "unknown_webhook_kind"
    message = "There is no kind {kind}; there are {kinds}."


class UnableToRedeliver(Refusal):
    code = "unable_to_redeliver"
    message = (
        "Delivery {delivery_id} cannot be sent again: there is none, it is being sent at this moment, or its endpoint"
        " is told nothing any more."
    )


class NoSuchEndpoint(NotFound):
    code = "no_such_endpoint"
    message = "There is no endpoint {endpoint_id}."


@dataclass(frozen=True)
class Registered:
    """A new endpoint; `secret` signs its deliveries and is shown this once."""

    endpoint_id: int
    secret: str


@dataclass(frozen=True)
class Notice:
    """One thing to tell: its kind, what it is about (makes the delivery unique), and the facts."""

    kind: str
    subject: str
    facts: dict[str, object]


@dataclass(frozen=True)
class Leased:
    """One delivery that this worker may try now."""

    delivery_id: str
    endpoint_id: int
    url_sealed: bytes
    secret_sealed: bytes
    kind: str
    body: dict[str, object]
    tries: int

    def url(self) -> str:
        """Where it goes; raises cipher.UnableToOpen."""
        return addresses.opened(self.endpoint_id, self.url_sealed)

    def secret(self) -> str:
        """What signs it; raises cipher.UnableToOpen."""
        return cipher.unseal(self.secret_sealed, context=_context(self.endpoint_id))


@transaction.atomic
def register(*, url: str, kinds: Sequence[str], at: datetime, actor: str) -> Registered:
    """Add an endpoint for some kinds (none = all); raises UnknownKind. The address was judged by who calls."""
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise UnknownKind(kind=unknown[0], kinds=", ".join(KINDS))
    secret = _new_secret()
    endpoint = Endpoint.objects.create(secret_sealed=b"", kinds=sorted(set(kinds)), created_at=at)
    endpoint.secret_sealed = cipher.seal(secret, context=_context(endpoint.pk))
    endpoint.url_sealed = addresses.sealed(endpoint.pk, url)
    endpoint.save(update_fields=["secret_sealed", "url_sealed"])
    audit.record("webhook.registered", subject=f"webhook:{endpoint.pk}", actor=actor, at=at, kinds=list(kinds))
    return Registered(endpoint.pk, secret)


@transaction.atomic
def remove(*, endpoint_id: int, at: datetime, actor: str) -> None:
    """Stop telling an endpoint; its history stays."""
    if Endpoint.objects.filter(pk=endpoint_id, is_active=True).update(is_active=False) != 1:
        raise NoSuchEndpoint(endpoint_id=endpoint_id)
    waiting = Delivery.objects.filter(endpoint_id=endpoint_id, status=DeliveryStatus.WAITING)
    waiting.update(status=DeliveryStatus.GIVEN_UP, done_at=at, last_answer="endpoint removed")
    audit.record("webhook.removed", subject=f"webhook:{endpoint_id}", actor=actor, at=at)


@transaction.atomic
def show_address(*, endpoint_id: int, at: datetime, actor: str) -> str:
    """The whole address of an endpoint, for somebody who compares it with the partner's; on record.

    raises : NoSuchEndpoint, cipher.UnableToOpen
    """
    kept = Endpoint.objects.filter(pk=endpoint_id).values_list("url_sealed", flat=True).first()
    if kept is None:
        raise NoSuchEndpoint(endpoint_id=endpoint_id)
    audit.record("webhook.address_shown", subject=f"webhook:{endpoint_id}", actor=actor, at=at)
    return addresses.opened(endpoint_id, bytes(kept))


@transaction.atomic
def restore(*, endpoint_id: int, at: datetime, actor: str) -> None:
    """Tell an endpoint again, of what happens from now on."""
    if Endpoint.objects.filter(pk=endpoint_id, is_active=False).update(is_active=True) != 1:
        raise NoSuchEndpoint(endpoint_id=endpoint_id)
    audit.record("webhook.restored", subject=f"webhook:{endpoint_id}", actor=actor, at=at)


@transaction.atomic
def rotate(*, endpoint_id: int, at: datetime, actor: str) -> Registered:
    """Give an endpoint a new secret; every delivery from now on is signed with it, and none with the old one."""
    secret = _new_secret()
    sealed = cipher.seal(secret, context=_context(endpoint_id))
    if Endpoint.objects.filter(pk=endpoint_id, is_active=True).update(secret_sealed=sealed) != 1:
        raise NoSuchEndpoint(endpoint_id=endpoint_id)
    audit.record("webhook.secret_rotated", subject=f"webhook:{endpoint_id}", actor=actor, at=at)
    return Registered(endpoint_id, secret)


@transaction.atomic
def redeliver(*, endpoint_id: int, delivery_id: str, at: datetime, actor: str) -> None:
    """Send a delivery again, at the next look of a worker, under the same identifier; raises UnableToRedeliver."""
    mine = Delivery.objects.filter(pk=delivery_id, endpoint_id=endpoint_id, endpoint__is_active=True)
    mine = mine.exclude(leased_until__gt=at)
    before = mine.select_for_update(of=("self",)).values_list("status", flat=True).first()
    if before is None:
        raise UnableToRedeliver(delivery_id=delivery_id)
    Delivery.objects.filter(pk=delivery_id).update(
        status=DeliveryStatus.WAITING, tries=0, next_try_at=at, leased_until=None, done_at=None
    )
    audit.record(
        "webhook.redelivered",
        subject=f"webhook:{endpoint_id}",
        actor=actor,
        at=at,
        before=before,
        after=DeliveryStatus.WAITING,
        delivery_id=delivery_id,
    )


def announce(notices: Sequence[Notice], *, at: datetime) -> None:
    """Write one delivery per notice and interested endpoint, in the caller's transaction; what is known stays."""
    endpoints = list(Endpoint.objects.filter(is_active=True)) if notices else []
    deliveries = [
        Delivery(
            delivery_id=derived_id("delivery", endpoint.pk, notice.kind, notice.subject),
            endpoint=endpoint,
            kind=notice.kind,
            body={"kind": notice.kind, "at": at.isoformat(), **notice.facts},
            next_try_at=at,
            created_at=at,
        )
        for endpoint in endpoints
        for notice in notices
        if not endpoint.kinds or notice.kind in endpoint.kinds
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=1_000, ignore_conflicts=True)


@transaction.atomic
def lease(*, at: datetime, limit: int, but_not_to: Collection[int] = ()) -> tuple[Leased, ...]:
    """Take up to `limit` waiting deliveries that are due and that nobody else is trying; a first try is due at once."""
    due = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(leased_until=None) | Q(leased_until__lte=at), status=DeliveryStatus.WAITING, endpoint__is_active=True)
        .filter(Q(tries=0) | Q(next_try_at__lte=at))
        .exclude(endpoint__in=but_not_to)
        .order_by("next_try_at")
        .select_related("endpoint")[:limit]
    )
    taken = list(due)
    Delivery.objects.filter(pk__in=[d.pk for d in taken]).update(leased_until=at + LEASE)
    return tuple(
        Leased(
            d.delivery_id,
            d.endpoint.pk,
            bytes(d.endpoint.url_sealed or b""),
            bytes(d.endpoint.secret_sealed),
            d.kind,
            d.body,
            d.tries,
        )
        for d in taken
    )


def settle(delivery_id: str, *, delivered: bool, answer: str, tries: int, at: datetime) -> None:
    """Record one try: done, to be tried again after a wait, or given up."""
    kept = answer if ANSWER.fullmatch(answer) else UNKNOWN_ANSWER
    changes: dict[str, object] = {"tries": tries + 1, "leased_until": None, "last_answer": kept}
    if delivered:
        changes |= {"status": DeliveryStatus.DELIVERED, "done_at": at}
    elif tries >= len(WAITS):
        changes |= {"status": DeliveryStatus.GIVEN_UP, "done_at": at}
    else:
        changes |= {"next_try_at": at + WAITS[tries]}
    Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.WAITING, tries=tries).update(**changes)


def _new_secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)


def _context(endpoint_id: int) -> str:
    return words.context(Endpoint, "secret_sealed", endpoint_id)
