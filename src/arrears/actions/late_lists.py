"""The agencies and legal steps of this installation, as its policies say. Asked by the late actions and their pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from arrears.actions import house
from arrears.rules import late_steps


def lists() -> late_steps.Lists:
    """Both lists in force."""
    return _lists(house.here().policies)


@lru_cache(maxsize=4)
def _lists(folder: Path) -> late_steps.Lists:
    return late_steps.read(folder)
