"""Which days shall the demo's town have lived, and is one of them being lived just now?

Kept in the town's folder: the plan by the first start, the lock by whichever process lives a day. The console reads
both, for the days go on being lived while it is looked at.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from arrears.kernel.errors import Refusal

ASKED_TIMES, ASKED_EVERY = 5, 0.05


class DayIsBeingLived(Refusal):
    code = "day_is_being_lived"
    message = "The next day is already being lived."


@dataclass(frozen=True)
class Plan:
    """The first and the last of the days that a town lives before anybody asks for another; ends inclusive."""

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    def left(self, next_on: date) -> int:
        """How many of them are still to be lived when `next_on` is the next."""
        return max(0, (self.last_on - next_on).days + 1)


def path(folder: Path) -> Path:
    """The plan's file: a home with one is a demo's."""
    return folder / "plan.json"


def write(folder: Path, plan: Plan, **facts: object) -> None:
    """Keep it, with whatever else is worth knowing of how the town was founded."""
    folder.mkdir(parents=True, exist_ok=True)
    ends = {"first_on": plan.first_on.isoformat(), "last_on": plan.last_on.isoformat()}
    path(folder).write_text(json.dumps(ends | facts))


def read(folder: Path) -> Plan | None:
    """The plan; None where no town was founded. A plan of before the first day was kept is of its last day alone."""
    try:
        kept = json.loads(path(folder).read_text())
    except FileNotFoundError:
        return None
    last_on = date.fromisoformat(kept["last_on"])
    return Plan(date.fromisoformat(kept.get("first_on", kept["last_on"])), last_on)


def founded_with(folder: Path) -> dict[str, int]:
    """What was asked for when the town was founded: days, and the facts that were kept; nothing where none was."""
    plan = read(folder)
    if plan is None:
        return {}
    kept = json.loads(path(folder).read_text())
    days = {"days": plan.days} if "first_on" in kept else {}
    return days | {name: value for name, value in kept.items() if isinstance(value, int)}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Live days, and nobody else meanwhile; raises DayIsBeingLived. The lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".living.lock").open("a") as file:
        if not any(_is_ours(file, again) for again in range(ASKED_TIMES)):
            raise DayIsBeingLived
        yield


def is_being_lived(folder: Path) -> bool:
    """Whether a process lives a day of this town just now."""
    lock = folder / ".living.lock"
    if not lock.exists():
        return False
    with lock.open("a") as file:
        return not _is_ours(file)


def _is_ours(file: IO[str], again: int = 0) -> bool:
    """Take the lock, if it is free; one that is asked for again was perhaps held by somebody who only looked."""
    time.sleep(again and ASKED_EVERY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
