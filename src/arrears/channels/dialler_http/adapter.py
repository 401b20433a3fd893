"""Ask a switchboard to place a call: `POST {url}` with `{"reference", "agent", "to"}`, and a key as a bearer.

It answers 2xx with `{"reference": its own name of the call}` once it has begun, and 4xx when it will not. Nothing is
logged here: not the number, not the key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from arrears.channels import deadline
from arrears.channels.base import Accepted, InDoubt, Rejected, Result
from arrears.channels.dialling import Call

BYTES_MAX, REFERENCE_CHARS = 4_000, 60


@dataclass(frozen=True)
class HttpDialler:
    """timeout : seconds, for all of an answer; somebody waits for it at a page"""

    url: str
    key: str = field(default="", repr=False)
    timeout: float = 5.0

    def dial(self, call: Call, *, at: datetime) -> Result:
        body = {"reference": call.reference, "agent": call.agent, "to": call.to}
        try:
            with deadline.post(self.url, body, headers=deadline.bearer(self.key), seconds=self.timeout) as answer:
                return _read(call, answer)
        except deadline.Unanswered as trouble:
            if trouble.is_unasked:
                return Rejected(call.reference, "NOT_REACHED", trouble.why, False)
            return InDoubt(call.reference, trouble.why)


def _read(call: Call, answer: httpx.Response) -> Result:
    if answer.is_client_error:
        return Rejected(call.reference, "REFUSED", f"HTTP {answer.status_code}", False)
    if not answer.is_success:
        return InDoubt(call.reference, f"HTTP {answer.status_code}")
    content = deadline.whole(answer, BYTES_MAX)
    told = json.loads(content) if content else {}
    named = str(told.get("reference", "")) if isinstance(told, dict) else ""
    shown = "".join(one for one in named[:REFERENCE_CHARS] if one.isprintable())  # no half letters, nothing unseen
    return Accepted(call.reference, shown.strip() or call.reference)


def open_dialler(*, url: str, key: str = "") -> HttpDialler:
    """A switchboard at an address of the house's own."""
    return HttpDialler(url, key)
