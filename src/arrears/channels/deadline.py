"""A conversation over HTTP that is over in time, whoever drips an answer a byte at a time.

Used by the adapters that speak it: a time-out of theirs is one of each read, and starts anew with every byte.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any


class Cut:
    """Shuts a connection from outside: every single read of a slow drip is in time, all of them together are not."""

    def __init__(self) -> None:
        self.is_over = False
        self._connection: socket.socket | None = None

    def watch(self, event: str, told: Mapping[str, Any]) -> None:
        """Hears of each step of the conversation; keeps a second handle of the connection, which outlives TLS."""
        if event == "connection.connect_tcp.complete":
            self.close()
            self._connection = told["return_value"].get_extra_info("socket").dup()
            if self.is_over:
                self.shut()

    def shut(self) -> None:
        self.is_over = True
        if self._connection is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextlib.contextmanager
def cut_off(seconds: float) -> Iterator[Cut]:
    """A conversation of at most so long: its HTTP client is given `Cut.watch` as its trace."""
    cut = Cut()
    timer = threading.Timer(seconds, cut.shut)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
        timer.join()
        cut.close()
