"""The work that `audit` times, in books of its own; its last line of output is the figures."""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction

from arrears.interfaces.cli import setup

setup.django_ready()

from arrears.actions import verify_audit  # noqa: E402  the apps must be ready first
from arrears.interfaces.cli import audit as command  # noqa: E402
from arrears.records.audit import operations  # noqa: E402

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
#: Events of one transaction while the trail to be verified is filled.
PAGE = 1_000


def append(number: int) -> None:
    """An event such as a payment leaves."""
    parts = {"principal": 7 * number, "interest": 300, "fee": 0, "penalty": 12}
    facts = {"payment_id": f"P{number}", "account_id": f"A{number}", "currency": "CNY", "parts": parts}
    operations.record("payment.taken", subject=f"C{number:08d}", actor="user:3", at=AT, **facts)


def write(events: int, rounds: int, ready: Callable[[], object]) -> None:
    """One writer: a transaction an event, all writers beginning and ending each round together."""
    for _ in range(rounds):
        ready()
        for number in range(events):
            append(number)
        ready()


def appended_per_second(writers: int, events: int, rounds: int) -> float:
    """Median over the rounds, after one in which every writer opens the books."""
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(writers + 1)
    processes = [spawn.Process(target=write, args=(events, rounds + 1, together.wait)) for _ in range(writers)]
    for process in processes:
        process.start()
    seconds = [_round(together.wait) for _ in range(rounds + 1)]
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return writers * events / statistics.median(seconds[1:])


def _round(ready: Callable[[], object]) -> float:
    ready()
    start = time.perf_counter()
    ready()
    return time.perf_counter() - start


def fill(events: int) -> None:
    """A trail to verify."""
    for page in range(0, events, PAGE):
        with transaction.atomic():
            for number in range(page, min(page + PAGE, events)):
                append(number)


def verified_per_second() -> float:
    """The whole trail by as many processes as cores, their start included."""
    start = time.perf_counter()
    found = verify_audit.verify(verify_audit.kept_here(), judge=command.judge_beside(0))
    taken = time.perf_counter() - start
    assert not found.findings, found.findings[:3]
    return found.events / taken


def work(runs: int, writers: int, events: int, trail: int) -> dict[str, float]:
    """Append, fill, verify."""
    setup.ensure_ready()
    appended = appended_per_second(writers, events, runs)
    fill(trail)
    verified = statistics.median(verified_per_second() for _ in range(runs))
    return {"appended_per_second": appended, "verified_per_second": verified}


if __name__ == "__main__":
    print(json.dumps(work(*map(int, sys.argv[1:]))))
