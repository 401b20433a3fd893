"""What a bench reports: one figure beside its goal, and the tools to measure time and memory fairly."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Row:
    """name, size measured at, metric, value in unit, the goal as text, and whether it was met."""

    name: str
    size: str
    metric: str
    value: float
    unit: str
    goal: str
    met: bool


def at_least(name: str, size: str, metric: str, value: float, unit: str, goal: float) -> Row:
    """A row whose goal is a floor."""
    return Row(name, size, metric, value, unit, f">= {goal:g}", value >= goal)


def at_most(name: str, size: str, metric: str, value: float, unit: str, goal: float) -> Row:
    """A row whose goal is a ceiling."""
    return Row(name, size, metric, value, unit, f"<= {goal:g}", value <= goal)


def median_seconds(work: Callable[[], object], runs: int, warmups: int = 1) -> float:
    """Median wall seconds of `work` over `runs`, after warm-ups."""
    for _ in range(warmups):
        work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _child(work: Callable[..., object], arguments: tuple[object, ...], pipe: Connection) -> None:
    start = time.perf_counter()
    work(*arguments)
    seconds = time.perf_counter() - start
    scale = 1 if sys.platform == "darwin" else 1024
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    pipe.send((seconds, peak * scale))


def in_fresh_process(work: Callable[..., object], *arguments: object) -> tuple[float, int]:
    """(wall seconds, peak bytes of the largest process) of one call in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, arguments, sender))
    process.start()
    sender.close()
    try:
        result: tuple[float, int] = receiver.recv()
    except EOFError:
        raise RuntimeError(f"{work.__name__} died with exit code {process.exitcode}") from None
    finally:
        process.join()
    return result
