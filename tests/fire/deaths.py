"""Ways to die: a process that kills itself -9 at its k-th step, whatever that step is.

A step is each side of everything that outlives the process: a commit of the books, a writing of the journal, bytes
written to the carrier, bytes read from it. So 1, 2, 3 … until a run survives is every step of sending there is.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from arrears.channels.sms_smpp.journal import Journal
from arrears.channels.sms_smpp.link import Link

BOOKS, JOURNAL, SAID, HEARD = "books committed", "journal written", "bytes said", "bytes heard"


def die_at(number: int) -> None:
    """Kill this process at its step of that number; its last words are the step's name."""
    numbers, lock = itertools.count(1), threading.Lock()

    def step(name: str) -> None:
        with lock:
            if next(numbers) == number:
                os.write(2, f"\n{name}".encode())
                os.kill(os.getpid(), signal.SIGKILL)

    _step_around(BaseDatabaseWrapper, "_commit", BOOKS, step)
    _step_around(Link, "write", SAID, step)
    _step_after_reading(step)
    _step_around_writing(step)


def _step_around(owner: type, method: str, name: str, step: Callable[[str], None]) -> None:
    real = getattr(owner, method)

    def stepping(*given: Any, **named: Any) -> Any:
        step(f"before: {name}")
        done = real(*given, **named)
        step(f"after: {name}")
        return done

    setattr(owner, method, stepping)


def _step_after_reading(step: Callable[[str], None]) -> None:
    real = Link.read

    def stepping(link: Link, seconds: float) -> list[bytes]:
        frames = real(link, seconds)
        if frames:
            step(f"after: {HEARD}")
        return frames

    Link.read = stepping  # type: ignore[method-assign]


def _step_around_writing(step: Callable[[str], None]) -> None:
    real = Journal._writing

    @contextmanager
    def stepping(journal: Journal) -> Iterator[Any]:
        with real(journal) as books:
            yield books
            step(f"before: {JOURNAL}")
        step(f"after: {JOURNAL}")

    Journal._writing = stepping  # type: ignore[method-assign]
