"""What do some of a lender's policies say now, or what did they say when they could last be used?

Asked by the gate and by the late lists at every request and tick, so looking costs a few stats. A file that cannot be
used changes nothing: the last good state stays in force, also after a restart and in every process, and says so
(`Found.fault`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from arrears import policies
from arrears.kernel.errors import Refusal

#: What a file of the wrong content or shape raises while it is read.
UNUSABLE = (Refusal, OSError, ValueError, TypeError, KeyError, AttributeError)

State = TypeVar("State")

log = structlog.get_logger()


@dataclass(frozen=True)
class Found(Generic[State]):
    """state : None when there never was a good one; fault : why the newest edit is not what it is"""

    state: State | None
    fault: str = ""


@dataclass(frozen=True)
class _Seen:
    """What was found when the files looked like this."""

    home: Path
    stamp: policies.Stamp
    found: Found[Any]


_lock = threading.Lock()
_seen: dict[str, _Seen] = {}


def current(home: Path, *, name: str, read: Callable[[Path], State]) -> Found[State]:
    """What a reader makes of the policies in force.

    name : of what is read; a note of this name keeps for other processes which folder was last good
    read : a folder of policies → its state; raises one of UNUSABLE
    """
    stamp = policies.stamp(home / "policies")
    with _lock:
        last = _seen.get(name)
        if last is not None and last.home != home:
            last = None
        if last is None or last.stamp != stamp:
            last = _Seen(home, stamp, _read(home, name, read, last.found.state if last else None))
            _seen[name] = last
        return last.found


def forget() -> None:
    """Know no more than a process that has just begun."""
    with _lock:
        _seen.clear()


def _read(home: Path, name: str, read: Callable[[Path], State], before: State | None) -> Found[State]:
    kept_in = home / "cache" / "policies"
    note = kept_in / f"{name}.good"
    try:
        folder = policies.of_home(home)
        state = read(folder)
    except UNUSABLE as wrong:
        noted = _noted(note, read)
        return Found(before if noted is None else noted, str(wrong) or type(wrong).__name__)
    try:
        _note(note, folder)
    except OSError as wrong:  # what was found is good, whether or not another process will hear of it
        log.warning("policies.unable_to_note", name=name, why=str(wrong))
    return Found(state)


def _note(note: Path, folder: Path) -> None:
    """Say for other processes which folder was good; what is shipped is not what a lender's own was to be."""
    if folder.parent != note.parent:
        note.unlink(missing_ok=True)
        return
    beside = note.with_suffix(f".{os.getpid()}")
    beside.write_text(folder.name, encoding="utf-8")
    beside.replace(note)


def _noted(note: Path, read: Callable[[Path], State]) -> State | None:
    """The state that was last found good, by whichever process."""
    try:
        return read(note.parent / note.read_text(encoding="utf-8"))
    except UNUSABLE:
        return None
