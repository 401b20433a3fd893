"""The keys that seal: how one is written for the first time, and how its absence is told.

Whether a key may be made is decided by `actions.check_keys`, which looks at the books; nothing here reads them.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from arrears.kernel.errors import Refusal

KEY_BYTES = 32


class KeyMissing(Refusal):
    code = "key_missing"
    message = (
        "The {what} is missing, and the books hold what was made with it: restore {file} from your backup, or name the "
        "key in ARREARS_{name}_FILE. No new key is made."
    )


class KeyWrong(Refusal):
    code = "key_wrong"
    message = (
        "The {what} is not the one that the books were made with: restore {file} from your backup, or name the right "
        "key in ARREARS_{name}_FILE."
    )


WHAT = {
    "VAULT_KEY": "vault key",
    "PSEUDONYM_KEY": "pseudonym key",
    "AUDIT_KEY": "audit key",
    "ANCHOR_KEY": "anchor key",
}


def missing(name: str) -> KeyMissing:
    """The refusal of whatever needs a key that is not there."""
    return KeyMissing(what=WHAT[name], name=name, file=settings.SEALING_KEYS[name])


def wrong(name: str) -> KeyWrong:
    """The refusal of whatever needs a key that is another one."""
    return KeyWrong(what=WHAT[name], name=name, file=settings.SEALING_KEYS[name])


def get(name: str) -> bytes:
    """A key that seals; raises KeyMissing."""
    key: bytes | None = getattr(settings, name)
    if key is None:
        raise missing(name)
    return key


def make(name: str) -> None:
    """Make a key that nothing was sealed with yet, for this process and all later ones."""
    setattr(settings, name, write_new(settings.SEALING_KEYS[name]))


def mark(key: bytes) -> str:
    """Tells one key from another without telling the key: 16 hex digits."""
    return hmac.digest(key, b"which key is this", "sha256").hex()[:16]


def write_new(path: Path) -> bytes:
    """A new key as lower-case hex."""
    return write(path, secrets.token_hex(KEY_BYTES).encode())


def write(path: Path, key: bytes) -> bytes:
    """Write a key, whole or not at all, readable by its owner alone; what another process wrote first stands."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    return path.read_bytes().strip()
