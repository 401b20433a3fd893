"""Tick after tick: one reading of the clock, then each duty once. Several workers may run beside one another.

Started by `arrears worker`. It decides nothing: what may be sent is the gate's to say. It stops between ticks, so
whatever it was saying is said and recorded; killed at any point, it loses nothing and repeats nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from arrears.actions import contact_receipts, contact_resolve, contact_send, webhook_deliver, wired
from arrears.actions.contact_gate import GateIsClosed
from arrears.actions.contact_receipts import HeardReport
from arrears.actions.contact_resolve import ResolveReport
from arrears.actions.contact_send import SendReport
from arrears.actions.wired import Channels, Wired

#: Large enough to write in bulk, small enough that a person's row is locked for a fraction of a second.
BATCH = 500
#: Seconds without work between two looks, and after the database could not be reached.
PAUSE = 1.0
PATIENCE = 5.0


@dataclass(frozen=True)
class Tick:
    """What one tick did."""

    sent: SendReport
    heard: HeardReport
    resolved: ResolveReport
    notices: int

    @property
    def was_busy(self) -> bool:
        """Was there enough to do that the next tick should follow at once?"""
        return self.sent.more or self.notices >= webhook_deliver.BATCH

    @property
    def is_empty(self) -> bool:
        return self.sent == SendReport() and self.heard == HeardReport() and not self.resolved.doubted + self.notices


def tick(house: Wired, channels: Channels, *, worker: str) -> Tick:
    """Do each duty once, all at the same moment."""
    at = house.now()
    sent = contact_send.send_due(at=at, limit=BATCH, channels=channels, worker=worker, gate=house.gate)
    heard = contact_receipts.take(at=at, channels=channels, worker=worker, gate=house.gate)
    resolved = contact_resolve.resolve_in_doubt(at=at, channels=channels, worker=worker)
    notices = webhook_deliver.deliver_due(at=at, private_addresses=settings.WEBHOOKS_PRIVATE)
    return Tick(sent, heard, resolved, notices)


def run(
    find_house: Callable[[], Wired],
    *,
    worker: str,
    stop: threading.Event,
    until_idle: bool = False,
    told: Callable[[Tick], None] = lambda tick: None,
    troubled: Callable[[str], None] = lambda trouble: None,
) -> None:
    """Tick until `stop` is set, or, with `until_idle`, until a tick leaves nothing due.

    find_house : asked anew each tick, so an edited rule pack holds from the next one on
    told       : hears of every tick that did something
    troubled   : hears when the database could not be reached, or the gate is closed; the loop tries again after a while
    """
    channels = find_house().open_channels()
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                done = tick(find_house(), channels, worker=worker)
            except (OperationalError, InterfaceError, GateIsClosed) as trouble:
                if until_idle:
                    raise
                troubled(str(trouble))
                stop.wait(PATIENCE)
                continue
            if not done.is_empty:
                told(done)
            if until_idle and not done.was_busy:
                return
            if not done.was_busy:
                stop.wait(PAUSE)
    finally:
        wired.close_channels(channels)
        close_old_connections()
