"""Keys of this installation, as the environment or `$ARREARS_HOME/keys` has them; never in the repository.

A key may be given as `X` or, better, as a file named in `X_FILE`. A key that seals is never made here: whether it may
be is known only with the books (`actions.check_keys`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from django.utils.functional import SimpleLazyObject

from arrears.kernel.errors import Refusal
from arrears.records.privacy import keys


class UnreadableSecret(Refusal):
    """A secret was named but cannot be read: never start with another one in its place."""


def from_environment(name: str) -> bytes | None:
    """The secret in `name` or in the file that `name_FILE` points to; None when neither is set.

    raises : UnreadableSecret when the file cannot be read, or holds none
    """
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return _filled(Path(file).read_bytes(), f"{name}_FILE")
        except OSError as error:
            raise UnreadableSecret(f"{name}_FILE cannot be read: {error.strerror}") from error
    value = os.environ.get(name)
    return value.encode() if value else None


def text(name: str) -> str:
    """The same as text; blank when neither is set."""
    try:
        return (from_environment(name) or b"").decode()
    except UnicodeDecodeError:
        raise UnreadableSecret(f"{name} is no text") from None


def load(name: str, *, path: Path) -> bytes | None:
    """The key `name` as it was given or stands in its file; None where there is none, and then none is made."""
    if given := from_environment(name):
        return given
    try:
        return _filled(path.read_bytes(), f"{path}")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableSecret(f"{path} cannot be read: {error.strerror}") from error


def _filled(content: bytes, file: str) -> bytes:
    value = content.strip()
    if not value:
        raise UnreadableSecret(f"{file} is empty: restore it from your backup")
    return value


def load_or_create(name: str, *, path: Path) -> str:
    """The same, made when somebody first asks for it; for a key whose loss costs no more than everybody's sign-in."""
    known = load(name, path=path)
    made = SimpleLazyObject(lambda: keys.write_new(path).decode())
    return known.decode() if known else cast("str", made)
