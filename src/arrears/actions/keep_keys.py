"""Keep the keys of this installation in a file of their own, apart from the backups, and put them back.

Called by the command line. Books without keys tell nothing, and keys without books open nothing; so that no thief of
one place has both, neither file may lie in the folder of the other. What is already in place is never changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from arrears.actions import backup_files
from arrears.kernel import sealed_files
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.privacy import keys

KIND = "keys"
SIZE_MAX = 1 << 16


class KeysInSight(Refusal):
    code = "keys_in_sight"
    message = "{folder} holds {other}: keys and backups never lie in one folder, for a thief of one would have both."


class FolderMissing(InvalidInput):
    """A folder that was mistyped is not made: nobody would find what is in it."""

    code = "folder_missing"
    message = "There is no folder {folder}: make it first, readable by you alone."


class FileTaken(Refusal):
    code = "file_taken"
    message = "{file} is there already: neither backups nor keys are written over another file."


class AnotherKey(Refusal):
    code = "another_key"
    message = "{file} holds another key than the one to be put back: nothing was changed."


class NoKeys(InvalidInput):
    code = "no_keys"
    message = "The file opens, but holds no keys."


@contextmanager
def new_file(target: Path, *, kind: str, at: datetime) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file of a kind to be written: it is there whole when the block ends, or not at all.

    target : a file that is not there yet, or a folder for one with the moment in its name
    raises : FolderMissing, FileTaken, KeysInSight
    """
    file = target / f"arrears-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.{kind}" if target.is_dir() else target
    if not file.parent.is_dir():
        raise FolderMissing(folder=file.parent)
    if file.exists():
        raise FileTaken(file=file)
    _refuse_beside(file, of=KIND if kind != KIND else backup_files.KIND)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield file, out
            out.flush()
            os.fsync(out.fileno())
        beside.rename(file)
    finally:
        beside.unlink(missing_ok=True)


def export(target: Path, *, passphrase: str, at: datetime, actor: str) -> tuple[Path, list[str]]:
    """Seal every key that this installation holds into a new file, see `new_file`; returns it, and what was kept.

    A master key that a service or a module keeps is not among them: it has a custody of its own.
    raises : FileTaken, KeysInSight, sealed_files.PassphraseTooShort
    """
    held = {name: value.decode() for name in settings.SEALING_KEYS if (value := getattr(settings, name))}
    with new_file(target, kind=KIND, at=at) as (file, out):
        sealed = sealed_files.Writer(out, kind=KIND, passphrase=passphrase)
        sealed.write(json.dumps(held).encode())
        sealed.finish()
    audit.record("backup.keys_made", subject="backup", actor=actor, at=at, keys=sorted(held))
    return file, [keys.WHAT[name] for name in held]


def put_back(file: Path, *, passphrase: str) -> list[str]:
    """Write each key to its place in this home; returns what was written. What is there already stays.

    raises : AnotherKey before anything is written; NoKeys, sealed_files.NotSealed, PassphraseWrong, Damaged
    """
    with file.open("rb") as opened:
        content = sealed_files.Reader(opened, kind=KIND, passphrase=passphrase).read(SIZE_MAX)
    held = _told(content)
    for name, value in held.items():
        place = settings.SEALING_KEYS[name]
        if place.exists() and place.read_text().strip() != value:
            raise AnotherKey(file=place)
    written = [name for name in held if not settings.SEALING_KEYS[name].exists()]
    for name in written:
        keys.write(settings.SEALING_KEYS[name], held[name].encode())
        if getattr(settings, name) is None:
            setattr(settings, name, held[name].encode())
    return [keys.WHAT[name] for name in written]


def marks() -> dict[str, str]:
    """What tells the keys in use from others, without telling them."""
    return {name: keys.mark(value) for name in settings.SEALING_KEYS if (value := getattr(settings, name))}


def wanting(needed: Mapping[str, str]) -> list[str]:
    """Which of the keys that were marked are not here, in words for an operator: missing, or another one."""
    here = marks()
    return [
        f"the {keys.WHAT[name]} ({settings.SEALING_KEYS[name]}) is {'another one' if name in here else 'missing'}"
        for name, mark in needed.items()
        if here.get(name) != mark
    ]


def _refuse_beside(file: Path, *, of: str) -> None:
    """Raises KeysInSight where the folder that a file is to be written to holds one `of` the other kind."""
    folder = file.resolve().parent
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and _kind(path) == of:
            raise KeysInSight(folder=folder, other=path.name)


def _kind(path: Path) -> str | None:
    try:
        with path.open("rb") as opened:
            return sealed_files.kind_of(opened)
    except OSError:
        return None


def _told(content: bytes) -> dict[str, str]:
    try:
        held: dict[str, str] = json.loads(content)
        is_ours = isinstance(held, dict) and all(
            name in settings.SEALING_KEYS and isinstance(value, str) and value for name, value in held.items()
        )
    except ValueError:
        raise NoKeys from None
    if not is_ours:
        raise NoKeys
    return held
