"""A file of answers stands under its own name only when all of it is written. Used by commands that write lines."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write(path: Path, lines: Iterable[str]) -> None:
    """Lines into a file, all or none: a refusal half-way leaves what was there before.

    A device or a pipe takes them as they come; what a link leads to is written, and the link stays.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in lines)
        return
    path = path.resolve()
    waiting = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with waiting.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in lines)
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
