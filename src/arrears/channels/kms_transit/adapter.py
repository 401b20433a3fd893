"""Ask a key management service over the transit API, as HashiCorp Vault and OpenBao speak it.

`POST {base}/v1/{mount}/encrypt/{key}` and `…/decrypt/{key}` with a token. Nothing is logged here, neither key nor
token. A key that the service itself rotates goes on opening what it wrapped before.
"""

from __future__ import annotations

import base64
import binascii
import json
import ssl
from dataclasses import dataclass, field
from typing import Any

import httpx

from arrears.channels import deadline
from arrears.kernel.masters import Master, MasterAway, MasterRefused

#: No answer is longer.
BYTES_MAX = 64_000


@dataclass(frozen=True)
class Transit:
    """base : such as https://kms:8200; key, mount : where the master key is; authority : a file of certificates that
    the service's own is checked with, blank for the machine's; timeout : seconds, for all of an answer"""

    base: str
    key: str
    token: str = field(repr=False)
    mount: str = "transit"
    authority: str = ""
    timeout: float = 10.0

    @property
    def name(self) -> str:
        return f"transit:{self.key}"

    def wrap(self, plain: bytes) -> bytes:
        answer = self._ask("encrypt", {"plaintext": base64.b64encode(plain).decode()})
        return self._told(answer, "ciphertext").encode()

    def unwrap(self, wrapped: bytes) -> bytes:
        answer = self._ask("decrypt", {"ciphertext": wrapped.decode(errors="replace")})
        try:
            return base64.b64decode(self._told(answer, "plaintext"), validate=True)
        except binascii.Error:
            raise MasterAway(master=self.name, why="its answer is no base64") from None

    def _ask(self, what: str, body: dict[str, str]) -> Any:
        where = f"{self.base}/v1/{self.mount}/{what}/{self.key}"
        headers, trusted = {"X-Vault-Token": self.token}, self._trusted()
        try:
            with deadline.post(where, body, headers=headers, seconds=self.timeout, trusted=trusted) as response:
                if response.status_code == httpx.codes.BAD_REQUEST:
                    raise MasterRefused(master=self.name, why="HTTP 400")
                if response.status_code != httpx.codes.OK:
                    raise MasterAway(master=self.name, why=f"HTTP {response.status_code}")
                return json.loads(deadline.whole(response, BYTES_MAX))
        except deadline.Unanswered as trouble:
            raise MasterAway(master=self.name, why=trouble.why) from None

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.authority or None)
        except OSError:
            raise MasterAway(master=self.name, why=f"{self.authority} holds no certificates") from None

    def _told(self, answer: Any, word: str) -> str:
        data = answer.get("data") if isinstance(answer, dict) else None
        told = data.get(word) if isinstance(data, dict) else None
        if not isinstance(told, str) or not told:
            raise MasterAway(master=self.name, why=f"its answer holds no {word}")
        return told


def open_master(*, base: str, key: str, token: str, mount: str, authority: str, timeout: float) -> Master:
    """A master behind the transit API."""
    return Transit(base, key, token, mount, authority, timeout)
