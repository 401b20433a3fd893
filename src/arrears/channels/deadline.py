"""A conversation over HTTP that is over in time, whoever drips an answer a byte at a time.

Used by the adapters that speak it: a time-out of theirs is one of each read, and starts anew with every byte. Redirects
and proxies are not followed, for keys would go along. Nothing is retried and nothing is logged here.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

#: With these nobody was reached, so surely nothing was asked.
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol)


class Unanswered(Exception):
    """There is no whole answer in time. why : a constant word, never what the other side said"""

    def __init__(self, why: str, *, is_unasked: bool) -> None:
        self.why, self.is_unasked = why, is_unasked
        super().__init__(why)


class TooLong(ValueError):
    """An answer of more bytes than anybody asked for."""


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


@contextlib.contextmanager
def post(
    url: str, body: object, *, headers: Mapping[str, str], seconds: float, trusted: ssl.SSLContext | bool = True
) -> Iterator[httpx.Response]:
    """The answer to one question in JSON, open to be read.

    seconds : for all of the answer
    trusted : the certificates that the other side's own is checked with; True for the machine's
    raises  : Unanswered, also for what goes wrong while it is read
    """
    client = httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False, verify=trusted)
    with cut_off(seconds) as cut, client:
        try:
            with client.stream("POST", url, json=body, headers=headers, extensions={"trace": cut.watch}) as answer:
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as trouble:
            is_late = isinstance(trouble, httpx.TimeoutException) or cut.is_over
            why = "too long" if isinstance(trouble, TooLong) else "too slow" if is_late else type(trouble).__name__
            raise Unanswered(why, is_unasked=isinstance(trouble, UNREACHED)) from None


def whole(answer: httpx.Response, most: int) -> bytes:
    """All of an answer; raises TooLong where it does not end within so many bytes."""
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > most:
            raise TooLong
    return bytes(read)


def bearer(key: str) -> dict[str, str]:
    """The headers of who asks for JSON with a key, or without one."""
    return {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
