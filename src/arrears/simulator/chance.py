"""What does chance say for this borrower, on this day, about this question? Every module of the simulator asks here.

A draw is a pure function of (seed, stream, day, entity): the SplitMix64 finaliser over a counter. So no draw depends on
the order of calls, on the size of a chunk, or on what happens to anybody else, and two runs that differ in one contact
differ only in that borrower's life. It must never keep state.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

MASK: Final = (1 << 64) - 1
GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB

#: Standard normal distribution function on a fine grid, for np.interp (numpy has no erf).
_GRID = np.linspace(-6.0, 6.0, 4801)
_PHI = np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in _GRID])

Floats = NDArray[np.float64]


def _mixed(value: int) -> int:
    value = ((value ^ (value >> 30)) * _FIRST) & MASK
    value = ((value ^ (value >> 27)) * _SECOND) & MASK
    return value ^ (value >> 31)


def key(seed: int, stream: str, day: int = 0) -> int:
    """The 64-bit key of one question on one day."""
    value = _mixed((seed + GOLDEN) & MASK)
    for letter in stream.encode():
        value = _mixed((value + letter + GOLDEN) & MASK)
    return _mixed((value + day * GOLDEN) & MASK)


def bits(seed: int, stream: str, entity: NDArray[np.uint64], day: int = 0) -> NDArray[np.uint64]:
    """64 random bits for every entity."""
    mixed = entity * np.uint64(GOLDEN) + np.uint64(key(seed, stream, day))
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def uniform(seed: int, stream: str, entity: NDArray[np.uint64], day: int = 0) -> Floats:
    """(len(entity),) float64 in (0, 1)."""
    return (bits(seed, stream, entity, day) >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54


def normal(seed: int, stream: str, entity: NDArray[np.uint64], day: int = 0) -> Floats:
    """(len(entity),) float64, standard normal (Box and Muller 1958)."""
    radius = np.sqrt(-2.0 * np.log(uniform(seed, stream + ".r", entity, day)))
    return radius * np.cos(2.0 * np.pi * uniform(seed, stream + ".a", entity, day))


def whole(seed: int, stream: str, entity: NDArray[np.uint64], low: int, high: int, day: int = 0) -> NDArray[np.int64]:
    """Whole numbers, low ≤ x ≤ high."""
    return low + (uniform(seed, stream, entity, day) * (high - low + 1)).astype(np.int64)


def pick(seed: int, stream: str, entity: NDArray[np.uint64], weights: list[float], day: int = 0) -> NDArray[np.int64]:
    """An index into `weights` with chance proportional to the weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], uniform(seed, stream, entity, day)).astype(np.int64)


def phi(z: Floats) -> Floats:
    """The standard normal distribution function."""
    return np.interp(z, _GRID, _PHI)
