"""Is the port free that is to be served on? Asked by `demo` and `serve` before anything long is begun."""

from __future__ import annotations

import errno
import socket

from arrears.kernel.errors import Refusal


class PortTaken(Refusal):
    code = "port_taken"
    message = "Something listens on {host}:{port} already, Arrears perhaps: end it, or choose another with --port."


def refuse_taken(host: str, port: int) -> None:
    """raises : PortTaken when another process listens there; other trouble with the address is the server's to tell"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(host=host, port=port) from None
