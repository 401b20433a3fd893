"""One TCP connection to a carrier: whole frames in, bytes out.

Called by the client's reader (which alone reads) and by any thread that writes. It knows lengths, not meanings.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading

HEADER_LENGTH = 16
FRAME_MOST = 65_536
RECEIVE = 262_144


class LinkLost(Exception):
    """The connection is gone, or what comes out of it is not SMPP."""


class Link:
    """A connected socket with its half-read frame."""

    def __init__(self, host: str, port: int, *, seconds: float) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=seconds)
        except OSError as error:
            raise LinkLost(f"no connection: {error.strerror or error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Reading waits in poll; writing must not wait for ever on a carrier that stopped reading.
        self._socket.settimeout(None)
        self._socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        )
        self._writing = threading.Lock()
        self._pending = bytearray()
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def write(self, data: bytes) -> None:
        """All the bytes or LinkLost; frames of several threads never mix."""
        with self._writing:
            try:
                self._socket.sendall(data)
            except OSError as error:
                raise LinkLost(f"writing failed: {error.strerror or error}") from error

    def read(self, seconds: float) -> list[bytes]:
        """The whole frames that came within the time; none when it stayed silent."""
        try:
            if not self._poll.poll(seconds * 1000):
                return []
            received = self._socket.recv(RECEIVE)
        except (OSError, ValueError) as error:
            raise LinkLost(f"reading failed: {error}") from error
        if not received:
            raise LinkLost("the carrier closed the connection")
        self._pending += received
        return self._frames()

    def _frames(self) -> list[bytes]:
        frames = []
        start = 0
        while len(self._pending) - start >= HEADER_LENGTH:
            length = int.from_bytes(self._pending[start : start + 4], "big")
            if not HEADER_LENGTH <= length <= FRAME_MOST:
                raise LinkLost(f"a frame of {length} octets is not SMPP")
            if len(self._pending) - start < length:
                break
            frames.append(bytes(self._pending[start : start + length]))
            start += length
        del self._pending[:start]
        return frames

    def break_off(self) -> None:
        """Make the reader notice at once; any thread may call it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket; the reader's own last act."""
        self.break_off()
        self._socket.close()
