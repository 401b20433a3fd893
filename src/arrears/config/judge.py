"""The language model that is asked about words, as the environment names it; none unless it does.

`ARREARS_JUDGE_URL` (such as https://llm.example/v1), `ARREARS_JUDGE_MODEL`, `ARREARS_JUDGE_KEY` or better
`ARREARS_JUDGE_KEY_FILE`, and `ARREARS_JUDGE_TIMEOUT` in seconds. A half of it is refused: nobody would be asked.
"""

from __future__ import annotations

from typing import Any

import httpx

from arrears.config import environment, secrets
from arrears.config.environment import WrongSetting

TIMEOUT, TIMEOUT_MAX = 10, 120


def settings() -> dict[str, Any]:
    """What `judge_openai.Endpoint` takes; empty when no address is named. Raises WrongSetting."""
    base, model = environment.text("ARREARS_JUDGE_URL").strip(), environment.text("ARREARS_JUDGE_MODEL").strip()
    if not base:
        return {}
    if not model:
        raise WrongSetting("ARREARS_JUDGE_MODEL must name the model that ARREARS_JUDGE_URL is asked for")
    if not _is_address(base):
        raise WrongSetting("ARREARS_JUDGE_URL must be an address such as https://llm.example/v1, without a key in it")
    timeout = environment.integer("ARREARS_JUDGE_TIMEOUT", default=TIMEOUT)
    if not 1 <= timeout <= TIMEOUT_MAX:
        raise WrongSetting(f"ARREARS_JUDGE_TIMEOUT must be of 1 to {TIMEOUT_MAX} seconds, not {timeout}")
    key = secrets.text("ARREARS_JUDGE_KEY")
    if not key.isascii() or not key.isprintable():
        raise WrongSetting("ARREARS_JUDGE_KEY must be one line of plain characters")
    return {"base": base, "model": model, "key": key, "timeout": float(timeout)}


def _is_address(base: str) -> bool:
    try:
        url = httpx.URL(base)
    except (httpx.InvalidURL, ValueError):
        return False
    return url.scheme in ("http", "https") and bool(url.host) and not url.userinfo and not url.query
