"""Register, list and remove the addresses that are told of events, signed."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from arrears.actions import webhook_register
from arrears.interfaces.api.idempotency import Reply, once
from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Asked, RowNumber
from arrears.interfaces.ui import moment
from arrears.records.webhooks import operations, queries

router = Router(tags=["webhooks"], auth=Scope("webhooks:write"))


class NewEndpoint(Asked):
    """`kinds` empty = every kind."""

    url: str = Field(max_length=400)
    kinds: list[Annotated[str, Field(max_length=64)]] = Field([], max_length=50)


class MadeEndpoint(Schema):
    """`secret` signs every delivery. It is shown this once; a repeat of the request gives null."""

    endpoint_id: int
    secret: str | None


class Endpoint(Schema):
    """`url` is told without its path and query, which may hold a secret of the partner's."""

    endpoint_id: int
    url: str
    kinds: list[str]
    is_active: bool
    waiting: int
    given_up: int


@router.post("", response={201: MadeEndpoint}, operation_id="register_webhook", summary="Register a webhook")
def register(request: HttpRequest, body: NewEndpoint) -> Status:
    """Register an endpoint; needs an Idempotency-Key header."""
    caller = request.auth  # type: ignore[attr-defined]
    at = moment.of(request).at
    webhook_register.must_be_welcome(body.url, private_addresses=settings.WEBHOOKS_PRIVATE)

    def work() -> Reply:
        made = webhook_register.register_webhook(url=body.url, kinds=body.kinds, at=at, actor=caller.actor)
        shown = {"endpoint_id": made.endpoint_id, "secret": made.secret}
        return Reply(201, shown, kept=shown | {"secret": None})  # nosec B105  its absence

    reply = once(request, key_id=caller.key_id, at=at, work=work)
    return Status(reply.status, reply.body)


@router.get("", response=list[Endpoint], operation_id="list_webhooks", summary="List webhooks")
def index(request: HttpRequest) -> list[queries.EndpointRow]:
    """Every endpoint with what waits for it."""
    return list(queries.endpoints())


@router.delete("/{endpoint_id}", response={204: None}, operation_id="remove_webhook", summary="Remove a webhook")
def remove(request: HttpRequest, endpoint_id: RowNumber) -> Status:
    """Stop telling an endpoint."""
    operations.remove(endpoint_id=endpoint_id, at=moment.of(request).at, actor=request.auth.actor)  # type: ignore[attr-defined]
    return Status(204, None)
