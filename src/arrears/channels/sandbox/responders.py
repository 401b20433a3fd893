"""Who answers at the far end of the sandbox, and how: the hook a simulator plugs into.

A responder looks at a batch that arrived and returns one Reaction a message, in order. It must be a pure function of
what it is given (and of its own seed), so that the same day replays to the same receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from arrears.channels.base import Outcome, Outgoing


class Door(StrEnum):
    """What the far end says at once. SILENT messages leave the sender in doubt; MISSED ones also never arrived."""

    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"
    SILENT = "SILENT"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happens to one message.

    `outcome` None means that no receipt ever comes. `reply` comes back as an inbound message. Delays count from `at`.
    """

    door: Door = Door.ACCEPT
    outcome: Outcome | None = Outcome.DELIVERED
    delay: timedelta = timedelta(0)
    code: str = ""
    permanent: bool = True
    read_after: timedelta | None = None
    reply: str | None = None
    reply_after: timedelta = timedelta(minutes=1)


Responder = Callable[[Sequence[Outgoing], datetime], Sequence[Reaction]]

DELIVERED = Reaction()


def deliver_all(batch: Sequence[Outgoing], at: datetime) -> Sequence[Reaction]:
    """The quiet far end: every message is delivered at once and nobody answers."""
    return [DELIVERED] * len(batch)
