"""Ask a program to wrap and unwrap: `PROGRAM… wrap KEY`, base64 on its input, base64 on its output, exit code 0.

So any key management service or hardware module (国密 ones too) is reached by a few lines of the operator's own. Exit
code 3 means that it was asked and refuses; any other, or silence, that it could not be asked. What it says on its error
output goes to ours.
"""

from __future__ import annotations

import base64
import binascii
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from arrears.kernel.masters import Master, MasterAway, MasterRefused

REFUSES = 3


@dataclass(frozen=True)
class Command:
    """words : the program with its arguments; key : which master key it is to use; timeout : seconds"""

    words: Sequence[str]
    key: str
    timeout: float

    @property
    def name(self) -> str:
        return f"command:{self.key}"

    def wrap(self, plain: bytes) -> bytes:
        return self._ask("wrap", plain)

    def unwrap(self, wrapped: bytes) -> bytes:
        return self._ask("unwrap", wrapped)

    def _ask(self, what: str, data: bytes) -> bytes:
        command = [*self.words, what, self.key]
        try:
            done = subprocess.run(
                command, input=base64.b64encode(data), stdout=subprocess.PIPE, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise MasterAway(master=self.name, why="too slow") from None
        except OSError as error:
            raise MasterAway(master=self.name, why=error.strerror or type(error).__name__) from None
        if done.returncode == REFUSES:
            raise MasterRefused(master=self.name, why="the command refuses")
        if done.returncode:
            raise MasterAway(master=self.name, why=f"the command ended with {done.returncode}")
        try:
            answer = base64.b64decode(done.stdout.strip(), validate=True)
        except binascii.Error:
            answer = b""
        if not answer:
            raise MasterAway(master=self.name, why="the command answered no base64")
        return answer


def open_master(*, words: Sequence[str], key: str, timeout: float) -> Master:
    """A master behind a command."""
    return Command(tuple(words), key, timeout)
