"""Live the demo's next business day in a process of its own, while somebody watches.

Called by the button's view. A home without a demo town has no next day to live: a real lender's days come with its
tapes. The day goes on when the server stops; at most one is lived at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from arrears.actions import town_plan
from arrears.actions.town_plan import DayIsBeingLived
from arrears.interfaces.ui import refused_day
from arrears.interfaces.ui.refused_day import RefusedDay
from arrears.kernel.errors import Refusal
from arrears.records.runs import queries as runs
from arrears.records.runs.queries import NightRow

#: What is kept of the day begun here: its process, the newest night before it, and how it ended.
Known = dict[str, int | str]

COMMAND = (sys.executable, "-m", "arrears", "demo", "--next-day")


class NoTown(Refusal):
    code = "no_town"
    message = "This home holds no demo town: a real lender's next day comes with its tape."


@dataclass(frozen=True)
class Watch:
    """How far the day is. exit_code : None while it runs, or when nobody was there to see how it ended;
    night : the newest, and while the day runs its own alone: None until it has begun;
    refused : the refusal that ended it"""

    is_running: bool
    exit_code: int | None
    night: NightRow | None
    refused: RefusedDay | None

    @property
    def step(self) -> int:
        """Which of the day's three steps it is in: the tape, the night, the day's work."""
        return 1 if self.night is None else 2 if self.night.is_running else 3

    @property
    def has_failed(self) -> bool:
        return not self.is_running and bool(self.exit_code)


@dataclass(frozen=True)
class Button:
    """Whether the next day can be lived from a page; while another process lives the first ones, how far it is."""

    is_free: bool
    lived: int
    planned: int


def button() -> Button | None:
    """The button of this home's town; None where there is no town, and so no next day."""
    plan = town_plan.read(_folder())
    if plan is None:
        return None
    before = runs.newest_done_on()
    lived = plan.days - plan.left(before + timedelta(days=1)) if before else 0
    return Button(not town_plan.is_being_lived(_folder()), lived, plan.days)


def start() -> None:
    """Begin the next day; raises NoTown, DayIsBeingLived."""
    if town_plan.read(_folder()) is None:
        raise NoTown
    if town_plan.is_being_lived(_folder()):
        raise DayIsBeingLived
    with (_folder() / ".next-day.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DayIsBeingLived from None
        if _is_alive(_read()):
            raise DayIsBeingLived
        refused_day.forget()
        logs = settings.HOME / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / "next-day.log").open("ab") as log:
            process = subprocess.Popen(COMMAND, stdout=log, stderr=log, start_new_session=True, env=_environment())
        before = runs.newest_night()
        began = {"pid": process.pid, "after": before.as_of.isoformat() if before else ""}
        _write(began)
    threading.Thread(target=_see_out, args=(process, began), daemon=True).start()


def watch() -> Watch | None:
    """How far the last day begun here is, or the one that the first start is living; None when none was begun."""
    known, is_first = _read(), False
    is_running = _is_alive(known)
    if not is_running:
        is_running = is_first = town_plan.is_being_lived(_folder())
    if not known and not is_first:
        return None
    night, exit_code = runs.newest_night(), None if is_first else known.get("exit_code")
    if is_running and not is_first and night and night.as_of.isoformat() <= str(known.get("after", "")):
        night = None
    return Watch(
        is_running=is_running,
        exit_code=None if exit_code is None else int(exit_code),
        night=night,
        refused=None if is_running else refused_day.noted(),
    )


def _environment() -> dict[str, str]:
    """The child finds the same home and database, and this package even when it is not installed."""
    path = os.pathsep.join([str(settings.PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"ARREARS_HOME": str(settings.HOME), "PYTHONPATH": path}


def _see_out(process: subprocess.Popen[bytes], began: Known) -> None:
    _write(began | {"exit_code": process.wait()})


def _is_alive(known: Known) -> bool:
    if "pid" not in known or "exit_code" in known:
        return False
    try:
        os.kill(int(known["pid"]), 0)
    except OSError:
        return False
    return True


def _folder() -> Path:
    return Path(settings.HOME) / "town"


def _read() -> Known:
    try:
        known: Known = json.loads((_folder() / "next-day.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return known


def _write(known: Known) -> None:
    beside = _folder() / f".next-day.{os.getpid()}.{threading.get_ident()}"
    beside.write_text(json.dumps(known))
    beside.replace(_folder() / "next-day.json")
