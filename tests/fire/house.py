"""The installation of a sending process: the real gate, books and SMPP channel; told what the test chose for it.

`settings.WIRING` names `wire` in every such process, so that all above it is what runs in production.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from arrears.actions.contact_gate import Gate
from arrears.actions.wired import Wired
from arrears.channels import registry
from arrears.channels.base import Channel
from arrears.config import gate_in_force


@dataclass(frozen=True)
class House:
    """What one test chose: where the message centre listens, which law holds, and what time it is when it begins."""

    port: int
    journal: str
    policies: str
    now: str
    response_seconds: float = 10.0
    patience_seconds: float = 5.0
    window: int = 50
    rate: float | None = None


_chosen: list[tuple[House, float]] = []


def choose(house: House) -> None:
    """From here on this process works in that house; its clock begins to run."""
    _chosen[:] = [(house, time.monotonic())]


class Clock:
    """The moment the house began at, and what has gone by since."""

    def now(self) -> datetime:
        house, began = _chosen[0]
        return datetime.fromisoformat(house.now) + timedelta(seconds=time.monotonic() - began)


CLOCK = Clock()


@functools.cache
def gate(policies: str) -> Gate:
    return gate_in_force.read(Path(policies), "cn+house")


def open_channels() -> Mapping[str, Channel]:
    house, _ = _chosen[0]
    channel = registry.open_channel(
        "sms_smpp",
        host="127.0.0.1",
        port=house.port,
        system_id="arrears",
        password="secret",
        journal=house.journal,
        sender="10690000",
        window=house.window,
        rate=house.rate,
        response_seconds=house.response_seconds,
        patience_seconds=house.patience_seconds,
        reconnect_first_seconds=0.02,
        reconnect_most_seconds=0.1,
        throttle_first_seconds=0.01,
        throttle_most_seconds=0.05,
        throttle_attempts=5,
        orphan_seconds=1,
        seed=7,
        clock=CLOCK,
    )
    return {"SMS": channel}


def wire() -> Wired:
    house, _ = _chosen[0]
    return Wired(now=CLOCK.now, gate=gate(house.policies), open_channels=open_channels)
