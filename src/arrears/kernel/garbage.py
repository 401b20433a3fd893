"""Let Python look for garbage seldom, and not at all while a batch is in the making.

`seldom` is for every command, which begins by making some hundred thousand things that stay; `uncollected` for the
night's actions. A batch makes as many small things that live until it is written and hang in no circle; searching them
again and again for circles costs a sixth of the batch and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects before Python looks for circles among them, 700 unless told; a start of a command is a tenth quicker so.
NEW_OBJECTS = 50_000


def seldom() -> None:
    """From now on, in the whole process."""
    gc.set_threshold(NEW_OBJECTS)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for circles meanwhile, in the whole process; afterwards as before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
