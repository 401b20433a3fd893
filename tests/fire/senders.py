"""Sending processes: one program that has loaded everything, and forks a sender at each order.

Run by `crew` as `python -m tests.fire.senders`. Orders are JSON lines on stdin, each answered by one on stdout. It
holds no connection and no thread of its own, so a fork of it is a fresh process; when its stdin ends, they all end.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from tests.fire import deaths, house  # noqa: E402

from arrears.actions import contact_call, contact_send, wired  # noqa: E402
from arrears.interfaces.cli import worker as worker_command  # noqa: E402
from arrears.interfaces.worker import loop  # noqa: E402

settings.WIRING = "tests.fire.house.wire"


def worker(*, once: bool) -> None:
    """The command `arrears worker`."""
    worker_command.command(once=once, name="")


def tick(*, die_at: int = 0) -> None:
    """What `arrears worker --once` does when the house is ready; killed at a step, if one is named."""
    if die_at:
        deaths.die_at(die_at)
    loop.run_once(wired.here, worker=f"worker:{os.getpid()}", stop=threading.Event())


def many(*, threads: int, limit: int) -> None:
    """Threads that send beside one another over one bind, each until two looks in a row find nothing due."""
    channels, begun = house.open_channels(), threading.Barrier(threads)

    def send(number: int) -> None:
        begun.wait()
        idle = 0
        while idle < 2:
            report = contact_send.send_due(
                at=house.CLOCK.now(),
                limit=limit,
                channels=channels,
                worker=f"{os.getpid()}-{number}",
                gate=wired.here().gate,
            )
            idle = 0 if report.sent or report.held else idle + 1
        connections.close_all()

    _together([lambda number=number: send(number) for number in range(threads)])
    wired.close_channels(channels)


def call(*, customer_ids: list[str], points: list[str], agents: int) -> None:
    """So many agents at a time ask to call each of these people, another agent each time; tells who was cleared."""
    begun = threading.Barrier(agents)

    def ask(number: int) -> None:
        begun.wait()
        for turn, (customer_id, point) in enumerate(zip(customer_ids, points, strict=True)):
            given = {"customer_id": customer_id, "case_id": None, "contact_point_id": point}
            answer = contact_call.clear_call(
                at=house.CLOCK.now(), actor=f"user:{os.getpid()}{number}{turn}", gate=wired.here().gate, **given
            )
            if answer.allowed:
                sys.stdout.write(f"dialled {customer_id}\n")
        connections.close_all()

    _together([lambda number=number: ask(number) for number in range(agents)])


def _together(works: list[Callable[[], None]]) -> None:
    """All at once; the first trouble is this process's trouble."""
    troubles: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]


TASKS: dict[str, Callable[..., None]] = {"worker": worker, "tick": tick, "many": many, "call": call}


def start(*, task: str, chosen: dict[str, Any], given: dict[str, Any], said: str) -> dict[str, int]:
    """Fork a sender that works in the house chosen; its law is read here, once for all of them."""
    house.gate(chosen["policies"])
    pid = os.fork()
    if pid:
        return {"pid": pid}
    code = 1
    try:
        with open(said, "wb", buffering=0) as out, open(os.devnull, "rb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        house.choose(house.House(**chosen))
        TASKS[task](**given)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(*, pid: int) -> dict[str, int | None]:
    """How a sender ended, as a subprocess tells it; None while it lives."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return {"code": os.waitstatus_to_exitcode(status) if found else None}


def main() -> None:
    os.set_blocking(0, True)
    living: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        do = order.pop("do")
        answer = start(**order) if do == "start" else ended(**order)
        if do == "start":
            living.add(answer["pid"])
        elif answer["code"] is not None:
            living.discard(order["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
