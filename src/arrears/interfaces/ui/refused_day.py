"""Why could the demo's next day not be lived? Kept in the town's folder by the day's process, read by who watches it.

The one that was refused and the page that says so are two processes; a new day begins by forgetting the last refusal.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from arrears.kernel.errors import Refusal


@dataclass(frozen=True)
class RefusedDay:
    """A refusal's code and sentence, and the case that it speaks of, if any."""

    code: str
    message: str
    case_id: str


def note(refusal: Refusal) -> None:
    """Keep it."""
    told = RefusedDay(refusal.code, str(refusal), str(refusal.facts.get("case_id", "")))
    beside = _path().with_suffix(".part")
    beside.write_text(json.dumps(asdict(told)))
    beside.replace(_path())


def noted() -> RefusedDay | None:
    """What was kept; None when nothing was."""
    try:
        return RefusedDay(**json.loads(_path().read_text()))
    except FileNotFoundError:
        return None


def forget() -> None:
    """A new day begins."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.HOME) / "town" / "next-day-refused.json"
