"""The test's side of the sending processes: start them, wait for them, kill them -9, and leave none behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fire.house import House

PATIENCE = 120.0


@dataclass
class Sender:
    """One sending process."""

    pid: int
    said: Path
    crew: Crew
    code: int | None = None

    def has_ended(self) -> bool:
        if self.code is None:
            self.code = self.crew.order("ended", pid=self.pid)["code"]
        return self.code is not None

    def words(self) -> str:
        return self.said.read_text(errors="replace")

    def wait(self) -> None:
        """Wait for its end, good or bad."""
        until(self.has_ended)

    def end(self, code: int = 0) -> None:
        """Wait for its own end, which must be this one."""
        self.wait()
        assert self.code == code, f"ended with {self.code}: {self.words()[-3000:]}"

    def signal(self, number: signal.Signals) -> None:
        """To a process that is ours until we have asked how it ended, so the number cannot be another's."""
        if not self.has_ended():
            os.kill(self.pid, number)


class Crew:
    """Sending processes over the books of the running test."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._folder = folder
        self._senders: list[Sender] = []
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.fire.senders"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, **facts: object) -> dict[str, Any]:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps({"do": do} | facts) + "\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        assert line, "the senders' program has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def start(self, task: str, house: House, **given: object) -> Sender:
        said = self._folder / f"sender-{len(self._senders)}.txt"
        answer = self.order("start", task=task, chosen=asdict(house), given=given, said=str(said))
        self._senders.append(Sender(answer["pid"], said, self))
        return self._senders[-1]

    def run(self, task: str, house: House, **given: object) -> Sender:
        """Start it and wait for its good end."""
        sender = self.start(task, house, **given)
        sender.end()
        return sender

    def let_go(self) -> None:
        """Kill whoever is left of this test's senders."""
        for sender in self._senders:
            sender.signal(signal.SIGKILL)
        for sender in self._senders:
            until(sender.has_ended)
        self._senders.clear()

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._program.communicate(timeout=PATIENCE)


def until(reached: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until it is so; it must become so."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
