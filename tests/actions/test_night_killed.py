"""The night as a process over its pool of processes, killed -9 for real, and run again by the same command.

What it must come to is what one uninterrupted night comes to: the lake's bytes and the books' rows.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from tests import market, nights

from arrears.records.runs.models import Night, RunStatus

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 23)
PARTITIONS = 16
PATIENCE = 60.0


@pytest.fixture
def lake(settings, tmp_path) -> Path:
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", PARTITIONS
    nights.take(market.mixed(DAY, customers=800), tmp_path, DAY)
    return settings.LAKE


@pytest.fixture
def whole(lake) -> tuple[object, object]:
    """What one uninterrupted night makes, decided in this process; then the morning before again."""
    nights.run(DAY)
    made = nights.lake_bytes(), nights.books_rows()
    nights.empty_books()
    nights.forget_nights()
    return made


@pytest.fixture
def start(lake, books_environment, tmp_path) -> Iterator[Callable[[], Running]]:
    """Starts the night as a process with two workers, leader of its own group; kills what is left at the end."""
    environment = books_environment | {"ARREARS_LAKE": str(lake), "ARREARS_WORKERS": "2"}
    begun: list[Running] = []

    def begin() -> Running:
        begun.append(Running(environment, lake, tmp_path / f"night-{len(begun)}.txt"))
        return begun[-1]

    yield begin
    for running in begun:
        running.kill_all()


class Running:
    """One `arrears night` under way."""

    def __init__(self, environment: dict[str, str], lake: Path, said: Path) -> None:
        self.lake, self.said = lake, said
        command = [sys.executable, "-m", "arrears", "night", "--as-of", str(DAY)]
        with said.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )

    def workers(self) -> list[int]:
        """The processes of its pool."""
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        except FileNotFoundError:
            return []
        return [int(pid) for pid in children if b"spawn_main" in command_of(int(pid))]

    def finished(self) -> int:
        """How many partitions have their manifest."""
        return len(list((self.lake / "manifests" / f"as_of={DAY}").glob("night.part=*.json")))

    def until(self, reached: Callable[[], bool]) -> None:
        """Wait for a moment in its life; it must come before its end."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert self.process.poll() is None, f"it ended first: {self.said.read_text()}"
            assert time.monotonic() < deadline, f"never came: {self.said.read_text()}"
            time.sleep(0.001)

    def until_it_says(self, step: str) -> None:
        self.until(lambda: f" {step} …" in self.said.read_text())

    def kill_all(self) -> None:
        """Whatever is left of its group, itself or not."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def end(self) -> None:
        """Its own good end."""
        assert self.process.wait(PATIENCE) == 0, self.said.read_text()


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def is_done() -> bool:
    return Night.objects.filter(status=RunStatus.DONE).exists()


def test_killed_with_its_whole_group_again_and_again_it_ends_as_if_nothing_had_happened(whole, start):
    for partitions in (1, 4):
        running = start()
        running.until(lambda: running.finished() >= partitions)  # noqa: B023  asked at once
        running.kill_all()
        assert partitions <= running.finished() < PARTITIONS
    for step in ("books", "contacts"):
        running = start()
        running.until_it_says(step)
        running.kill_all()
        assert not is_done()

    start().end()

    assert (nights.lake_bytes(), nights.books_rows()) == whole
    assert is_done()
    start().end()
    assert (nights.lake_bytes(), nights.books_rows()) == whole


@pytest.mark.any_database
def test_a_worker_that_is_killed_is_replaced_and_the_night_goes_on(whole, start):
    running = start()
    for partitions in (0, 2):
        running.until(lambda: running.finished() >= partitions and len(running.workers()) == 2)  # noqa: B023
        worker = running.workers()[0]
        os.kill(worker, signal.SIGKILL)
        running.until(lambda: worker not in running.workers())  # noqa: B023

    running.end()

    assert (nights.lake_bytes(), nights.books_rows()) == whole


@pytest.mark.any_database
def test_workers_do_not_outlive_a_night_that_is_killed_alone(start):
    running = start()
    running.until(lambda: running.finished() >= 1 and len(running.workers()) == 2)
    workers = running.workers()

    running.process.kill()
    running.process.wait(PATIENCE)

    deadline = time.monotonic() + PATIENCE
    while any(b"spawn_main" in command_of(pid) for pid in workers):
        assert time.monotonic() < deadline, "orphans are still there"
        time.sleep(0.01)


@pytest.mark.any_database
@pytest.mark.parametrize("seconds", [0.005, 0.1])
def test_a_worker_that_starts_as_another_dies_does_not_hold_up_the_night(whole, settings, monkeypatch, seconds):
    settings.WORKERS = 2
    started, start = [], SpawnProcess.start

    def start_as_the_other_dies(worker: SpawnProcess) -> None:
        start(worker)
        started.append(worker)
        if len(started) == 2:
            started[0].kill()
            time.sleep(seconds)  # the pool sees it, before it has listed this one

    monkeypatch.setattr(SpawnProcess, "start", start_as_the_other_dies)
    nights.run(DAY)

    assert len(started) > 2
    assert (nights.lake_bytes(), nights.books_rows()) == whole
