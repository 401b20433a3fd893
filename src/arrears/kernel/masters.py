"""What keeps a master key, as the vault sees it: it wraps and unwraps, and never hands the key out.

The vault's own keys stand wrapped in the books; what unwraps them is a file's key, an external command or a key
management service. An adapter (channels/kms_*) keeps this contract; `config.vault_masters` chooses.
"""

from __future__ import annotations

from typing import Protocol

from arrears.kernel.errors import Refusal


class MasterAway(Refusal):
    """It could not be asked: nothing is known of the key, and the same may work in a while."""

    code = "master_away"
    message = "The master key {master} cannot be asked: {why}."


class MasterRefused(Refusal):
    """It was asked and did not open what it was given."""

    code = "master_refused"
    message = "The master key {master} does not open what it was given: {why}."


class Master(Protocol):
    """name : which master this is, without telling it: kept beside what it wrapped, at most 80 characters"""

    @property
    def name(self) -> str: ...

    def wrap(self, plain: bytes) -> bytes:
        """Seal a key of at most 64 bytes, authenticated. Raises MasterAway, MasterRefused."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """What was wrapped. Raises MasterAway; MasterRefused when it is altered, or another master's."""
