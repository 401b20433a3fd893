"""The masters of this installation: the chosen one first, then those that opened the vault's keys before it.

Loaded by `records.privacy.wrapping` through `settings.VAULT_MASTERS`. A local key that is still given beside another
master is one of before, so that keys can be wrapped anew while everybody works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings

from arrears.channels.kms_command import adapter as command
from arrears.channels.kms_transit import adapter as transit
from arrears.kernel.masters import Master
from arrears.records.privacy.wrapping import LocalMaster

OPENERS = {"transit": transit.open_master, "command": command.open_master}


def masters() -> Sequence[Master]:
    """The chosen master first; empty where the local one was chosen and there is no key."""
    vault = settings.VAULT
    local = [LocalMaster(secret, vault.algorithm) for secret in (settings.VAULT_KEY, vault.before) if secret]
    if vault.master == "local":
        return local if settings.VAULT_KEY else []
    return [_opened(vault.master, vault.kms), *local]


def _opened(kind: str, options: Mapping[str, object]) -> Master:
    return OPENERS[kind](**options)
