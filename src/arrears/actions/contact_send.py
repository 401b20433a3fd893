"""Send what is due: judge again with the person's row locked, write the intent, commit, and only then speak.

Called by the worker and by the demo, in any number of processes. Two transactions with the vendor between them, and no
transaction open while the vendor answers. What dies in between stays SENDING: `contact_resolve` asks the vendor or a
person; nothing here ever says a thing twice. A contact whose own data cannot be read is refused and keeps no other
from being sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

import structlog
from django.db import DataError, transaction

from arrears.actions import contact_fate, contact_gate, contact_leave, contact_words, mark_dead_numbers
from arrears.actions.contact_fate import Fate
from arrears.actions.contact_gate import Gate, Judgement
from arrears.actions.contact_words import Words
from arrears.actions.place_with_agency import LET_GO
from arrears.channels.base import NOT_BEGUN, Accepted, Channel, InDoubt, Leave, Outgoing, Rejected, Result
from arrears.kernel.errors import ChannelError
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox
from arrears.records.contacts import sealed as words
from arrears.records.contacts.outbox import Planned
from arrears.records.placements import queries as placements
from arrears.records.privacy import cipher
from arrears.records.webhooks import operations as webhooks
from arrears.rules import templates

#: How long a contact waits after a vendor said "not now": long enough for a throttle to pass, short within a day.
RETRY = timedelta(minutes=15)
#: What one contact's own data can do to a batch; whatever else goes wrong is not the contact's fault.
FAULTS = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, DataError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SendReport:
    """What one call did. `more`: there may be further due contacts, so call again."""

    accepted: int = 0
    rejected: int = 0
    recalled: int = 0
    in_doubt: int = 0
    held: int = 0
    refused: int = 0
    expired: int = 0
    more: bool = False

    @property
    def sent(self) -> int:
        """Contacts that were handed to a vendor."""
        return self.accepted + self.rejected + self.recalled + self.in_doubt

    def and_then(self, later: SendReport) -> SendReport:
        """Both as one."""
        summed = {one.name: getattr(self, one.name) + getattr(later, one.name) for one in fields(self)}
        return SendReport(**(summed | {"more": self.more or later.more}))


@dataclass(frozen=True, slots=True)
class _Intent:
    contact: Planned
    outgoing: Outgoing
    version: str


@dataclass
class _Judged:
    """The contacts of one claim, sorted by what the gate and the words said of them.

    unjudged : texts of which nobody has said yet whether they may leave; their contacts stay as they are
    """

    intents: list[_Intent]
    holds: list[tuple[datetime, str]]
    refusals: list[tuple[str, str, datetime]]
    lapsed: list[tuple[str, str, datetime]]
    verdicts: list[tuple[object, ...]]
    unjudged: list[Words] = field(default_factory=list)


def send_due(*, at: datetime, limit: int, channels: Mapping[str, Channel], worker: str, gate: Gate) -> SendReport:
    """Send up to `limit` due contacts, one a person, over the channels given.

    at       : now, aware; the moment every judgement of this call is made for
    channels : channel of a contact (SMS …) → the adapter that speaks it; contacts of other channels stay planned
    worker   : who sends, for the events
    returns  : SendReport; call again while `more`
    raises   : nothing of the vendor's: a channel that is down recalls its contacts, which are held and tried again
    """
    try:
        judged, expired, more = _intend(at, limit, channels, worker, gate)
    except FAULTS:
        log.exception("contact.batch_unreadable")
        return _refuse_the_faulty(at, limit, channels, worker, gate)
    counts = {"accepted": 0, "rejected": 0, "recalled": 0, "in_doubt": 0}
    for channel, intents in _by_channel(judged.intents):
        leave = contact_leave.giver(gate, judged_at=at)
        results = _speak(channels[channel], [intent.outgoing for intent in intents], at, leave)
        for name, number in record(results, at=at, worker=worker).items():
            counts[name] += number
    held, refused = len(judged.holds), len(judged.refusals)
    report = SendReport(**counts, held=held, refused=refused, expired=expired + len(judged.lapsed), more=more)
    if judged.unjudged and gate.judge is not None:
        contact_words.learn(judged.unjudged, gate.judge, at=at)
        return report.and_then(send_due(at=at, limit=limit, channels=channels, worker=worker, gate=gate))
    return report


@transaction.atomic
def _intend(
    at: datetime, limit: int, channels: Mapping[str, Channel], worker: str, gate: Gate
) -> tuple[_Judged, int, bool]:
    """Everything that must be committed before anybody speaks."""
    late = [(*one, at) for one in outbox.expired(at=at, limit=limit)]
    closed = ("closed_at",)
    contacts.move_many(late, event="expire", before="PLANNED", at=at, actor=worker, columns=closed, skip_raced=True)
    claimed, more = outbox.claim(at=at, channels=tuple(channels), limit=limit)
    judged = _Judged([], [], [], [], [])
    claimed = _without_placed(judged, claimed, at)
    wishes = [contact_leave.wish(contact, at) for contact in claimed]
    judgements = contact_gate.judge(gate, wishes)
    fates = contact_fate.fates(gate, wishes, judgements, [contact.expires_at for contact in claimed])
    for contact, judgement, fate in zip(claimed, judgements, fates, strict=True):
        _sort(judged, contact, fate, at, gate, judgement)
    _write(judged, at, worker, channels, gate)
    return judged, len(late), more


def _without_placed(judged: _Judged, claimed: Sequence[Planned], at: datetime) -> list[Planned]:
    """An agency may have come by a case since a contact of it was planned: we do not write beside it."""
    placed = placements.with_agencies({contact.case_id for contact in claimed if contact.case_id})
    judged.refusals += [(contact.contact_id, LET_GO, at) for contact in claimed if contact.case_id in placed]
    return [contact for contact in claimed if contact.case_id not in placed]


@transaction.atomic
def _refuse_the_faulty(
    at: datetime, limit: int, channels: Mapping[str, Channel], worker: str, gate: Gate
) -> SendReport:
    """Refuse the due contacts that cannot be judged or worded, each tried alone; the others are sent by the next call.

    raises : what went wrong, when it was none of them
    """
    claimed, _ = outbox.claim(at=at, channels=tuple(channels), limit=limit)
    faulty: list[tuple[str, str, datetime]] = []
    for contact in claimed:
        try:
            with transaction.atomic():
                judged = _Judged([], [], [], [], [])
                wishes = [contact_leave.wish(contact, at)]
                judgements = contact_gate.judge(gate, wishes)
                [fate] = contact_fate.fates(gate, wishes, judgements, [contact.expires_at])
                _sort(judged, contact, fate, at, gate, judgements[0])
                _write(judged, at, worker, channels, gate)
                transaction.set_rollback(True)
        except FAULTS as fault:
            log.error("contact.unreadable", contact_id=contact.contact_id, fault=type(fault).__name__)
            faulty.append((contact.contact_id, "unreadable", at))
    if not faulty:
        raise RuntimeError("a batch cannot be sent, though each of its contacts could be")
    contacts.move_many(faulty, event="refuse", before="PLANNED", at=at, actor=worker, columns=("closed_at",))
    return SendReport(refused=len(faulty), more=True)


def _sort(judged: _Judged, contact: Planned, fate: Fate, at: datetime, gate: Gate, judgement: Judgement) -> None:
    about = {"contact_id": contact.contact_id, "customer_id": contact.customer_id}
    kept = contact_gate.verdict_row(gate, **about, phase="SEND", at=at, judgement=judgement)
    if fate.what == contact_fate.WAITS:
        judged.holds.append((fate.until, contact.contact_id))
    elif fate.what != contact_fate.GOES:
        over = judged.refusals if fate.what == contact_fate.REFUSED else judged.lapsed
        over.append((contact.contact_id, fate.rule, at))
    else:
        try:
            intent = _intent(contact, at, gate)
            if not _may_be_said(judged, intent, at, gate):
                return
            judged.intents.append(intent)
        except (templates.NoTemplate, templates.UnableToRender, cipher.UnableToOpen) as refusal:
            judged.refusals.append((contact.contact_id, refusal.code, at))
    judged.verdicts.append(kept)


def _may_be_said(judged: _Judged, intent: _Intent, at: datetime, gate: Gate) -> bool:
    """Whether the words may leave; where they may not, the contact is held or refused by a verdict on them."""
    contact, text = intent.contact, intent.outgoing.text
    words = Words(text, contact.language, contact.relation, contact.channel)
    try:
        verdict = contact_words.verdict(words, gate.judge, at=at)
    except contact_words.NotYetJudged:
        judged.unjudged.append(words)
        return False
    if verdict is None:
        return True
    judged.verdicts.append(
        contact_gate.words_row(gate, contact.contact_id, contact.customer_id, at=at, verdict=verdict)
    )
    rule = verdict.reasons[0].rule
    if verdict.not_before is None:
        judged.refusals.append((contact.contact_id, rule, at))
    elif verdict.not_before >= contact.expires_at:
        judged.lapsed.append((contact.contact_id, rule, at))
    else:
        judged.holds.append((verdict.not_before, contact.contact_id))
    return False


def _intent(contact: Planned, at: datetime, gate: Gate) -> _Intent:
    on = contact_gate.local_on(gate.pack, region=contact.region, timezone=contact.timezone, at=at)
    template = gate.library.find(contact.template, channel=contact.channel, on=on)
    institution = gate.library.institution
    text = templates.render(template, language=contact.language, known=contact.facts, institution=institution)
    address = cipher.unseal(contact.sealed, context=f"people.contact_point.value:{contact.contact_point_id}")
    outgoing = Outgoing(
        contact_id=contact.contact_id,
        to=address,
        text=text,
        language=contact.language,
        not_after=contact.expires_at,
    )
    return _Intent(contact, outgoing, template.version)


INTENT = ("text_sealed", "template_version", "sent_at", "local_on", "timezone", "vendor")


def _write(judged: _Judged, at: datetime, worker: str, channels: Mapping[str, Channel], gate: Gate) -> None:
    compliance.keep_verdicts(judged.verdicts)
    contacts.hold_many(judged.holds)
    closed = ("closed_at",)
    contacts.move_many(judged.refusals, event="refuse", before="PLANNED", at=at, actor=worker, columns=closed)
    contacts.move_many(judged.lapsed, event="expire", before="PLANNED", at=at, actor=worker, columns=closed)
    moves = []
    for intent in judged.intents:
        contact = intent.contact
        zone = contact_gate.zone_of(gate.pack, region=contact.region, timezone=contact.timezone)
        on = contact_gate.local_on(gate.pack, region=contact.region, timezone=contact.timezone, at=at)
        sealed = cipher.seal(intent.outgoing.text, context=words.text_context(contact.contact_id))
        kind = channels[contact.channel].kind
        moves.append((contact.contact_id, "", sealed, intent.version, at, on, zone, kind))
    for channel, intents in _by_channel(judged.intents):
        _expect(channels[channel], [intent.contact.contact_id for intent in intents], at)
    contacts.move_many(moves, event="intend", before="PLANNED", at=at, actor=worker, columns=INTENT)


def _expect(channel: Channel, contact_ids: Sequence[str], at: datetime) -> None:
    """Before the commit, so that what dies right after it is known to its channel, as handed over and not begun."""
    try:
        channel.expect(contact_ids, at=at)
    except ChannelError as error:  # `send` will meet the same trouble, and gives them back
        log.error("contact.channel_down", channel=channel.kind, why=str(error))


def _by_channel(intents: Iterable[_Intent]) -> Iterable[tuple[str, list[_Intent]]]:
    groups: dict[str, list[_Intent]] = {}
    for intent in intents:
        groups.setdefault(intent.contact.channel, []).append(intent)
    return groups.items()


def _speak(channel: Channel, batch: Sequence[Outgoing], at: datetime, leave: Leave) -> Sequence[Result]:
    """The vendor's answers; a channel that is unusable as a whole has said nothing, which is an answer too.

    An adapter that breaks in any other way may have spoken: all is in doubt, and the other channels still speak.
    """
    try:
        results = channel.send(batch, at=at, leave=leave)
    except ChannelError as error:
        log.error("contact.channel_down", channel=channel.kind, why=str(error))
        results = [Rejected(one.contact_id, "CHANNEL_DOWN", str(error), False) for one in batch]
    except Exception:
        log.exception("contact.channel_broken", channel=channel.kind)
        results = [InDoubt(one.contact_id, "the channel broke while it was speaking") for one in batch]
    assert [one.contact_id for one in results] == [one.contact_id for one in batch], "a result a contact, in order"
    return results


ACCEPTED = ("vendor_ref", "parts")
#: Nothing was spoken, so the contact no longer counts against the caps: it loses the moment it was sent at.
REJECTED = ("outcome", "sent_at", "local_on", "closed_at")
RECALLED = ("not_before", "sent_at", "local_on")


@transaction.atomic
def record(results: Sequence[Result], *, at: datetime, worker: str) -> dict[str, int]:
    """Write down what a vendor said of contacts that were being sent, or were in doubt.

    results : any; a contact that has moved on meanwhile (its receipt came first) only takes the vendor's reference
    returns : how many were accepted, rejected, recalled and left in doubt
    """
    # People before their contacts, as who cancels takes them: what is called off just now does not come back.
    outbox.lock(outbox.people_of([result.contact_id for result in results if isinstance(result, Rejected)]))
    accepted = [one for one in results if isinstance(one, Accepted)]
    announce_sent(contacts.prove([one.contact_id for one in accepted], at=at, actor=worker), at=at)
    standing = outbox.standing([result.contact_id for result in results])
    rejected = [one for one in results if isinstance(one, Rejected)]
    doubtful = [one for one in results if isinstance(one, InDoubt)]
    failed: dict[str, str] = {}
    recalled = 0
    for before in ("SENDING", "IN_DOUBT"):
        taken = [(o.contact_id, "", o.vendor_ref, o.parts) for o in accepted if _stands(standing, o, before)]
        contacts.move_many(taken, event="accept", before=before, at=at, actor=worker, columns=ACCEPTED, skip_raced=True)
        announce_sent([row[0] for row in taken], at=at)
        here = [one for one in rejected if _stands(standing, one, before)]
        again = [one for one in here if _may_be_tried(one, before)]
        recalls = [(o.contact_id, o.code, at if o.code == NOT_BEGUN else at + RETRY, None, None) for o in again]
        contacts.move_many(
            recalls, event="recall", before=before, at=at, actor=worker, columns=RECALLED, skip_raced=True
        )
        recalled += len(recalls)
        final = [one for one in here if not _may_be_tried(one, before)]
        fails = [(one.contact_id, one.code, "REJECTED", None, None, at) for one in final]
        contacts.move_many(fails, event="fail", before=before, at=at, actor=worker, columns=REJECTED, skip_raced=True)
        failed |= {one.contact_id: one.code for one in final}
    mark_dead_numbers.after_failures(failed, at=at, actor=worker)
    doubts = [(one.contact_id, "no_answer") for one in doubtful if _stands(standing, one, "SENDING")]
    contacts.move_many(doubts, event="doubt", before="SENDING", at=at, actor=worker, skip_raced=True)
    overtaken = [one for one in accepted if not _stands(standing, one, "SENDING", "IN_DOUBT")]
    contacts.set_vendor_refs([(one.vendor_ref, one.parts, one.contact_id) for one in overtaken])
    return {
        "accepted": len(accepted),
        "rejected": len(rejected) - recalled,
        "recalled": recalled,
        "in_doubt": len(doubtful),
    }


def announce_sent(contact_ids: Iterable[str], *, at: datetime) -> None:
    """Tell partners that these reached their vendor; in the transaction that puts it down."""
    webhooks.announce([webhooks.Notice("contact.sent", one, {"contact_id": one}) for one in contact_ids], at=at)


def _may_be_tried(rejected: Rejected, before: str) -> bool:
    """Of what was in doubt only what its channel knows that nobody ever began."""
    return not rejected.permanent and (before == "SENDING" or rejected.code == NOT_BEGUN)


def _stands(standing: Mapping[str, tuple[str, str, str]], one: Result, *statuses: str) -> bool:
    return one.contact_id in standing and standing[one.contact_id][0] in statuses
