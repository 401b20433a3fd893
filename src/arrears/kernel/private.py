"""Files and folders that are their owner's alone, from their making.

Used by channels, whose files hold what is on its way to or from people. What SQLite puts beside a file is like it.
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
    """Made empty if it is not there; one that others could read is closed to them."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    return path
