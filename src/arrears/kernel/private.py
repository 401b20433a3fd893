"""Files and folders that are their owner's alone, from their making.

Used for what channels keep of what is on its way to or from people. What SQLite puts beside a file is like it.
"""

from __future__ import annotations

import os
from pathlib import Path


def folder(path: Path) -> Path:
    """Made if it is not there; one that others could look into is closed to them."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def file(path: Path) -> Path:
    """Made empty if it is not there; one that others could read is closed to them.

    One that is there is not opened: to close it again would let go of the locks that SQLite holds on it.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        path.chmod(0o600)
    return path
