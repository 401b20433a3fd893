"""POST stops: a partner says that a person must not be contacted, and why; what is planned is cancelled."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from arrears.actions import stop_contact
from arrears.interfaces.api.idempotency import Reply, once
from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Asked, Identifier, Moment
from arrears.interfaces.ui import moment

router = Router(tags=["stops"], auth=Scope("stops:write"))


class NewStop(Asked):
    """`channel` blank stops every channel; `to_at` absent means until somebody lifts it.

    The reason COMPLAINT only stops: a complaint that somebody is to answer is told to `/complaints`. SELF_HARM stops
    everything until it is lifted, whatever `channel` and `to_at` say, and asks a colleague to care for the person;
    STAFF_SAFETY stops visits alone, whatever the channel, and asks a supervisor.
    """

    customer_id: Identifier
    reason: Literal[
        *("OPTED_OUT", "CEASED", "DISPUTED", "DECEASED", "BANKRUPT", "REPRESENTED"),
        *("VULNERABLE", "COMPLAINT", "SELF_HARM", "STAFF_SAFETY"),
    ]
    channel: Literal["", "SMS", "EMAIL", "LETTER", "CALL", "AI_CALL", "VISIT", "APP", "CHAT"] = ""
    to_at: Moment | None = None


class Stopped(Schema):
    """`is_new` false: the same stop held already."""

    customer_id: str
    is_new: bool
    contacts_cancelled: int


@router.post("", response={201: Stopped}, operation_id="stop_contact", summary="Stop contact with a person")
def stop(request: HttpRequest, body: NewStop) -> Status:
    """Put a person on the stop list; needs an Idempotency-Key header."""
    caller, now = request.auth, moment.of(request)  # type: ignore[attr-defined]

    def work() -> Reply:
        done = stop_contact.stop_contact(
            customer_id=body.customer_id,
            reason=body.reason,
            channel=body.channel,
            to_at=body.to_at,
            at=now.at,
            actor=caller.actor,
        )
        return Reply(201, Stopped.from_orm(done).dict())

    reply = once(request, key_id=caller.key_id, at=now.at, work=work)
    return Status(reply.status, reply.body)
