"""How the vault seals, and who keeps its master key, as the environment says; wrong combinations are refused.

`ARREARS_VAULT_ALGORITHM` is AES-256-GCM or SM4-GCM. `ARREARS_VAULT_MASTER` is `local` (the key ARREARS_VAULT_KEY, a
file or the environment), `transit` (a key management service with the transit API of HashiCorp Vault and OpenBao) or
`command` (a program of your own that wraps and unwraps, in front of any other service or a hardware module).
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from arrears.config import environment, secrets
from arrears.config.environment import WrongSetting
from arrears.records.privacy import algorithms

MASTERS = ("local", "transit", "command")
TIMEOUT, TIMEOUT_MAX = 10, 120
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Vault:
    """algorithm, master : as above; before : the local master key of before this one, while its keys are wrapped anew

    kms : what the chosen adapter's `open_master` takes; empty for the local master
    """

    algorithm: str
    master: str
    before: bytes | None = field(default=None, repr=False)
    kms: dict[str, object] = field(default_factory=dict, repr=False)


def settings() -> Vault:
    """What the environment says. Raises WrongSetting, UnreadableSecret."""
    algorithm = environment.text("ARREARS_VAULT_ALGORITHM", algorithms.AES_GCM)
    if algorithm not in algorithms.OF_SETTING:
        raise WrongSetting(f"ARREARS_VAULT_ALGORITHM must be {' or '.join(algorithms.OF_SETTING)}, not {algorithm!r}")
    master = environment.text("ARREARS_VAULT_MASTER", "local")
    if master not in MASTERS:
        raise WrongSetting(f"ARREARS_VAULT_MASTER must be {', '.join(MASTERS[:-1])} or {MASTERS[-1]}, not {master!r}")
    kms = {"local": dict, "transit": _transit, "command": _command}[master]()
    return Vault(algorithm, master, secrets.from_environment("ARREARS_VAULT_KEY_BEFORE"), kms)


def _transit() -> dict[str, object]:
    base = environment.text("ARREARS_KMS_URL").strip().rstrip("/")
    if not _is_safe(base):
        raise WrongSetting(
            "ARREARS_KMS_URL must be an https:// address without a token in it, such as https://kms:8200"
        )
    token = secrets.text("ARREARS_KMS_TOKEN")
    if not token or not token.isascii() or not token.isprintable():
        raise WrongSetting("ARREARS_KMS_TOKEN_FILE must name a file of one line, the token for ARREARS_KMS_URL")
    authority = environment.text("ARREARS_KMS_CA")
    if authority and not Path(authority).is_file():
        raise WrongSetting(f"ARREARS_KMS_CA {authority} is no file")
    mount = environment.text("ARREARS_KMS_MOUNT", "transit")
    return {"base": base, "key": _key(), "token": token, "mount": mount, "authority": authority, "timeout": _timeout()}


def _command() -> dict[str, object]:
    words = shlex.split(environment.text("ARREARS_KMS_COMMAND"))
    if not words:
        raise WrongSetting("ARREARS_KMS_COMMAND must name the program that wraps and unwraps")
    return {"words": words, "key": _key(), "timeout": _timeout()}


def _key() -> str:
    name = environment.text("ARREARS_KMS_KEY")
    if not name or len(name) > 64 or not all(char.isalnum() or char in "._-" for char in name):
        raise WrongSetting("ARREARS_KMS_KEY must name the master key: at most 64 letters, digits, dots and dashes")
    return name


def _timeout() -> float:
    timeout = environment.integer("ARREARS_KMS_TIMEOUT", default=TIMEOUT)
    if not 1 <= timeout <= TIMEOUT_MAX:
        raise WrongSetting(f"ARREARS_KMS_TIMEOUT must be of 1 to {TIMEOUT_MAX} seconds, not {timeout}")
    return float(timeout)


def _is_safe(base: str) -> bool:
    """The token goes along: in clear text to this very machine alone."""
    try:
        url = httpx.URL(base)
    except (httpx.InvalidURL, ValueError):
        return False
    is_private = url.scheme == "https" or (url.scheme == "http" and url.host in HERE)
    return is_private and bool(url.host) and not url.userinfo and not url.query
