"""Senders that begin at the same moment open one journal, and none of them is turned away."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from arrears.channels.sms_smpp.journal import Journal

PROCESSES, TIMES = 6, 40


def _open_again_and_again(folder: Path, barrier) -> None:
    for number in range(TIMES):
        barrier.wait(60)
        Journal(folder / f"{number}.sqlite3").close()


def test_processes_that_begin_at_once_all_open_the_journal(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(PROCESSES)
    begun = [spawn.Process(target=_open_again_and_again, args=(tmp_path, barrier)) for _ in range(PROCESSES)]
    for process in begun:
        process.start()
    for process in begun:
        process.join(120)
        if process.exitcode:
            barrier.abort()  # the others need not wait for it

    assert [process.exitcode for process in begun] == [0] * PROCESSES
