"""One rig an adapter: the far end that the contract suite can make refuse, fall silent, or write in.

A rig answers the suite's questions from the far end's own memory, never from the adapter under test.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from tests.peers import smsc

from arrears.channels import base, registry
from arrears.channels.base import Outgoing
from arrears.channels.sandbox.far_end import Seal
from arrears.channels.sandbox.responders import Door, Reaction

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Heard = TypeVar("Heard")
#: A seal that needs no vault: what it closes cannot be read at a glance, and opens again.
TURNED = Seal(lambda text: text[::-1].encode("utf-16"), lambda sealed: sealed.decode("utf-16")[::-1])


class Rig(Protocol):
    """What the suite may do to a far end, and ask of it."""

    at: datetime

    def open(self) -> base.Channel: ...
    def refuse_next(self) -> None: ...
    def silence_next(self) -> None: ...
    def write_in(self, *, from_: str, to: str, text: str) -> None: ...
    def arrivals(self) -> dict[str, int]: ...
    def close(self) -> None: ...


class SandboxRig:
    """The sandbox, with a responder that does as it is told once."""

    at = AT

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = Reaction()
        self._texts: dict[str, str] = {}
        self._opened: list[base.Channel] = []

    def _respond(self, batch: list[Outgoing], at: datetime) -> list[Reaction]:
        self._texts |= {one.contact_id: one.text for one in batch}
        reactions = [self._next, *[Reaction()] * len(batch)][: len(batch)]
        self._next = Reaction()
        return reactions

    def open(self) -> base.Channel:
        self._opened.append(registry.open_channel("sandbox", folder=self._folder, responder=self._respond, seal=TURNED))
        return self._opened[-1]

    def refuse_next(self) -> None:
        self._next = Reaction(door=Door.REFUSE, code="BAD_ADDRESS")

    def silence_next(self) -> None:
        self._next = Reaction(door=Door.SILENT)

    def write_in(self, *, from_: str, to: str, text: str) -> None:
        self._opened[-1].write_in(from_=from_, to=to, text=text, at=self.at)

    def arrivals(self) -> dict[str, int]:
        """Text → how often it arrived."""
        counts: dict[str, int] = {}
        for one in self._opened[-1].seen(self.at.date()):
            text = self._texts[one.contact_id]
            counts[text] = counts.get(text, 0) + 1
        return counts

    def close(self) -> None:
        for channel in self._opened:
            channel.close()


class SmppRig:
    """SMPP against a message centre that is not ours."""

    at = AT

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._smsc = smsc.fresh()
        self._opened: list[base.Channel] = []

    def open(self) -> base.Channel:
        channel = registry.open_channel(
            "sms_smpp",
            host="127.0.0.1",
            port=self._smsc.port,
            system_id="arrears",
            password="secret",
            journal=self._folder / "smpp.sqlite",
            response_seconds=2,
        )
        self._opened.append(channel)
        return channel

    def refuse_next(self) -> None:
        self._smsc.plan(refuse=1, refuseStatus=0x0B)

    def silence_next(self) -> None:
        self._smsc.plan(silent=1)

    def write_in(self, *, from_: str, to: str, text: str) -> None:
        self._smsc.order("write", to=to, text=text, coding=8, **{"from": from_.removeprefix("+")})

    def arrivals(self) -> dict[str, int]:
        """Text → how often it arrived."""
        counts: dict[str, int] = {}
        for (_, text), count in self._smsc.arrivals().items():
            counts[text] = counts.get(text, 0) + count
        return counts

    def close(self) -> None:
        for channel in self._opened:
            channel.close()


def hear(ask: Callable[[], list[Heard]], count: int, seconds: float = 10) -> list[Heard]:
    """Ask until at least `count` things were heard, or time is up; the last answer either way."""
    deadline = time.monotonic() + seconds
    while len(heard := list(ask())) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return heard
