"""Ask a model one question over `POST {base}/chat/completions`, as OpenAI and those who speak like it take it.

Nothing is retried and nothing is logged here: not the text, not the key. Redirects and proxies are not followed, for
the key would go along. Whatever is not a whole answer in time is `NoAnswer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from arrears.channels import deadline

#: No answer is longer; what is, is cut off and none.
BYTES_MAX = 64_000
TOKENS_MAX = 300


class NoAnswer(Exception):
    """There is none, and why: a constant word, never what the other side said."""


@dataclass(frozen=True)
class Endpoint:
    """base : such as https://llm.example/v1; key : blank for none; timeout : seconds, for all of an answer"""

    base: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 10.0


def ask(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> bytes:
    """The body of the model's answer; raises NoAnswer."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {})
    body = {
        "model": endpoint.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": TOKENS_MAX,
        "response_format": {"type": "json_object"},
    }
    where = endpoint.base.rstrip("/") + "/chat/completions"
    try:
        with (
            deadline.cut_off(endpoint.timeout) as cut,
            httpx.Client(timeout=endpoint.timeout, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", where, json=body, headers=headers, extensions={"trace": cut.watch}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise NoAnswer(f"HTTP {response.status_code}")
            return _body(response)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as trouble:
        is_late = isinstance(trouble, httpx.TimeoutException) or cut.is_over
        raise NoAnswer("too slow" if is_late else type(trouble).__name__) from None


def _body(response: httpx.Response) -> bytes:
    """All of it, unless it never ends."""
    whole = bytearray()
    for piece in response.iter_bytes():
        whole += piece
        if len(whole) > BYTES_MAX:
            raise NoAnswer("too long")
    return bytes(whole)
