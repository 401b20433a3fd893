"""What did the lake's files that this process handled last hold? Their frames, as long as there is room.

Used by `store` and `night_files` alone. A tape is read by the night right after it was written, and is what the next
day's tape goes over: a process that lives many days need not unpack the same files three times. A file is known by its
place on the disk, its size and when it was changed, so a file renamed or linked is found and one replaced is not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import polars as pl

#: Bytes of all frames kept, and of the largest: the files of a large lender are read anew, and memory stays flat.
ROOM, LARGEST = 192 << 20, 48 << 20

_Key = tuple[int, int, int, int]
_kept: OrderedDict[_Key, tuple[pl.DataFrame, int]] = OrderedDict()
_lock = threading.Lock()


def keep(path: Path, frame: pl.DataFrame) -> None:
    """Remember that this is what stands in a file, column by column; nothing is kept of one too large."""
    size = int(frame.estimated_size())
    if size > LARGEST:
        return
    with _lock:
        _kept[_key(path)] = frame, size
        taken = sum(size for _, size in _kept.values())
        while taken > ROOM:
            taken -= _kept.popitem(last=False)[1][1]


def found(path: Path) -> pl.DataFrame | None:
    """All that stands in a file, if it is remembered."""
    with _lock:
        kept = _kept.get(key := _key(path))
        if kept is None:
            return None
        _kept.move_to_end(key)
        return kept[0]


def _key(path: Path) -> _Key:
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
