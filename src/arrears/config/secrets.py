"""Keys of this installation: made on first use, readable by the owner alone, never in the repository.

A key may be given as `X` or, better, as a file named in `X_FILE`; otherwise it is kept in `$ARREARS_HOME/keys`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class UnreadableSecret(RuntimeError):
    """A secret was named but cannot be read: never start with another one in its place."""


def from_environment(name: str) -> bytes | None:
    """The secret in `name` or in the file that `name_FILE` points to; None when neither is set."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_bytes().strip()
        except OSError as error:
            raise UnreadableSecret(f"{name}_FILE cannot be read: {error.strerror}") from error
    value = os.environ.get(name)
    return value.encode() if value else None


def load_or_create(name: str, *, folder: Path, file: str, size: int = 32) -> bytes:
    """The key `name` as lower-case hex bytes; created once, atomically, with mode 0600."""
    if given := from_environment(name):
        return given
    path = folder / file
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "wb") as out:
        value = secrets.token_hex(size).encode()
        out.write(value)
    return value


def _read(path: Path) -> bytes:
    value = path.read_bytes().strip()
    if not value:
        raise UnreadableSecret(f"{path.name} is empty: restore it from your backup, or remove it to start anew")
    return value
