"""Post one signed notice. The signature covers the moment and the body, so an old notice cannot be played again.

Header `Arrears-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. Redirects are not followed; an address
that resolves to this machine or a private network is refused unless the caller says such addresses are wanted.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """Whether the partner took it (any 2xx), and what it said in a few words."""

    delivered: bool
    said: str


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The signature header of a body at a moment.

    example : sign(b"{}", secret="s", at=datetime(2026, 1, 1, tzinfo=UTC)) -> "t=1767225600,v1=…"
    """
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def is_public(host: str) -> bool:
    """Does every address of the host lie on the public network?"""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0].split("%")[0]).is_global for entry in found)  # type: ignore[union-attr]


def post(
    url: str,
    body: Mapping[str, object],
    *,
    secret: str,
    delivery_id: str,
    at: datetime,
    private_addresses: bool = False,
) -> Answer:
    """Post one notice; a refusal, a time-out or a broken connection is an Answer too, never an exception."""
    if not private_addresses and not is_public(urlsplit(url).hostname or ""):
        return Answer(False, "refused: the address is not public")
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Arrears-Delivery": delivery_id,
        "Arrears-Signature": sign(content, secret=secret, at=at),
    }
    try:
        response = httpx.post(url, content=content, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=False)
    except httpx.HTTPError as error:
        return Answer(False, type(error).__name__)
    return Answer(response.is_success, f"HTTP {response.status_code}")
