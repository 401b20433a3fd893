"""Speaking into a folder instead of a network: the channel of tests, the demo and the simulator.

It keeps every promise of `base` and adds a `responder` that plays the borrowers. The sending side forgets nothing that
the far end has seen, so a repeated contact_id is answered from memory; pass `trusting=True` to hand repeats on to the
far end instead, where they are counted: that is how a faulty outbox is caught.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from arrears.channels import base
from arrears.channels.base import Accepted, InDoubt, Outgoing, Receipt, Rejected, Result
from arrears.channels.sandbox import far_end, responders
from arrears.channels.sandbox.responders import Door, Reaction
from arrears.kernel import clock
from arrears.kernel.errors import ChannelError


class Sandbox:
    """One folder, many borrowers."""

    kind = "sandbox"
    rate: float | None = None

    def __init__(
        self, folder: Path, *, zone: str, responder: responders.Responder, trusting: bool, seal: far_end.Seal | None
    ) -> None:
        self.far_end = far_end.FarEnd(folder, seal)
        self.responder = responder
        self._zone = zone
        self._trusting = trusting
        self._lock = threading.Lock()
        self._closed = False
        self._hushed = False

    def expect(self, contact_ids: Sequence[str], *, at: datetime) -> None:
        """See base.Channel. The far end can always be asked, so no trace is needed."""

    def hush(self) -> None:
        """See base.Channel."""
        self._hushed = True

    def send(self, batch: Sequence[Outgoing], *, at: datetime, leave: base.Leave = base.free_leave) -> Sequence[Result]:
        """See base.Channel."""
        base.must_be_distinct(batch)
        if self._hushed:
            return [base.not_begun(one.contact_id) for one in batch]
        with self._lock:
            if self._closed:
                raise ChannelError("The sandbox is closed.")
            known = {} if self._trusting else self.far_end.known([one.contact_id for one in batch])
            fresh = [one for one in batch if one.contact_id not in known and not _too_late(one, at)]
        with leave([one.contact_id for one in fresh], at) as given, self._lock:
            spoken = [one for one in fresh if one.contact_id in given]
            reactions = self.responder(spoken, at)
            assert len(reactions) == len(spoken), "a responder reacts once to each message"
            self._arrive(spoken, reactions, at)
        answers = {one.contact_id: _answer(one, reaction) for one, reaction in zip(spoken, reactions, strict=True)}
        return [answers.get(one.contact_id) or _without_sending(one, known, at) for one in batch]

    def _arrive(self, fresh: Sequence[Outgoing], reactions: Sequence[Reaction], at: datetime) -> None:
        taken = [pair for pair in zip(fresh, reactions, strict=True) if pair[1].door is not Door.REFUSE]
        if not taken:
            return
        moment = _Moments(at)
        arrived = [pair for pair in taken if pair[1].door is not Door.MISSED]
        self.far_end.begin(clock.business_date(at, self._zone))
        try:
            self.far_end.show((one for one, _ in arrived), at)
            self.far_end.arrive(_arrival(one, reaction, moment) for one, reaction in taken)
            self.far_end.queue_receipts(row for one, reaction in arrived for row in _receipts(one, reaction, moment))
            self.far_end.queue_replies(
                (one.to, one.sender or "", reaction.reply, moment[reaction.reply_after])
                for one, reaction in arrived
                if reaction.reply is not None
            )
        except BaseException:
            self.far_end.rollback()
            raise
        self.far_end.commit()

    def receipts(self, *, at: datetime) -> Sequence[Receipt]:
        """See base.Channel."""
        with self._lock:
            return self.far_end.due_receipts(at)

    def inbound(self, *, at: datetime) -> Sequence[base.Inbound]:
        """See base.Channel."""
        with self._lock:
            return self.far_end.due_replies(at)

    def confirm(self, heard: Sequence[Receipt | base.Inbound]) -> None:
        """See base.Channel."""
        with self._lock:
            self.far_end.forget(one.token for one in heard)

    def resolve(self, contact_ids: Sequence[str], *, at: datetime) -> Sequence[Result]:
        """See base.Channel. This far end can always be asked, so no doubt remains."""
        with self._lock:
            known = self.far_end.known(contact_ids)
            self.far_end.unlearn(contact_ids)
        return [_resolved(one, known) for one in contact_ids]

    def inquire(self, vendor_refs: Sequence[str], *, at: datetime) -> Sequence[Receipt]:
        """See base.Channel."""
        with self._lock:
            answers = [self.far_end.outcome_of(ref, at) for ref in vendor_refs]
        return [one for one in answers if one is not None]

    def write_in(self, *, from_: str, to: str, text: str, at: datetime) -> None:
        """A borrower writes to us without being asked: what the demo and the simulator call."""
        with self._lock:
            self.far_end.queue_replies([(from_, to, text, base.stamp(at))])

    def seen(self, on: date) -> list[far_end.Seen]:
        """What borrowers saw on a business date."""
        return far_end.read_seen(self.far_end.folder, on)

    def close(self) -> None:
        """See base.Channel."""
        with self._lock:
            if not self._closed:
                self.far_end.close()
            self._closed = True


def _too_late(one: Outgoing, at: datetime) -> bool:
    return one.not_after is not None and at > one.not_after


def _without_sending(one: Outgoing, known: dict[str, int], at: datetime) -> Result:
    if one.contact_id not in known and _too_late(one, at):
        return Rejected(one.contact_id, "TOO_LATE", "Its last allowed moment has passed.", False)
    if one.contact_id not in known:
        return base.no_leave(one.contact_id)
    if known[one.contact_id] == 0:
        return InDoubt(one.contact_id, "It was sent before and not answered.")
    return Accepted(one.contact_id, far_end.ref_of(one.contact_id))


def _resolved(contact_id: str, known: Mapping[str, int]) -> Result:
    if contact_id not in known:
        return Rejected(contact_id, base.NOT_BEGUN, "It was never handed over.", False)
    if not known[contact_id]:
        return Rejected(contact_id, "NEVER_ARRIVED", "It never arrived.", False)
    return Accepted(contact_id, far_end.ref_of(contact_id))


def _answer(one: Outgoing, reaction: Reaction) -> Result:
    if reaction.door is Door.ACCEPT:
        return Accepted(one.contact_id, far_end.ref_of(one.contact_id))
    if reaction.door is Door.REFUSE:
        return Rejected(one.contact_id, reaction.code, "The far end refused it.", reaction.permanent)
    return InDoubt(one.contact_id, "The far end did not answer.")


class _Moments(dict[timedelta, str]):
    """Delay → the stamp of that moment; a batch has few distinct delays."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def __missing__(self, delay: timedelta) -> str:
        self[delay] = base.stamp(self._at + delay)
        return self[delay]


def _arrival(one: Outgoing, reaction: Reaction, moment: _Moments) -> tuple[str, int, str | None, str | None, str]:
    outcome_at = moment[reaction.delay] if reaction.outcome else None
    return (one.contact_id, int(reaction.door is not Door.MISSED), reaction.outcome, outcome_at, reaction.code)


def _receipts(one: Outgoing, reaction: Reaction, moment: _Moments) -> list[tuple[str, str, str, str]]:
    rows = []
    if reaction.outcome is not None:
        rows.append((one.contact_id, str(reaction.outcome), moment[reaction.delay], reaction.code))
    if reaction.read_after is not None:
        rows.append((one.contact_id, str(base.Outcome.READ), moment[reaction.read_after], ""))
    return rows


def open_channel(
    *,
    folder: str | Path,
    zone: str = "Asia/Shanghai",
    responder: responders.Responder = responders.deliver_all,
    trusting: bool = False,
    seal: far_end.Seal | None = None,
) -> Sandbox:
    """Open the sandbox kept in a folder, made if it is not there.

    zone     : whose midnight begins a new file of what was seen
    trusting : hand a repeated contact_id on to the far end, as a plain SMS vendor would
    seal     : what replies are kept under until they are confirmed; without one nobody can reply
    """
    return Sandbox(Path(folder), zone=zone, responder=responder, trusting=trusting, seal=seal)
