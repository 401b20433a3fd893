"""One batch on its way: which short message may go next, and what the answers make of each contact.

Made by the adapter for each `send`. The calling thread submits; the client's reading thread reports answers. The parts
of one text go one after the other, each only when the one before was taken: so a refusal of the first part leaves
nothing behind, and only a text that broke in the middle is a doubt. The window is over contacts.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from arrears.channels.base import Accepted, InDoubt, Leave, Outgoing, Rejected, Result
from arrears.channels.sms_smpp import codes, journal, pdus, segments

NAP_SECONDS = 0.2


@dataclass(slots=True, eq=False)
class Delivery:
    """One contact being said, part by part."""

    outgoing: Outgoing
    text: segments.Segmented
    source: pdus.Address
    target: pdus.Address
    sender: str | None
    batch: Batch
    taken: list[str] = field(default_factory=list)
    attempts: int = 0
    #: whether it is written down that words of it are about to leave
    begun: bool = False
    result: Result | None = None

    @property
    def contact_id(self) -> str:
        return self.outgoing.contact_id

    @property
    def count(self) -> int:
        return len(self.text.parts)

    def is_late(self, now: datetime) -> bool:
        """Past its last moment with nothing said yet; once begun, a text is finished."""
        last = self.outgoing.not_after
        return last is not None and now > last and not self.taken

    def next_short(self) -> pdus.Short:
        """The short message that goes next."""
        last = self.outgoing.not_after
        return pdus.Short(
            source=self.source,
            target=self.target,
            body=self.text.parts[len(self.taken)],
            coding=self.text.coding,
            esm_class=self.text.esm_class,
            valid_until=pdus.absolute_time(last) if last else "",
        )

    def part_taken(self, message_id: str) -> journal.Taken:
        """Note the carrier's id of the part that was asked."""
        self.taken.append(message_id)
        return journal.Taken(message_id, self.contact_id, len(self.taken), self.count, self.sender)

    def accepted(self) -> Result:
        return Accepted(self.contact_id, self.taken[0], self.count)

    def refused(self, code: str, words: str, *, permanent: bool) -> Result:
        """Nothing more will be said: a clean refusal, or a doubt when a part went out before."""
        if self.taken:
            return InDoubt(self.contact_id, f"{len(self.taken)} of {self.count} parts were taken, then: {words}")
        return Rejected(self.contact_id, code, words, permanent)

    def doubtful(self, words: str) -> Result:
        return InDoubt(self.contact_id, f"part {min(len(self.taken) + 1, self.count)} of {self.count}: {words}")


def tell(ends: Iterable[tuple[Delivery, Result]]) -> None:
    """Tell each batch which of its contacts have ended; contacts that ended before (a late answer) are left alone."""
    by_batch: dict[Batch, list[tuple[Delivery, Result]]] = {}
    for delivery, result in ends:
        if delivery.result is None:
            by_batch.setdefault(delivery.batch, []).append((delivery, result))
    for batch, mine in by_batch.items():
        batch.done(mine)


def judge(delivery: Delivery, meaning: codes.Meaning, message_id: str) -> Result | None:
    """What an answer makes of a contact; None while there is more to say. The part was noted before."""
    if meaning.then is codes.Then.TAKEN:
        if not message_id:
            return delivery.doubtful("taken without a reference")
        return delivery.accepted() if len(delivery.taken) == delivery.count else None
    if meaning.then is codes.Then.DOUBT:
        return delivery.doubtful(meaning.words)
    return delivery.refused(meaning.name, meaning.words, permanent=meaning.then is codes.Then.NEVER)


@dataclass(frozen=True, slots=True)
class Ends:
    """is_near: nothing more is begun, and nobody waits to try again; is_over: no answer is waited for any more."""

    is_near: Callable[[], bool]
    is_over: Callable[[], bool]


class Batch:
    """The deliveries of one `send`: what is ready, what waits, what is done."""

    def __init__(self, began_at: datetime, *, claim: str, leave: Leave, ends: Ends) -> None:
        self.claim = claim
        self._began_at = began_at
        self._leave = leave
        self._ends = ends
        self._began = time.monotonic()
        self._condition = threading.Condition()
        self._ready: deque[Delivery] = deque()
        self._waiting: list[tuple[float, int, Delivery]] = []
        self._open = 0
        #: until when a broken link is waited for; None while it holds
        self.link_deadline: float | None = None

    def add(self, deliveries: Sequence[Delivery]) -> None:
        self._ready.extend(deliveries)
        self._open += len(deliveries)

    def now(self) -> datetime:
        """The moment of the call plus the time that has really gone by."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)

    @contextmanager
    def leave_for(self, together: Sequence[Delivery]) -> Iterator[tuple[list[Delivery], list[Delivery]]]:
        """Those that may go on while the context is open, and those that may not; once begun, a text is finished."""
        begun = {one.contact_id for one in together if one.taken}
        asked = [one.contact_id for one in together if not one.taken]
        if not asked:
            yield list(together), []
            return
        with self._leave(asked, self.now()) as allowed:
            given = begun.union(allowed)
            yield (
                [one for one in together if one.contact_id in given],
                [one for one in together if one.contact_id not in given],
            )

    def next(self, most: int) -> list[Delivery]:
        """Some deliveries to go on with; none when all are done, or no answer can come. Waits for answers."""
        with self._condition:
            while self._open and not self._ends.is_over():
                now = time.monotonic()
                while self._waiting and (self._waiting[0][0] <= now or self._ends.is_near()):
                    self._ready.appendleft(heapq.heappop(self._waiting)[2])
                if self._ready:
                    return [self._ready.popleft() for _ in range(min(most, len(self._ready)))]
                self._condition.wait(min(NAP_SECONDS, self._waiting[0][0] - now) if self._waiting else NAP_SECONDS)
            return []

    def go_on(self, deliveries: Iterable[Delivery]) -> None:
        """These have more to say, and go before what has not begun."""
        with self._condition:
            self._ready.extendleft(deliveries)
            self._condition.notify()

    def go_on_later(self, delivery: Delivery, seconds: float) -> None:
        """The carrier wants this one later."""
        with self._condition:
            heapq.heappush(self._waiting, (time.monotonic() + seconds, id(delivery), delivery))
            self._condition.notify()

    def done(self, ends: Iterable[tuple[Delivery, Result]]) -> None:
        """These contacts have ended; a second end is a bug."""
        with self._condition:
            for delivery, result in ends:
                assert delivery.result is None, "a contact ends once"
                delivery.result = result
                self._open -= 1
            self._condition.notify()
