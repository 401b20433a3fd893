"""Ask a model one question over `POST {base}/chat/completions`, as OpenAI and those who speak like it take it.

Nothing is logged here: not the text, not the key. Whatever is not a whole answer in time is `NoAnswer`.
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
    body = {
        "model": endpoint.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": TOKENS_MAX,
        "response_format": {"type": "json_object"},
    }
    where = endpoint.base.rstrip("/") + "/chat/completions"
    try:
        with deadline.post(where, body, headers=deadline.bearer(endpoint.key), seconds=endpoint.timeout) as response:
            if response.status_code != httpx.codes.OK:
                raise NoAnswer(f"HTTP {response.status_code}")
            return deadline.whole(response, BYTES_MAX)
    except deadline.Unanswered as trouble:
        raise NoAnswer(trouble.why) from None
