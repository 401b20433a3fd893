"""Ask a switchboard to place a call: `POST {url}` with `{"reference", "agent", "to"}`, and a key as a bearer.

It answers 2xx with `{"reference": its own name of the call}` once it has begun, and 4xx when it will not. Nothing is
retried and nothing is logged here: not the number, not the key. Redirects and proxies are not followed, for both would
go along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from arrears.channels import deadline
from arrears.channels.base import Accepted, InDoubt, Rejected
from arrears.channels.dialling import Call, Result

BYTES_MAX, REFERENCE_CHARS = 4_000, 60


@dataclass(frozen=True)
class HttpDialler:
    """timeout : seconds, for all of an answer; somebody waits for it at a page"""

    url: str
    key: str = field(default="", repr=False)
    timeout: float = 5.0

    def dial(self, call: Call, *, at: datetime) -> Result:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        body = {"reference": call.reference, "agent": call.agent, "to": call.to}
        try:
            with (
                deadline.cut_off(self.timeout) as cut,
                httpx.Client(timeout=self.timeout, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", self.url, json=body, headers=headers, extensions={"trace": cut.watch}) as answer,
            ):
                return _read(call, answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as trouble:
            return Rejected(call.reference, "NOT_REACHED", type(trouble).__name__, False)
        except (httpx.HTTPError, httpx.StreamError, OSError, ValueError) as trouble:
            return InDoubt(call.reference, type(trouble).__name__)


def _read(call: Call, answer: httpx.Response) -> Result:
    if answer.is_client_error:
        return Rejected(call.reference, "REFUSED", f"HTTP {answer.status_code}", False)
    if not answer.is_success:
        return InDoubt(call.reference, f"HTTP {answer.status_code}")
    whole = bytearray()
    for piece in answer.iter_bytes():
        whole += piece
        if len(whole) > BYTES_MAX:
            return InDoubt(call.reference, "too long")
    told = json.loads(whole) if whole else {}
    named = told.get("reference", "") if isinstance(told, dict) else ""
    return Accepted(call.reference, str(named)[:REFERENCE_CHARS] or call.reference)


def open_dialler(*, url: str, key: str = "") -> HttpDialler:
    """A switchboard at an address of the house's own."""
    return HttpDialler(url, key)
