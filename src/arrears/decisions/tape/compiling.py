"""How the tape's byte loops are compiled: machine code is kept on disk where the machine lets us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function; without a writable cache folder each process compiles anew and only starts later."""
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:
        return numba.njit(function)  # type: ignore[no-any-return]
