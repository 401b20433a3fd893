"""Staying bound to one carrier: connect, bind, keep alive, match answers to questions, reconnect.

Called by the adapter. One thread of its own reads; any thread may ask. An answer is matched by its sequence number, may
come in any order, and is handed over together with everything else that came in the same breath, so that it can be
written down at once. Each question ends in exactly one of: answered, unanswered (time is up), lost (the link broke);
an unanswered one may still be answered late. The client never repeats a question.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from smpplib import command, consts

from arrears.channels.sms_smpp import codes, link, pace, pdus
from arrears.channels.sms_smpp.settings import Settings
from arrears.kernel.errors import ChannelError

log = structlog.get_logger(__name__)

SEQUENCE_MOST = 0x7FFFFFFF
TICK_SECONDS = 0.1
LATE_MOST = 10_000


class BindRefused(ChannelError):
    """The carrier does not let us in."""

    def __init__(self, meaning: codes.Meaning) -> None:
        self.meaning = meaning
        super().__init__(f"bind refused: {meaning.words} ({meaning.name})", permanent=meaning.then is codes.Then.NEVER)


class NotBound(ChannelError):
    """There is no link just now; nothing was said."""


@dataclass(slots=True)
class Asked:
    """A question on its way: who wants the answer (`about`), and when it was put."""

    sequence: int
    asked_at: float
    about: object
    late: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the carrier said to a question."""

    asked: Asked
    pdu: command.Command


class Listener(Protocol):
    """Who hears. All are called by the reading thread, and must not wait for the carrier.

    `heard` raises ChannelError when it cannot keep what came: nothing is acknowledged, and the link is begun anew.
    """

    def heard(self, answers: Sequence[Answer], delivered: Sequence[command.DeliverSM]) -> None: ...
    def unanswered(self, asked: Sequence[Asked], why: str) -> None: ...
    def changed(self) -> None: ...


class Client:
    """One bind, kept alive until closed."""

    def __init__(self, settings: Settings, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        self._lock = threading.Lock()
        self._sequence = 0
        self._link: link.Link | None = None
        self._bound = False
        self._asked: dict[int, Asked] = {}
        self._late: dict[int, Asked] = {}
        self._closing = threading.Event()
        self._goodbye_said = False
        self._backoff = pace.Backoff(settings.reconnect_first_seconds, settings.reconnect_most_seconds, settings.dice())
        self._read_at = self._enquired_at = time.monotonic()
        self.refused: BindRefused | None = None
        self.crashed: BaseException | None = None
        self._reader = threading.Thread(target=self._run, name="smpp-reader", daemon=True)

    def start(self) -> None:
        self._reader.start()

    @property
    def bound(self) -> bool:
        return self._bound

    @property
    def over(self) -> bool:
        """Whether no further question will ever be possible."""
        shut_out = self.refused is not None and self.refused.permanent
        return self._closing.is_set() or self.crashed is not None or shut_out

    def ask(self, questions: Sequence[tuple[Callable[[int], bytes], object]]) -> None:
        """Put questions, each as (how it is written with its sequence number, who wants the answer), in one breath.

        raises : NotBound when nothing was written. Any later trouble reaches the listener.
        """
        with self._lock:
            if not self._bound or self._link is None:
                raise NotBound("not bound")
            open_link, now = self._link, time.monotonic()
            asked = [Asked(self._next_sequence(), now, about) for _, about in questions]
            self._asked.update((one.sequence, one) for one in asked)
        written = [write(one.sequence) for one, (write, _) in zip(asked, questions, strict=True)]
        self._write(open_link, b"".join(written))

    def close(self, *, within: float | None = None) -> None:
        """Unbind, wait for the goodbye within reason, or at most so many seconds, and end the thread."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._say_goodbye()
        if self._reader.is_alive() and threading.current_thread() is not self._reader:
            self._reader.join(within or self._settings.connect_seconds + self._settings.response_seconds)

    def _say_goodbye(self) -> None:
        """Unbind once, by whoever comes first: the closing thread, or the reader when the bind was still under way."""
        with self._lock:
            open_link = self._link if self._bound and not self._goodbye_said else None
            self._goodbye_said = self._goodbye_said or open_link is not None
            sequence = self._next_sequence()
        if open_link is not None:
            self._write(open_link, pdus.bare("unbind", sequence))

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % SEQUENCE_MOST + 1
        return self._sequence

    def _write(self, open_link: link.Link, data: bytes) -> None:
        try:
            open_link.write(data)
        except link.LinkLost as lost:
            # Perhaps half of it went out. The reader will find the link broken and count every open question as lost.
            log.warning("smpp.write_failed", why=str(lost))
            open_link.break_off()

    def _run(self) -> None:
        try:
            while not self.over:
                self._live_once()
                if not self.over:
                    self._closing.wait(self._backoff.next_seconds())
        except BaseException as error:
            self.crashed = error
            self._lose("the reader crashed")
            raise
        finally:
            self._listener.changed()

    def _live_once(self) -> None:
        """One connection from its first to its last byte."""
        why = "closed"
        try:
            open_link = link.Link(self._settings.host, self._settings.port, seconds=self._settings.connect_seconds)
        except link.LinkLost as lost:
            log.warning("smpp.unreachable", why=str(lost), failures=self._backoff.failures)
            return
        try:
            self._bind(open_link)
            self._listen(open_link)
        except link.LinkLost as lost:
            why = str(lost)
            log.warning("smpp.link_lost", why=why)
        except BindRefused as refused:
            self.refused = refused
            log.error("smpp.bind_refused", code=refused.meaning.name, permanent=refused.permanent)
        finally:
            self._lose(why)
            open_link.close()

    def _bind(self, open_link: link.Link) -> None:
        settings = self._settings
        with self._lock:
            sequence = self._next_sequence()
        open_link.write(pdus.bind(settings.system_id, settings.password, settings.system_type, sequence))
        deadline = time.monotonic() + settings.response_seconds
        while time.monotonic() < deadline and not self._closing.is_set():
            frames = open_link.read(TICK_SECONDS)
            if frames:
                try:
                    answer = pdus.parse(frames[0])
                except pdus.Broken as broken:
                    raise link.LinkLost("the answer to the bind cannot be read") from broken
                self._bind_answered(open_link, answer)
                self._take(open_link, frames[1:])
                return
        raise link.LinkLost("the bind was not answered")

    def _bind_answered(self, open_link: link.Link, pdu: command.Command) -> None:
        if pdu.command not in ("bind_transceiver_resp", "generic_nack"):
            raise link.LinkLost(f"the bind was answered with {pdu.command}")
        meaning = codes.judged(pdu.status, self._settings.vendor_codes)
        if meaning.then is not codes.Then.TAKEN:
            raise BindRefused(meaning)
        self._backoff.succeeded()
        self._read_at = self._enquired_at = time.monotonic()
        with self._lock:
            self._link, self._bound, self.refused = open_link, True, None
        log.info("smpp.bound", host=self._settings.host, port=self._settings.port)
        self._listener.changed()

    def _listen(self, open_link: link.Link) -> None:
        while True:
            frames = open_link.read(TICK_SECONDS)
            now = time.monotonic()
            if frames:
                self._read_at = now
                self._take(open_link, frames)
            self._time_out(now)
            self._keep_alive(open_link, now)
            if self._closing.is_set():
                self._say_goodbye()
                if self._goodbye_heard(frames, now):
                    return

    def _goodbye_heard(self, frames: Sequence[bytes], now: float) -> bool:
        said = any(int.from_bytes(frame[4:8], "big") == 0x80000006 for frame in frames)
        return said or now - self._read_at > self._settings.response_seconds

    def _take(self, open_link: link.Link, frames: Sequence[bytes]) -> None:
        """Read one breath: hand it over whole, and only then acknowledge it."""
        answers: list[Answer] = []
        delivered: list[command.DeliverSM] = []
        replies: list[bytes] = []
        for frame in frames:
            try:
                pdu = pdus.parse(frame)
            except pdus.Broken:
                log.error("smpp.unreadable", command=frame[4:8].hex(), length=len(frame))
                replies += _nack(frame)
                continue
            if pdu.is_response():
                answers += self._matched(pdu)
            elif pdu.command == "deliver_sm":
                delivered.append(pdu)
                replies.append(pdus.bare("deliver_sm_resp", pdu.sequence))
            else:
                replies += self._reply(pdu)
        if answers or delivered:
            try:
                self._listener.heard(answers, delivered)
            except ChannelError as unheard:
                # Unacknowledged, it comes again; the answers are with the listener.
                raise link.LinkLost(f"what came could not be kept: {unheard}") from unheard
        if replies:
            self._write(open_link, b"".join(replies))

    def _matched(self, pdu: command.Command) -> list[Answer]:
        with self._lock:
            asked = self._asked.pop(pdu.sequence, None) or self._late.pop(pdu.sequence, None)
        if asked is None:
            if pdu.command not in ("enquire_link_resp", "unbind_resp"):
                log.warning("smpp.answer_to_nothing", command=pdu.command)
            return []
        return [Answer(asked, pdu)]

    def _reply(self, pdu: command.Command) -> list[bytes]:
        if pdu.command == "enquire_link":
            return [pdus.bare("enquire_link_resp", pdu.sequence)]
        if pdu.command == "unbind":
            log.info("smpp.carrier_unbinds")
            with self._lock:
                self._bound = False
            return [pdus.bare("unbind_resp", pdu.sequence)]
        if pdu.command == "alert_notification":
            return []
        log.warning("smpp.unexpected", command=pdu.command)
        return [pdus.bare("generic_nack", pdu.sequence, consts.SMPP_ESME_RINVCMDID)]

    def _time_out(self, now: float) -> None:
        overdue: list[Asked] = []
        with self._lock:
            for asked in self._asked.values():
                if now - asked.asked_at < self._settings.response_seconds:
                    break
                asked.late = True
                overdue.append(asked)
            for asked in overdue:
                self._late[asked.sequence] = self._asked.pop(asked.sequence)
            while len(self._late) > LATE_MOST:
                self._late.pop(next(iter(self._late)))
        if overdue:
            log.warning("smpp.unanswered", count=len(overdue))
            self._listener.unanswered(overdue, "the carrier did not answer in time")

    def _keep_alive(self, open_link: link.Link, now: float) -> None:
        idle = now - self._read_at
        if idle > self._settings.enquire_seconds + self._settings.response_seconds:
            raise link.LinkLost("the carrier has fallen silent")
        if idle > self._settings.enquire_seconds and now - self._enquired_at > self._settings.enquire_seconds:
            self._enquired_at = now
            with self._lock:
                sequence = self._next_sequence()
            self._write(open_link, pdus.bare("enquire_link", sequence))

    def _lose(self, why: str) -> None:
        with self._lock:
            self._link, self._bound = None, False
            lost = list(self._asked.values())
            self._asked.clear()
            self._late.clear()
        if lost:
            self._listener.unanswered(lost, f"the link was lost: {why}")
        self._listener.changed()


def _nack(frame: bytes) -> list[bytes]:
    """The answer to a request that cannot be read; an answer that cannot be read gets none."""
    _, name, _, sequence = pdus.HEADER.unpack(frame[: pdus.HEADER.size])
    return [] if name & 0x80000000 else [pdus.bare("generic_nack", sequence, consts.SMPP_ESME_RINVCMDID)]
