"""Would a result take the place of what it is made of? Called by every command that reads files and writes one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from arrears.kernel.errors import InvalidInput


def refuse(made: Path, given: Iterable[Path]) -> None:
    """Raises InvalidInput when a result is one of the files it is made of, be it by another name or a link."""
    if made.exists() and any(made.samefile(one) for one in given if one.exists()):
        raise InvalidInput(f"{made}: the answers would take the place of what they answer")
