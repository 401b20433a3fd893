"""The language model that is asked about words, as the environment names it; none unless it does.

`ARREARS_JUDGE_URL` (such as https://llm.example/v1), `ARREARS_JUDGE_MODEL`, `ARREARS_JUDGE_KEY` or better
`ARREARS_JUDGE_KEY_FILE`, and `ARREARS_JUDGE_TIMEOUT` in seconds. A half of it is refused: nobody would be asked.
"""

from __future__ import annotations

from typing import Any

from arrears.config import environment, secrets
from arrears.config.environment import WrongSetting


def settings() -> dict[str, Any]:
    """What `judge_openai.Endpoint` takes; empty when no address is named. Raises WrongSetting."""
    base, model = environment.text("ARREARS_JUDGE_URL").strip(), environment.text("ARREARS_JUDGE_MODEL").strip()
    if not base:
        return {}
    if not model:
        raise WrongSetting("ARREARS_JUDGE_MODEL must name the model that ARREARS_JUDGE_URL is asked for")
    if environment.address("ARREARS_JUDGE_URL") is None:
        raise WrongSetting("ARREARS_JUDGE_URL must be an address such as https://llm.example/v1, without a key in it")
    key = secrets.text("ARREARS_JUDGE_KEY")
    if not key.isascii() or not key.isprintable():
        raise WrongSetting("ARREARS_JUDGE_KEY must be one line of plain characters")
    return {"base": base, "model": model, "key": key, "timeout": environment.timeout("ARREARS_JUDGE_TIMEOUT")}
