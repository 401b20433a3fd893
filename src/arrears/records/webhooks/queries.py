"""Endpoints and their latest deliveries, for the console and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from arrears.records.webhooks import addresses
from arrears.records.webhooks.models import Delivery, DeliveryStatus, Endpoint


@dataclass(frozen=True)
class EndpointRow:
    """url : without its path and query"""

    endpoint_id: int
    url: str
    kinds: tuple[str, ...]
    is_active: bool
    waiting: int
    given_up: int
    created_at: datetime


@dataclass(frozen=True)
class DeliveryRow:
    delivery_id: str
    kind: str
    status: str
    status_label: str
    tries: int
    last_answer: str
    created_at: datetime
    next_try_at: datetime | None
    done_at: datetime | None


def endpoints() -> tuple[EndpointRow, ...]:
    """Every endpoint with what waits for it and what was given up."""
    return tuple(_row(endpoint) for endpoint in _counted().order_by("-is_active", "pk"))


def endpoint(endpoint_id: int) -> EndpointRow | None:
    """One endpoint."""
    found = _counted().filter(pk=endpoint_id).first()
    return _row(found) if found else None


def deliveries(endpoint_id: int, *, limit: int = 50) -> tuple[DeliveryRow, ...]:
    """An endpoint's latest deliveries, newest first."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id).order_by("-created_at", "pk")[:limit]
    return tuple(
        DeliveryRow(
            delivery_id=d.delivery_id,
            kind=d.kind,
            status=d.status,
            status_label=d.get_status_display(),
            tries=d.tries,
            last_answer=d.last_answer,
            created_at=d.created_at,
            next_try_at=d.next_try_at if d.status == DeliveryStatus.WAITING else None,
            done_at=d.done_at,
        )
        for d in rows
    )


def waiting() -> tuple[int, datetime | None]:
    """How many notices wait to be delivered, and when the oldest of them was written."""
    found = Delivery.objects.filter(status=DeliveryStatus.WAITING).aggregate(n=Count("pk"), oldest=Min("created_at"))
    return found["n"], found["oldest"]


def _counted() -> QuerySet[Endpoint]:
    return Endpoint.objects.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__status="WAITING")),
        given_up=Count("deliveries", filter=Q(deliveries__status="GIVEN_UP")),
    )


def _row(e: Any) -> EndpointRow:
    return EndpointRow(
        endpoint_id=e.pk,
        url=addresses.shown(e.pk, e.url_sealed),
        kinds=tuple(e.kinds),
        is_active=e.is_active,
        waiting=e.waiting,
        given_up=e.given_up,
        created_at=e.created_at,
    )
