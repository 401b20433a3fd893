"""How the vault seals, and who keeps its master key, as the environment says; wrong combinations are refused.

`ARREARS_VAULT_ALGORITHM` is AES-256-GCM or SM4-GCM. `ARREARS_VAULT_MASTER` is `local` (the key ARREARS_VAULT_KEY, a
file or the environment), `transit` (a key management service with the transit API of HashiCorp Vault and OpenBao) or
`command` (a program of your own that wraps and unwraps, in front of any other service or a hardware module).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arrears.config import environment, secrets
from arrears.config.environment import WrongSetting
from arrears.records.privacy import algorithms

#: The token goes along: in clear text to this very machine alone.
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
    algorithm = environment.choice("ARREARS_VAULT_ALGORITHM", tuple(algorithms.OF_SETTING))
    master = environment.choice("ARREARS_VAULT_MASTER", tuple(KMS))
    kms = KMS[master]()
    return Vault(algorithm, master, secrets.from_environment("ARREARS_VAULT_KEY_BEFORE"), kms)


def _transit() -> dict[str, object]:
    url = environment.address("ARREARS_KMS_URL")
    if url is None or (url.scheme != "https" and url.host not in HERE):
        raise WrongSetting(
            "ARREARS_KMS_URL must be an https:// address without a token in it, such as https://kms:8200"
        )
    token = secrets.text("ARREARS_KMS_TOKEN")
    if not token or not token.isascii() or not token.isprintable():
        raise WrongSetting("ARREARS_KMS_TOKEN_FILE must name a file of one line, the token for ARREARS_KMS_URL")
    authority = environment.text("ARREARS_KMS_CA")
    if authority and not Path(authority).is_file():
        raise WrongSetting(f"ARREARS_KMS_CA {authority} is no file")
    return {
        "base": environment.text("ARREARS_KMS_URL").strip().rstrip("/"),
        "key": _key(),
        "token": token,
        "mount": environment.text("ARREARS_KMS_MOUNT", "transit"),
        "authority": authority,
        "timeout": environment.timeout("ARREARS_KMS_TIMEOUT"),
    }


def _command() -> dict[str, object]:
    try:
        words = shlex.split(environment.text("ARREARS_KMS_COMMAND"))
    except ValueError:  # a quotation that is not closed
        words = []
    if not words:
        raise WrongSetting("ARREARS_KMS_COMMAND must name the program that wraps and unwraps")
    return {"words": words, "key": _key(), "timeout": environment.timeout("ARREARS_KMS_TIMEOUT")}


def _key() -> str:
    name = environment.text("ARREARS_KMS_KEY")
    if not name or len(name) > 64 or not all(char.isalnum() or char in "._-" for char in name):
        raise WrongSetting("ARREARS_KMS_KEY must name the master key: at most 64 letters, digits, dots and dashes")
    return name


#: Which master → what its adapter takes.
KMS: Mapping[str, Callable[[], dict[str, object]]] = {"local": dict, "transit": _transit, "command": _command}
