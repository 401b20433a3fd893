"""A message centre for each test, and a bind to it that is impatient enough for tests."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.peers import smsc as peers

from arrears.channels import registry
from arrears.channels.base import Outgoing
from arrears.channels.sms_smpp.adapter import SmppChannel

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
IMPATIENT = {
    "system_id": "arrears",
    "password": "secret",
    "response_seconds": 10,
    "enquire_seconds": 30,
    "patience_seconds": 5,
    "reconnect_first_seconds": 0.05,
    "reconnect_most_seconds": 0.2,
    "throttle_first_seconds": 0.05,
    "throttle_most_seconds": 0.2,
    "window": 20,
    "seed": 7,
}


@pytest.fixture
def smsc() -> peers.Smsc:
    try:
        return peers.fresh()
    except peers.NoSmsc as absent:
        pytest.skip(f"SMPP not tested here: {absent}")


@pytest.fixture
def open_bind(tmp_path: Path) -> Iterator[Callable[..., SmppChannel]]:
    """Open binds to a port; all are closed afterwards."""
    opened: list[SmppChannel] = []

    def open_one(**changes: object) -> SmppChannel:
        plain = {"host": "127.0.0.1", "journal": tmp_path / "bind.sqlite"}
        opened.append(registry.open_channel("sms_smpp", **(plain | IMPATIENT | changes)))
        return opened[-1]

    yield open_one
    for channel in opened:
        channel.close()


@pytest.fixture
def bind(smsc: peers.Smsc, open_bind: Callable[..., SmppChannel]) -> Callable[..., SmppChannel]:
    """Open binds to the message centre of this test."""
    return functools.partial(open_bind, port=smsc.port)


@pytest.fixture
def message() -> Callable[..., Outgoing]:
    def make(number: int = 1, **changes: object) -> Outgoing:
        plain = {
            "contact_id": f"c{number}",
            "to": f"+86138{number:08}",
            "text": f"您好，第{number}号账单已到期。",
            "language": "zh-Hans",
            "sender": "10690000",
        }
        return Outgoing(**(plain | changes))

    return make


@pytest.fixture
def eventually() -> Callable[..., object]:
    """Ask until the answer is right, or time is up; the last answer either way."""

    def ask_until(ask: Callable[[], object], right: Callable[[object], bool], seconds: float = 8) -> object:
        deadline = time.monotonic() + seconds
        while not right(answer := ask()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return answer

    return ask_until
