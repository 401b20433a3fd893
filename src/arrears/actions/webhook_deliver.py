"""Deliver waiting notices one by one: lease, post outside any transaction, settle. Called by the worker.

At least once: a worker that dies after the partner took a notice leaves it to the next one, under the same identifier.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from arrears.channels.webhook_http import adapter
from arrears.channels.webhook_http.adapter import Answer
from arrears.records.privacy import cipher
from arrears.records.webhooks import operations as webhooks

BATCH = 20


def never() -> bool:
    """Nobody is ending."""
    return False


def deliver_due(
    *,
    now: Callable[[], datetime],
    private_addresses: bool,
    limit: int = BATCH,
    is_ending: Callable[[], bool] = never,
) -> int:
    """Try notices that are due, each once; an endpoint that fails is left alone for the rest of this call.

    now               : read anew for each notice, because a lease and a signature are of the moment of that try
    private_addresses : whether partners may live on this machine or a private network (tests, on-premises)
    is_ending         : asked between two notices; once it is so, no further one is tried
    returns           : how many were tried
    """
    failed: set[int] = set()
    for tried in range(limit):
        leased = [] if is_ending() else webhooks.lease(at=now(), limit=1, but_not_to=failed)
        if not leased:
            return tried
        answer = _post(leased[0], at=now(), private_addresses=private_addresses)
        if not answer.delivered:
            failed.add(leased[0].endpoint_id)
        webhooks.settle(
            leased[0].delivery_id, delivered=answer.delivered, answer=answer.said, tries=leased[0].tries, at=now()
        )
    return limit


def _post(one: webhooks.Leased, *, at: datetime, private_addresses: bool) -> Answer:
    try:
        secret, url = one.secret(), one.url()
    except cipher.UnableToOpen:
        return Answer(False, "the secret or the address cannot be opened")
    return adapter.post(
        url,
        one.body,
        secret=secret,
        delivery_id=one.delivery_id,
        at=at,
        private_addresses=private_addresses,
    )
