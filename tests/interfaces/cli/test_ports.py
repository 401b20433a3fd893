"""A port that somebody listens on is refused before anything long is begun."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from arrears.interfaces.cli import demo, ports, serve

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", [demo.command, serve.command])
def test_a_taken_port_is_refused_and_named(command, taken: int, settings, tmp_path) -> None:
    settings.HOME = tmp_path
    with pytest.raises(ports.PortTaken, match=f"{HOST}:{taken}"):
        command(host=HOST, port=taken)
    assert not list(tmp_path.iterdir())


def test_a_port_that_was_just_given_up_is_free() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with socket.create_connection((HOST, port)):
            other.accept()[0].close()
    ports.refuse_taken(HOST, port)
