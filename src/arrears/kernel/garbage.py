"""Let Python not look for garbage while a batch is in the making.

Used by the night's actions. A batch makes some hundred thousand small things that live until it is written and hang in
no circle; searching them again and again for circles costs a sixth of the batch and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
