"""What every way of speaking promises: what goes out, what comes back, and what may never be assumed.

Called by the outbox (through `registry`), by the demo and by the simulator. An adapter gets plain values and settings;
it never sees a model, never decides whether a contact is allowed, and never sends one contact twice.

The rules of the contract, kept by `tests/contracts/test_channel.py` for every adapter:
- A result for each contact, in the order of the batch: Accepted, Rejected or InDoubt.
- Leave is asked for each contact immediately before it is spoken, and whoever gives it waits until the words are on the
  wire: what happened to a person between the intent and that moment (they stopped us, they paid) still holds it back.
- InDoubt means "asked, never heard". Nobody re-sends it: `resolve` asks again later, or a person decides.
- A contact_id is spoken once. A second `send` of an accepted or doubtful contact_id returns what is known and says
  nothing; after a Rejected the same contact_id may be sent again. To repeat a message on purpose, plan a new contact.
- Receipts and inbound messages are handed out again and again until they are confirmed, so that a crash between
  hearing and recording loses nothing. They may come before `send` has returned, and in any order. A receipt for a
  contact in doubt settles the doubt: it did reach the vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a contact ended at the far end. All are final but DELIVERED, which READ may follow."""

    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One contact to make. `to` is E.164 (or a sandbox address); after `not_after` it must not be spoken any more."""

    contact_id: str
    to: str
    text: str
    language: str
    sender: str | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor took it. `vendor_ref` is the vendor's name for it; `parts` is what the vendor charges for."""

    contact_id: str
    vendor_ref: str
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Rejected:
    """Nothing was spoken. `permanent`: the address or the message is wrong, and trying again cannot help."""

    contact_id: str
    code: str
    message: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It was asked and not (wholly) answered: the borrower may have seen it. Never re-sent blindly."""

    contact_id: str
    message: str


Result = Accepted | Rejected | InDoubt


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an accepted contact. `contact_id` is None when the adapter knows only the vendor's reference."""

    vendor_ref: str
    outcome: Outcome
    at: datetime
    code: str
    contact_id: str | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person sent us of their own accord: STOP, 退订, a question."""

    from_: str
    to: str
    text: str
    at: datetime
    token: str = ""


#: Which of these contacts may be spoken at this moment? The answer holds while its context is open, and not longer:
#: nothing slow is done in it. When nobody can tell, none may: it raises ChannelError, before it opens and never later.
Leave = Callable[[Sequence[str], datetime], AbstractContextManager[Collection[str]]]


@contextmanager
def free_leave(contact_ids: Sequence[str], at: datetime) -> Iterator[Collection[str]]:
    """The leave of who has nobody to ask: benches, and the contract's own tests."""
    yield contact_ids


#: The code of a Rejected that was given back before it was begun: it may be said at once, by whoever comes first.
NOT_BEGUN = "NOT_BEGUN"


def not_begun(contact_id: str) -> Rejected:
    """What becomes of a contact that is handed to a channel which begins nothing more."""
    return Rejected(contact_id, NOT_BEGUN, "The sender is ending.", False)


def no_leave(contact_id: str) -> Rejected:
    """What becomes of a contact that may not be spoken any more."""
    return Rejected(contact_id, "NO_LEAVE", "It may not be spoken any more.", False)


def stamp(at: datetime) -> str:
    """A moment as text that sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class RepeatedContact(ValueError):
    """A batch that would speak one contact twice: a bug of the caller, found before anything is said."""


def must_be_distinct(batch: Sequence[Outgoing]) -> None:
    """Refuse a batch in which a contact_id comes twice. Every adapter calls this first. Raises RepeatedContact."""
    if len({one.contact_id for one in batch}) != len(batch):
        raise RepeatedContact("a contact_id comes twice in one batch")


class Channel(Protocol):
    """One way of speaking. Every method may be called from any thread."""

    @property
    def kind(self) -> str:
        """The registry's name of this way of speaking: sandbox, sms_smpp …"""
        ...

    @property
    def rate(self) -> float | None:
        """Short messages a second at most; None where nothing is agreed."""
        ...

    def expect(self, contact_ids: Sequence[str], *, at: datetime) -> None:
        """These are about to be handed over; told before that is committed, so that a death leaves a trace of it.

        raises : ChannelError when it cannot be kept; they may be handed over all the same
        """
        ...

    def hush(self) -> None:
        """Begin nothing more, ever: a `send` under way gives back what it has not begun (NOT_BEGUN), waits a few
        seconds for answers, and returns. May be called from another thread."""
        ...

    def send(self, batch: Sequence[Outgoing], *, at: datetime, leave: Leave = free_leave) -> Sequence[Result]:
        """Hand a batch to the vendor and wait until each contact is accepted, rejected or in doubt.

        batch   : any length, contact_ids distinct within it; not one database connection should be held meanwhile
        at      : the moment of the call, aware; judged against each `not_after` (late ones are Rejected TOO_LATE)
        leave   : asked before a contact is begun, at the moment it has become by then; without it: Rejected NO_LEAVE
        returns : one Result a contact, in the order of the batch
        raises  : ChannelError when the channel as a whole is unusable, RepeatedContact; then nothing was spoken
        """
        ...

    def receipts(self, *, at: datetime) -> Sequence[Receipt]:
        """Final outcomes heard by `at` and not yet confirmed; possibly a page of them, oldest first. Never waits."""
        ...

    def inbound(self, *, at: datetime) -> Sequence[Inbound]:
        """Messages from people heard by `at` and not yet confirmed; possibly a page, oldest first. Never waits."""
        ...

    def confirm(self, heard: Sequence[Receipt | Inbound]) -> None:
        """These are recorded (committed): do not hand them out again."""
        ...

    def resolve(self, contact_ids: Sequence[str], *, at: datetime) -> Sequence[Result]:
        """Ask again what became of contacts in doubt, or of a sender that is gone.

        returns : one Result an id, in order; InDoubt again where neither the vendor nor a late answer can tell;
                  Rejected only where it was surely not spoken, and can no longer be by whoever was sending it
        """
        ...

    def inquire(self, vendor_refs: Sequence[str], *, at: datetime) -> Sequence[Receipt]:
        """Ask the vendor for the outcome of accepted contacts whose receipt is overdue; only final answers return.

        The answers need no confirming. A vendor that cannot be asked returns nothing.
        """
        ...

    def close(self) -> None:
        """Say goodbye and let go of threads, sockets and files. Calling it twice is harmless."""
        ...
