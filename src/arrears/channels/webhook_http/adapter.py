"""Post one signed notice. The signature covers the moment and the body, so an old notice cannot be played again.

Header `Arrears-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. It connects to the machine that `address`
has judged, itself: redirects and proxies are not followed, and the certificate must be the name's. `Arrears-Delivery`
is the same at every try of a notice; a partner may hear one twice, and tells so by it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from arrears.channels import deadline
from arrears.channels.webhook_http import address

#: For each step of a conversation, and for all of it: who answers a byte at a time is cut off.
TIMEOUT_SECONDS = 10.0
DEADLINE_SECONDS = 20.0


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
    try:
        place = address.parse(url)
        hosts = address.resolve(place, private_addresses=private_addresses)
    except address.WrongAddress:
        return Answer(False, "refused: the address is not valid")
    except address.PrivateAddress:
        return Answer(False, "refused: the address is not public")
    except address.PlainAddress:
        return Answer(False, "refused: the address is not encrypted")
    except address.NoSuchHost:
        return Answer(False, "no such host")
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Host": place.named,
        "Content-Type": "application/json",
        "Connection": "close",
        "Arrears-Delivery": delivery_id,
        "Arrears-Signature": sign(content, secret=secret, at=at),
    }
    return _say(place, hosts, content, headers)


def _say(place: address.Place, hosts: list[str], content: bytes, headers: Mapping[str, str]) -> Answer:
    """Tell the first of the machines that can be connected to; one that was connected to is the only one told."""
    answer = Answer(False, "ConnectError")
    with (
        deadline.cut_off(DEADLINE_SECONDS) as cut,
        httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client,
    ):
        extensions = {"sni_hostname": place.host, "trace": cut.watch}
        for host in hosts:
            where = httpx.URL(scheme=place.scheme, host=host, port=place.port, raw_path=place.target.encode())
            try:
                with client.stream("POST", where, content=content, headers=headers, extensions=extensions) as response:
                    return Answer(response.is_success, f"HTTP {response.status_code}")
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                answer = Answer(False, "too slow" if cut.is_over else type(error).__name__)
                if cut.is_over or not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    return answer
    return answer
