"""Add an address that is told of events. Called by the API and the console, in two steps.

First `must_be_welcome`, which may wait for a name server and therefore belongs before any transaction; then
`register_webhook`, in the caller's. Each delivery judges the address again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from arrears.channels.webhook_http import address
from arrears.records.webhooks import operations as webhooks
from arrears.records.webhooks.operations import Registered


def must_be_welcome(url: str, *, private_addresses: bool) -> None:
    """Refuse an address that could never be told anything.

    private_addresses : whether partners may live on this machine or a private network (tests, on-premises)
    raises            : address.WrongAddress, address.PrivateAddress, address.PlainAddress
    """
    _must_fit(url)
    address.must_be_welcome(url, private_addresses=private_addresses)


def register_webhook(*, url: str, kinds: Sequence[str], at: datetime, actor: str) -> Registered:
    """Add an address for some kinds of event (none = all).

    returns : Registered, with the secret that signs its deliveries, shown this once
    raises  : address.WrongAddress, webhooks.UnknownKind
    """
    _must_fit(url)
    address.parse(url)
    return webhooks.register(url=url, kinds=kinds, at=at, actor=actor)


def _must_fit(url: str) -> None:
    if len(url) > webhooks.URL_CHARS:
        raise address.WrongAddress
