"""Tick after tick: one reading of the clock, then each duty once. Several workers may run beside one another.

Started by `arrears worker`. It decides nothing: what may be sent is the gate's to say. Told to stop, it begins
nothing more: what was intended and not begun is planned again, what was begun is said and recorded, and it ends within
a few seconds; killed at any point, it loses nothing and repeats nothing. Borrowers are heard in a thread of its own:
who writes of ending their life waits for no vendor that is silent, and what is still being sent is not sent to them.
Partners are told in another, so that one who answers slowly keeps no borrower's message waiting. What goes wrong in one
duty is told and tried again; it ends neither the worker nor the other duties.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from arrears.actions import contact_receipts, contact_resolve, contact_send, webhook_deliver, wired
from arrears.actions.contact_gate import GateIsClosed
from arrears.actions.contact_receipts import HeardReport
from arrears.actions.contact_resolve import ResolveReport
from arrears.actions.contact_send import SendReport
from arrears.actions.wired import Channels, Wired

log = structlog.get_logger(__name__)

#: Large enough to write in bulk, small enough that a person's row is locked for a fraction of a second.
BATCH = 500
#: No more is intended at a time than a channel may say in so many seconds, at one short message a text.
SECONDS = 3.0
#: Seconds between two looks whether all is over, when nobody said stop.
LOOK_SECONDS = 0.2
#: Seconds without work between two looks, and after something went wrong.
PAUSE = 1.0
PATIENCE = 5.0
#: What passes by itself: the database is away, or nobody may be contacted under the law in force.
PASSING = (OperationalError, InterfaceError, GateIsClosed)

T = TypeVar("T")
Told = Callable[[str], None]


@dataclass(frozen=True)
class Tick:
    """What one tick did. `faults`: how many duties came to nothing; they are tried again."""

    sent: SendReport = field(default_factory=SendReport)
    heard: HeardReport = field(default_factory=HeardReport)
    resolved: ResolveReport = field(default_factory=ResolveReport)
    notices: int = 0
    faults: int = 0

    @property
    def was_busy(self) -> bool:
        """Was there enough to do that the next tick should follow at once?"""
        return self.sent.more or bool(self.resolved.recalled) or self.notices >= webhook_deliver.BATCH

    @property
    def is_empty(self) -> bool:
        was_resolved = replace(self.resolved, in_doubt=0) != ResolveReport()  # still in doubt is no news
        return self.sent == SendReport() and self.heard == HeardReport() and not (was_resolved or self.notices)


class Duties:
    """Duties of one tick: each is tried whatever became of the one before."""

    def __init__(self, troubled: Told) -> None:
        self._troubled = troubled
        self.faults: list[Exception] = []

    def do(self, name: str, work: Callable[[], T], *, nothing: T) -> T:
        """What the work comes to; `nothing` when it fails in a way that does not pass by itself."""
        try:
            return work()
        except PASSING:
            raise
        except Exception as fault:  # a duty's fault must not keep the others from theirs
            log.exception("worker.duty_failed", duty=name)
            self._troubled(f"{name}: {type(fault).__name__}: {fault}")
            self.faults.append(fault)
            return nothing


def tick(house: Wired, channels: Channels, *, worker: str, troubled: Told) -> Tick:
    """Send what is due, and ask about what is in doubt, both at the same moment."""
    at, gate, duties = house.now(), house.gate, Duties(troubled)
    words = {"at": at, "channels": channels, "worker": worker}
    sent = duties.do(
        "send", lambda: contact_send.send_due(limit=_batch(channels), gate=gate, **words), nothing=SendReport()
    )
    resolved = duties.do("resolve", lambda: contact_resolve.resolve_in_doubt(**words), nothing=ResolveReport())
    return Tick(sent=sent, resolved=resolved, faults=len(duties.faults))


def hear(house: Wired, channels: Channels, *, worker: str, troubled: Told) -> Tick:
    """Record what borrowers and carriers have said; may run beside a tick."""
    at, gate, duties = house.now(), house.gate, Duties(troubled)
    heard = duties.do(
        "hear",
        lambda: contact_receipts.take(at=at, channels=channels, worker=worker, gate=gate),
        nothing=HeardReport(),
    )
    return Tick(heard=heard, faults=len(duties.faults))


def _batch(channels: Channels) -> int:
    rates = [channel.rate for channel in channels.values() if channel.rate is not None]
    return max(1, min([BATCH, *(int(rate * SECONDS) for rate in rates)]))


def tell_partners(house: Wired, *, stop: threading.Event, troubled: Told) -> Tick:
    """Deliver some notices that are due."""
    duties = Duties(troubled)
    notices = duties.do(
        "notices",
        lambda: webhook_deliver.deliver_due(
            now=house.now, private_addresses=settings.WEBHOOKS_PRIVATE, is_ending=stop.is_set
        ),
        nothing=0,
    )
    return Tick(notices=notices, faults=len(duties.faults))


def run(
    find_house: Callable[[], Wired],
    *,
    worker: str,
    stop: threading.Event,
    told: Callable[[Tick], None] = lambda tick: None,
    troubled: Told = lambda trouble: None,
) -> None:
    """Tick until `stop` is set.

    find_house : asked anew each tick, so an edited rule pack holds from the next one on
    told       : hears of every tick that did something
    troubled   : hears when the database could not be reached, the gate is closed, or a duty failed; the loop tries
                 again after a while
    """
    channels = find_house().open_channels()
    beside = {
        "worker-hearing": lambda: hear(find_house(), channels, worker=worker, troubled=troubled),
        "worker-partners": lambda: tell_partners(find_house(), stop=stop, troubled=troubled),
    }
    ended: list[BaseException] = []

    def repeat(duty: Callable[[], Tick]) -> None:
        """What ends one thread ends the worker: nobody may go on being written to who is no longer heard."""
        try:
            _repeat(duty, stop, told, troubled)
        except BaseException as fault:
            ended.append(fault)
        finally:
            stop.set()

    threads = [threading.Thread(name=name, target=repeat, args=(duty,)) for name, duty in beside.items()]
    try:
        for thread in threads:
            thread.start()
        with _hushed_at(stop, channels):
            _repeat(lambda: tick(find_house(), channels, worker=worker, troubled=troubled), stop, told, troubled)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        wired.close_channels(channels)
    if ended:
        raise ended[0]


def run_once(
    find_house: Callable[[], Wired],
    *,
    worker: str,
    stop: threading.Event,
    told: Callable[[Tick], None] = lambda tick: None,
) -> None:
    """Tick until nothing is due or `stop` is set; the first trouble ends it, as an exception."""
    channels = find_house().open_channels()
    troubles: list[str] = []
    try:
        with _hushed_at(stop, channels):
            busy = True
            while busy and not stop.is_set():
                close_old_connections()
                house = find_house()
                before = hear(house, channels, worker=worker, troubled=troubles.append)  # who is let go is not sent to
                sent = tick(house, channels, worker=worker, troubled=troubles.append)
                after = hear(house, channels, worker=worker, troubled=troubles.append)  # receipts of what was sent
                done = [
                    replace(sent, heard=before.heard + after.heard),
                    tell_partners(house, stop=stop, troubled=troubles.append),
                ]
                for each in done:
                    if not each.is_empty:
                        told(each)
                if troubles:
                    raise DutyFailed("; ".join(troubles))
                busy = any(each.was_busy for each in done)
    finally:
        wired.close_channels(channels)
        close_old_connections()


@contextmanager
def _hushed_at(stop: threading.Event, channels: Channels) -> Iterator[None]:
    """Hush the channels as soon as `stop` is set: by a thread, for a handler of signals must take no lock."""
    over = threading.Event()

    def hush() -> None:
        while not stop.wait(LOOK_SECONDS):
            if over.is_set():
                return
        for channel in channels.values():
            channel.hush()

    watching = threading.Thread(name="worker-stop", target=hush)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


class DutyFailed(RuntimeError):
    """A duty of a single run failed: said to whoever ran it, with its reason in the log."""


def _repeat(work: Callable[[], Tick], stop: threading.Event, told: Callable[[Tick], None], troubled: Told) -> None:
    """Work, rest when there is nothing to do, and longer after a trouble, until told to stop."""
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                done = work()
            except PASSING as trouble:
                troubled(str(trouble))
                stop.wait(PATIENCE)
                continue
            if not done.is_empty:
                told(done)
            if done.faults:
                stop.wait(PATIENCE)
            elif not done.was_busy:
                stop.wait(PAUSE)
    finally:
        connections.close_all()
