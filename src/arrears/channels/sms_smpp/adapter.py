"""SMS over SMPP 3.4, with every promise of `channels.base`.

Opened by the registry. It turns contacts into short messages, submits them through one client, and writes everything
that is said or heard into the journal before anyone is told. It never asks whether a contact is allowed and never logs
a number or a text.
"""

from __future__ import annotations

import functools
import itertools
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from smpplib.command import DeliverSM

from arrears.channels import base
from arrears.channels.base import InDoubt, Outgoing, Rejected, Result
from arrears.channels.sms_smpp import asking, client, codes, hearing, mailbox, pace, pdus, segments, sending
from arrears.channels.sms_smpp.journal import Journal, JournalFault, Taken
from arrears.channels.sms_smpp.receipts import normal as normal_id
from arrears.channels.sms_smpp.settings import Settings
from arrears.kernel.errors import ChannelError, Refusal

log = structlog.get_logger(__name__)

#: how many short messages go out in one write, at most; beyond this a bigger write saves nothing
GROUP_MOST = 32
#: how long answers are waited for once the sender is ending, and then the goodbye
HUSH_SECONDS = 3.0


class SmppChannel:
    """One bind to one carrier."""

    kind = "sms_smpp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._journal = Journal(settings.journal)
        self._journal.prune(settings.clock.now() - timedelta(days=settings.keep_days))
        self._references = itertools.count(settings.dice().randrange(256))
        self._room = threading.Semaphore(settings.window)
        self._pacing = threading.Lock()
        self._pace = pace.Pace(settings.rate, settings.burst, time.monotonic())
        self._throttle = pace.Backoff(settings.throttle_first_seconds, settings.throttle_most_seconds, settings.dice())
        self._slow_until = 0.0
        self._changed = threading.Condition()
        self._closed = False
        self._hushed = threading.Event()
        self._hushed_at = 0.0
        self._client = client.Client(settings, self)
        self._client.start()

    # What the outbox calls.

    @property
    def rate(self) -> float | None:
        """See base.Channel."""
        return self._settings.rate

    def expect(self, contact_ids: Sequence[str], *, at: datetime) -> None:
        """See base.Channel."""
        self._journal.claim(contact_ids, at=at)

    def hush(self) -> None:
        """See base.Channel."""
        self._hushed_at = time.monotonic()
        self._hushed.set()
        self.changed()

    def send(self, batch: Sequence[Outgoing], *, at: datetime, leave: base.Leave = base.free_leave) -> Sequence[Result]:
        """See base.Channel."""
        base.must_be_distinct(batch)
        self._must_be_usable()
        if self._hushed.is_set():
            return [base.not_begun(one.contact_id) for one in batch]
        claim = self._journal.claim([one.contact_id for one in batch], at=at)
        known = claim.standing
        course = sending.Batch(at, claim=claim.name, leave=leave, ends=sending.Ends(self._hushed.is_set, self._is_over))
        if not self._client.bound and not self.wait_bound(self._settings.patience_seconds):
            self._must_be_usable()
            course.link_deadline = time.monotonic()
        deliveries, results = self._prepare([one for one in batch if one.contact_id not in known], course)
        course.add(deliveries)
        while group := course.next(min(GROUP_MOST, self._settings.window)):
            self._say(group, course)
        lost = "the reading thread has crashed" if self._has_crashed() else "its answer was not waited for any more"
        for one in deliveries:
            unheard = one.doubtful(lost) if one.begun else base.not_begun(one.contact_id)
            results[one.contact_id] = one.result or unheard
        return [known.get(one.contact_id) or results[one.contact_id] for one in batch]

    def receipts(self, *, at: datetime) -> Sequence[base.Receipt]:
        """See base.Channel."""
        return self._journal.receipts(at=at, orphans_after=timedelta(seconds=self._settings.orphan_seconds))

    def inbound(self, *, at: datetime) -> Sequence[base.Inbound]:
        """See base.Channel."""
        patience = timedelta(seconds=self._settings.piece_seconds)
        return mailbox.texts(self._journal.letters(), at=at, patience=patience)

    def confirm(self, heard: Sequence[base.Receipt | base.Inbound]) -> None:
        """See base.Channel."""
        self._journal.confirm(heard)

    def resolve(self, contact_ids: Sequence[str], *, at: datetime) -> Sequence[Result]:
        """See base.Channel. A carrier cannot be asked about what it never named: only late answers resolve, and what
        this journal surely knows was not begun."""
        standing = self._journal.take_back(contact_ids)
        return [standing.get(one) or InDoubt(one, "This journal knows nothing of it.") for one in contact_ids]

    def inquire(self, vendor_refs: Sequence[str], *, at: datetime) -> Sequence[base.Receipt]:
        """See base.Channel."""
        self._must_be_usable()
        answers = []
        for ref in vendor_refs:
            named = self._journal.parts_named(ref) or [Taken(ref, "", 1, 1, self._settings.sender)]
            answers.append(asking.inquire(self._client, self._room, named, seconds=self._settings.response_seconds + 1))
        return [one for one in answers if one is not None]

    def close(self) -> None:
        """See base.Channel."""
        if not self._closed:
            self._closed = True
            self._client.close(within=HUSH_SECONDS if self._hushed.is_set() else None)
            self._journal.close()

    def wait_bound(self, seconds: float) -> bool:
        """Wait until the carrier has let us in, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._client.bound or self._client.over or self._hushed.is_set(), seconds)
        return self._client.bound

    # Saying.

    def _has_crashed(self) -> bool:
        return self._client.crashed is not None

    def _is_over(self) -> bool:
        """Whether no answer is waited for any more."""
        return self._has_crashed() or (self._hushed.is_set() and time.monotonic() - self._hushed_at >= HUSH_SECONDS)

    def _must_be_usable(self) -> None:
        if self._closed:
            raise ChannelError("The channel is closed.")
        if self._client.crashed is not None:
            raise ChannelError("The reading thread has crashed.", permanent=True) from self._client.crashed
        if self._client.refused is not None and self._client.refused.permanent:
            raise self._client.refused

    def _prepare(
        self, fresh: Sequence[Outgoing], course: sending.Batch
    ) -> tuple[list[sending.Delivery], dict[str, Result]]:
        """Cut the texts; what cannot be cut is refused here."""
        deliveries: list[sending.Delivery] = []
        refused: dict[str, Result] = {}
        for one in fresh:
            try:
                deliveries.append(self._delivery(one, course))
            except Refusal as refusal:
                refused[one.contact_id] = Rejected(one.contact_id, refusal.code.upper(), str(refusal), True)
        return deliveries, refused

    def _delivery(self, one: Outgoing, course: sending.Batch) -> sending.Delivery:
        reference = next(self._references) & 0xFF
        text = segments.segment(one.text, reference=reference, seven_bit=self._settings.seven_bit)
        sender = one.sender or self._settings.sender
        return sending.Delivery(one, text, pdus.sender(sender), pdus.receiver(one.to), sender, course)

    def _say(self, group: Sequence[sending.Delivery], course: sending.Batch) -> None:
        """Submit the next part of each, in as few writes as the rate and the window allow."""
        together: list[sending.Delivery] = []
        for delivery in group:
            if self._hushed.is_set() and not delivery.taken:
                self._give_back([delivery])
                continue
            wait = self._pace_seconds()
            if wait or not self._room.acquire(blocking=False):
                self._submit(together, course)
                together = []
                self._wait_for_pace(wait, delivery)
                if not self._wait_for_room(delivery):
                    self._give_back([delivery])
                    continue
            if delivery.is_late(course.now()):
                self._room.release()
                self._end([delivery], "TOO_LATE", "its last allowed moment has passed")
            else:
                together.append(delivery)
        self._submit(together, course)

    def _submit(self, together: Sequence[sending.Delivery], course: sending.Batch) -> None:
        """Write the next parts; without a link they go back to the batch, until patience ends."""
        together = self._begin(together, course)
        if not together:
            return
        try:
            with course.leave_for(together) as (given, refused):
                if given:
                    self._client.ask([(functools.partial(pdus.submit, one.next_short()), one) for one in given])
        except client.NotBound:
            self._room.release(len(together))
        except ChannelError as trouble:
            log.error("smpp.no_leave", why=str(trouble), count=len(together))
            self._without_leave(together)
            return
        else:
            course.link_deadline = None
            self._without_leave(refused)
            return
        course.link_deadline = course.link_deadline or time.monotonic() + self._settings.patience_seconds
        if self._wait_for_link(course.link_deadline):
            course.go_on(together)
        else:
            self._give_back(together)

    def _begin(self, together: Sequence[sending.Delivery], course: sending.Batch) -> list[sending.Delivery]:
        """Write down which are about to be said; what cannot be written, or is another sender's by now, is not."""
        fresh = [one for one in together if not one.begun]
        if not fresh:
            return list(together)
        try:
            ours = self._journal.begin([one.contact_id for one in fresh], course.claim)
        except JournalFault as fault:
            log.error("smpp.journal_fault", why=str(fault), count=len(fresh))
            ours = set()
        for one in fresh:
            one.begun = one.contact_id in ours
        lost = [one for one in fresh if not one.begun]
        if lost:
            self._room.release(len(lost))
            self._end(lost, "JOURNAL", "it could not be written down that it is said")
        return [one for one in together if one.begun]

    def _give_back(self, deliveries: Sequence[sending.Delivery]) -> None:
        """There is no link, or no time left: what was not begun goes back."""
        if self._hushed.is_set():
            self._end(deliveries, base.NOT_BEGUN, "the sender is ending")
        else:
            self._end(deliveries, "NOT_CONNECTED", "no link to the carrier")

    def _without_leave(self, deliveries: Sequence[sending.Delivery]) -> None:
        if deliveries:
            self._room.release(len(deliveries))
            self._end(deliveries, "NO_LEAVE", "it may not be spoken any more")

    def _pace_seconds(self) -> float:
        with self._pacing:
            now = time.monotonic()
            return max(self._slow_until - now, 0.0) or self._pace.wait_seconds(now)

    def _must_end(self, delivery: sending.Delivery) -> bool:
        """Whether this one is not waited for any more; once begun, a text is finished while there is time."""
        return self._is_over() or (self._hushed.is_set() and not delivery.taken)

    def _wait_for_pace(self, wait: float, delivery: sending.Delivery) -> None:
        while wait and not self._must_end(delivery):
            self._hushed.wait(wait) if not self._hushed.is_set() else time.sleep(min(wait, sending.NAP_SECONDS))
            wait = self._pace_seconds()

    def _wait_for_room(self, delivery: sending.Delivery) -> bool:
        """Wait for a place in the window; False when nobody is left who would give one back, or nobody may wait."""
        while not self._must_end(delivery):
            if self._room.acquire(timeout=sending.NAP_SECONDS):
                return True
        return False

    def _wait_for_link(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        return left > 0 and not self._client.over and self.wait_bound(left)

    def _end(self, deliveries: Sequence[sending.Delivery], code: str, words: str) -> None:
        ends = [(one, one.refused(code, words, permanent=False)) for one in deliveries]
        # What was not begun stands as claimed, which says the same, and may be another sender's by now.
        self._write_down([result for one, result in ends if one.begun])
        sending.tell(ends)

    def _write_down(self, results: Sequence[Result]) -> None:
        """Settle in the journal, or owe it: whoever waits for an answer must hear it even when the disk is full."""
        if not results:
            return
        try:
            self._journal.settle(results)
        except JournalFault as fault:
            log.error("smpp.journal_fault", why=str(fault), owed=len(results))
            self._journal.owe(taken=[], results=results)

    # Hearing: called by the client's reading thread.

    def heard(self, answers: Sequence[client.Answer], delivered: Sequence[DeliverSM]) -> None:
        """Write down one breath of the carrier's, then wake whoever waits for it.

        When it cannot be written, nothing more is said of these contacts, and each is in doubt until its answer is.
        raises : JournalFault when what cannot be written holds messages, which must not be acknowledged then
        """
        at = self._settings.clock.now()
        taken: list[Taken] = []
        ends: list[tuple[sending.Delivery, Result]] = []
        going_on: list[sending.Delivery] = []
        for answer in answers:
            if isinstance(answer.asked.about, asking.Query):
                answer.asked.about.hear(answer, self._settings, at=at)
                continue
            self._submit_answered(answer, taken, ends, going_on)
        reports, letters = hearing.read(delivered, self._settings, at=at)
        results = [result for _, result in ends]
        try:
            self._journal.heard(taken=taken, results=results, reports=reports, letters=letters, at=at)
        except JournalFault as fault:
            log.error("smpp.journal_fault", why=str(fault), owed=len(taken) + len(results))
            doubts = [(one, one.doubtful("its answer could not be written down")) for one in going_on]
            self._journal.owe(taken=taken, results=[*results, *(doubt for _, doubt in doubts)])
            ends = doubts + [(one, one.doubtful("its answer could not be written down")) for one, _ in ends]
            going_on = []
            if delivered:
                raise
        finally:
            sending.tell(ends)
            for delivery in going_on:
                delivery.batch.go_on([delivery])
            # All places at once, so that the next parts go out together too.
            if timely := sum(not answer.asked.late for answer in answers):
                self._room.release(timely)

    def _submit_answered(
        self,
        answer: client.Answer,
        taken: list[Taken],
        ends: list[tuple[sending.Delivery, Result]],
        going_on: list[sending.Delivery],
    ) -> None:
        delivery = answer.asked.about
        assert isinstance(delivery, sending.Delivery), "only submits and queries are asked"
        meaning = codes.judged(answer.pdu.status, self._settings.vendor_codes)
        if answer.asked.late:
            log.info("smpp.late_answer", contact_id=delivery.contact_id, code=meaning.name)
        message_id = self._message_id(answer)
        if meaning.then is codes.Then.TAKEN and message_id:
            taken.append(delivery.part_taken(message_id))
        if meaning.then is codes.Then.SLOWER and not answer.asked.late and self._slow_down(delivery):
            return
        self._pick_up_speed(meaning)
        result = sending.judge(delivery, meaning, message_id)
        if result is not None:
            ends.append((delivery, result))
        elif not answer.asked.late:
            going_on.append(delivery)

    def _message_id(self, answer: client.Answer) -> str:
        raw = getattr(answer.pdu, "message_id", None) or b""
        return normal_id(raw.decode("latin-1"), self._settings.ids) if raw else ""

    def _slow_down(self, delivery: sending.Delivery) -> bool:
        """Pause everything for a while and this one with it; False when it was tried often enough."""
        delivery.attempts += 1
        if delivery.attempts >= self._settings.throttle_attempts:
            return False
        with self._pacing:
            now = time.monotonic()
            if now >= self._slow_until:
                self._slow_until = now + self._throttle.next_seconds()
                log.warning("smpp.throttled", pause_seconds=round(self._slow_until - now, 3))
            wait = self._slow_until - now
        delivery.batch.go_on_later(delivery, wait)
        return True

    def _pick_up_speed(self, meaning: codes.Meaning) -> None:
        if meaning.then is codes.Then.TAKEN and self._throttle.failures and time.monotonic() >= self._slow_until:
            self._throttle.succeeded()

    def unanswered(self, asked: Sequence[client.Asked], why: str) -> None:
        """Questions that got no answer: each contact is in doubt, and its place in the window is free."""
        deliveries = [one.about for one in asked if isinstance(one.about, sending.Delivery)]
        ends = [(delivery, delivery.doubtful(why)) for delivery in deliveries]
        self._write_down([result for _, result in ends])
        sending.tell(ends)
        self._room.release(len(asked))
        for one in asked:
            if isinstance(one.about, asking.Query):
                one.about.answered.set()

    def changed(self) -> None:
        """The link came or went."""
        with self._changed:
            self._changed.notify_all()


def open_channel(**settings: object) -> SmppChannel:
    """Open a bind. The keyword arguments are the fields of `settings.Settings`.

    raises : settings.BadSettings. A carrier that cannot be reached is no error here: the bind is tried again and again.
    """
    return SmppChannel(Settings(**settings))  # type: ignore[arg-type]
