"""Deliver waiting notices: lease, post outside any transaction, settle. Called by the worker."""

from __future__ import annotations

from datetime import datetime

from arrears.channels.webhook_http import adapter
from arrears.records.webhooks import operations as webhooks

BATCH = 20


def deliver_due(*, at: datetime, private_addresses: bool, limit: int = BATCH) -> int:
    """Try every notice that is due, once.

    at                : the moment of the try, signed into each notice
    private_addresses : whether partners may live on this machine or a private network (tests, on-premises)
    returns           : how many were tried
    """
    leased = webhooks.lease(at=at, limit=limit)
    for one in leased:
        answer = adapter.post(
            one.url,
            one.body,
            secret=one.secret,
            delivery_id=one.delivery_id,
            at=at,
            private_addresses=private_addresses,
        )
        webhooks.settle(one.delivery_id, delivered=answer.delivered, answer=answer.said, tries=one.tries, at=at)
    return len(leased)
