"""The agencies and legal steps of this installation, as its policies say. Asked by the late actions and their pages.

A file that cannot be used changes nothing: the lists that this process last read stay in force and say so (`fault`). A
process that never read any has none: nothing is placed or sued by a list that is not the lender's.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path

from arrears.actions import house
from arrears.kernel.errors import Refusal
from arrears.rules import late_steps

#: What a file of the wrong content or shape raises while it is read.
UNUSABLE = (Refusal, OSError, ValueError, TypeError, KeyError, AttributeError)

_last_good: dict[Path, late_steps.Lists] = {}


def lists() -> late_steps.Lists:
    """Both lists in force."""
    place = house.here()
    try:
        good = _read(place.policies)
    except UNUSABLE as wrong:
        before = _last_good.get(place.home, late_steps.Lists({}, {}))
        return dataclasses.replace(before, fault=str(wrong) or type(wrong).__name__)
    _last_good[place.home] = good
    return good


@lru_cache(maxsize=4)
def _read(folder: Path) -> late_steps.Lists:
    return late_steps.read(folder)
