"""How do many files appear in the lake as one? Staged beside, decided by one rename, then moved into place.

Called by `merge` and by `store` when a lake is opened or its dates are asked for. A process killed before the decision
leaves the lake as it was; one killed after it leaves work that anybody who opens the lake finishes. The manifest is
moved last, so a new business date is invisible until every file of it stands.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from arrears.kernel.errors import Refusal

_STAGING = ".staging"
_DECISION = "decided.json"
#: Stands for the slash in the name of a staged file: one folder of files is made and cleared faster than a tree.
_SLASH = ","


class LakeBusy(Refusal):
    code = "lake_busy"
    message = "Another process is publishing into the lake at {root}; try again when it is done."


@contextlib.contextmanager
def staged(root: Path, name: str) -> Iterator[Path]:
    """An empty folder to build files in, each at its `place`; without `publish` nothing of it remains.

    raises : LakeBusy when another process is publishing
    """
    with _locked(root):
        _finish_decided(root)
        folder = root / _STAGING / name
        shutil.rmtree(root / _STAGING, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            if not (folder / _DECISION).exists():
                shutil.rmtree(root / _STAGING, ignore_errors=True)


def place(folder: Path, path: Path) -> Path:
    """Where in the staging folder a file is built that will stand at a path below the root."""
    return folder / path.as_posix().replace("/", _SLASH)


def publish(root: Path, folder: Path, *, last: Path, durable: bool = True) -> None:
    """Decide, then move every staged file to its place under the root, `last` (its path under the root) at the end.

    durable : have every new file on the disk before the decision; a second link of a stored file already is
    """
    files = sorted(path.name.replace(_SLASH, "/") for path in folder.iterdir())
    files.sort(key=lambda name: name == str(last))
    assert files[-1:] == [str(last)], "what is published last is staged"
    for built in (place(folder, Path(name)) for name in files) if durable else ():
        if built.stat().st_nlink == 1:
            _sync(built)
    replace(folder / _DECISION, json.dumps(files).encode(), durable=durable)
    _move(root, folder)


def recover(root: Path) -> None:
    """Finish what was decided by a process that died; waits for one that is alive. Quick when there is nothing."""
    if any((root / _STAGING).glob(f"*/{_DECISION}")):
        with _locked(root, wait=True):
            _finish_decided(root)


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write beside and rename; unless told otherwise the content has reached the disk before the name has."""
    made = beside(path)
    made.write_bytes(content)
    if durable:
        _sync(made)
    made.replace(path)


def beside(path: Path) -> Path:
    """Where a file is written before it is renamed to its path; what a process killed here left of it goes first.

    Whoever writes into the lake is alone (`changing`), so that process is gone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}")


def _finish_decided(root: Path) -> None:
    for decision in sorted((root / _STAGING).glob(f"*/{_DECISION}")):
        _move(root, decision.parent)


def _move(root: Path, folder: Path) -> None:
    """Every file that is still staged goes to its place; doing it again does no harm."""
    for name in json.loads((folder / _DECISION).read_bytes()):
        built = place(folder, Path(name))
        if built.exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            built.replace(root / name)
    (folder / _DECISION).unlink()
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(root: Path, *, wait: bool = False) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusy(root=root.name) from None
        yield


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
