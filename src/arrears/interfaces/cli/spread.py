"""Many lines judged by several processes, in order: what `screen` does with a file that is long enough to be worth it.

A process takes a second or two to begin, so a short file is judged here. Each is begun anew and not forked: the threads
of the columnar engine do not outlive a fork. Each judges as many lines at once as all others, for most of the cost of a
few lines is that of any; no more than two rounds of them are in memory at a time.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import chain
from typing import Any

from arrears.interfaces.cli import line_runner

#: From so many lines on it is worth it.
WORTH = 8_000

Answer = Callable[[Iterator[bytes]], Iterable[Mapping[str, Any]]]


def over_cores(lines: Iterator[bytes], answer: Answer) -> Iterator[Mapping[str, Any]]:
    """What `answer` says of each line, in order.

    answer : can be pickled; says the same of a line whichever lines stand beside it
    """
    count = os.cpu_count() or 1
    rounds = line_runner.pieces(lines, most=count * line_runner.PIECE)
    first = next(rounds, [])
    if count < 2 or (len(first) < WORTH and sum(map(len, first)) < line_runner.CHARACTERS):
        yield from answer(chain(first, lines))
        return
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        under_way: deque[Future[list[Mapping[str, Any]]]] = deque()
        for some in chain([first], rounds):
            each = -(-len(some) // count)
            under_way += (pool.submit(partial(_all, answer), some[at : at + each]) for at in range(0, len(some), each))
            while len(under_way) > count:
                yield from under_way.popleft().result()
        for one in under_way:
            yield from one.result()


def _all(answer: Answer, piece: list[bytes]) -> list[Mapping[str, Any]]:
    return list(answer(iter(piece)))
