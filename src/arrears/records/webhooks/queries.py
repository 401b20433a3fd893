"""Endpoints and their latest deliveries, for the console and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from arrears.records.webhooks.models import Delivery, Endpoint


@dataclass(frozen=True)
class EndpointRow:
    endpoint_id: int
    url: str
    kinds: tuple[str, ...]
    is_active: bool
    waiting: int
    given_up: int


@dataclass(frozen=True)
class DeliveryRow:
    delivery_id: str
    kind: str
    status: str
    tries: int
    last_answer: str
    created_at: datetime


def endpoints() -> tuple[EndpointRow, ...]:
    """Every endpoint with what waits for it and what was given up."""
    rows = Endpoint.objects.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__status="WAITING")),
        given_up=Count("deliveries", filter=Q(deliveries__status="GIVEN_UP")),
    ).order_by("-is_active", "pk")
    return tuple(EndpointRow(e.pk, e.url, tuple(e.kinds), e.is_active, e.waiting, e.given_up) for e in rows)


def deliveries(endpoint_id: int, *, limit: int = 50) -> tuple[DeliveryRow, ...]:
    """An endpoint's latest deliveries, newest first."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id).order_by("-created_at", "pk")[:limit]
    return tuple(DeliveryRow(d.delivery_id, d.kind, d.status, d.tries, d.last_answer, d.created_at) for d in rows)
