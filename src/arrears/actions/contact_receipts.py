"""Hear what came back: receipts of what we sent, and what people say to us of their own accord.

Called by the worker beside sending. Each page is recorded in one transaction and only then confirmed to the channel, so
that a crash between hearing and recording loses nothing; hearing the same thing twice changes nothing. A person who
asks us to stop is on the stop list in the same transaction, and what else their words tell is acted upon in it. A
channel that cannot be heard just now keeps no other from being heard, and a message that cannot be recorded is set
aside in the audit trail and keeps no other waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.db import DataError, transaction

from arrears.actions import contact_gate, contact_send, hear_person, hear_stranger, mark_dead_numbers
from arrears.actions.contact_gate import Gate
from arrears.channels.base import Channel, Inbound, Outcome, Receipt
from arrears.kernel import identifiers
from arrears.kernel.errors import ChannelError
from arrears.records.audit import operations as audit
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox, sealed
from arrears.records.people import queries as people
from arrears.records.privacy import cipher
from arrears.rules import cases, replies

log = structlog.get_logger(__name__)

#: A receipt that no contact claims for so long is kept in the audit trail and confirmed.
PATIENCE = timedelta(minutes=15)
#: So much of a vendor's code is kept with the failure.
CODE_MAX = 80
#: What one message's own content can do to us; whatever else goes wrong is not the message's fault.
FAULTS = (ValueError, ArithmeticError, LookupError, TypeError, DataError)

EVENTS = {Outcome.DELIVERED: "deliver", Outcome.READ: "deliver", Outcome.FAILED: "fail", Outcome.EXPIRED: "fail"}
#: Which event ended in a status: a receipt of the same kind agrees with it.
ENDS = {"DELIVERED": "deliver", "FAILED": "fail"}
#: The outcome in the words of the rule packs; an UNKNOWN one stays unknown, and so counts as every outcome.
WORDS = {Outcome.DELIVERED: "DELIVERED", Outcome.READ: "READ", Outcome.FAILED: "FAILED", Outcome.EXPIRED: "FAILED"}


@dataclass(frozen=True)
class HeardReport:
    """receipts: recorded; orphans: belonging to no contact we know, kept in the audit trail; inbound: messages of
    people; stops: of those, new entries of the stop list on request; alerts: of those, cries for help and threats that
    a colleague is asked to act on; strangers: messages from nobody we know; faulty: set aside because they could not be
    recorded; deaf: channels that could not be heard."""

    receipts: int = 0
    orphans: int = 0
    inbound: int = 0
    stops: int = 0
    alerts: int = 0
    strangers: int = 0
    faulty: int = 0
    deaf: int = 0

    def __add__(self, other: HeardReport) -> HeardReport:
        return HeardReport(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def take(*, at: datetime, channels: Mapping[str, Channel], worker: str, gate: Gate) -> HeardReport:
    """Record everything that the channels have heard by `at`, and confirm it to them.

    channels : as for `contact_send.send_due`; an adapter that serves several channels is heard once, under the first
    returns  : HeardReport
    """
    total = HeardReport()
    for name, channel in _once(channels).items():
        try:
            total += _hear(name, channel, at=at, worker=worker, gate=gate)
        except ChannelError as trouble:
            log.error("contact.channel_deaf", channel=name, why=str(trouble))
            total += HeardReport(deaf=1)
    return total


def _hear(name: str, channel: Channel, *, at: datetime, worker: str, gate: Gate) -> HeardReport:
    total = HeardReport()
    while page := channel.receipts(at=at):
        report, heard = _receipts_or_each(page, channel.kind, at, worker)
        channel.confirm(heard)
        total += report
        if len(heard) < len(page):  # the rest waits for its contact to be known
            break
    while messages := channel.inbound(at=at):
        total += _inbound_or_each(messages, name, channel.kind, at, worker, gate)
        channel.confirm(messages)
    return total


def _receipts_or_each(
    page: Sequence[Receipt], kind: str, at: datetime, worker: str
) -> tuple[HeardReport, list[Receipt]]:
    """A page in one transaction; where one receipt spoils it, each in its own."""

    def record(some: Sequence[Receipt]) -> tuple[HeardReport, list[Receipt]]:
        return _receipts(some, kind, at, worker)

    total, heard = HeardReport(), []
    for some in _parts(page, record, "receipt.faulty", kind, at, worker):
        report, these = some if isinstance(some, tuple) else (HeardReport(faulty=1), [some])
        total += report
        heard += these
    return total, heard


def _inbound_or_each(
    messages: Sequence[Inbound], name: str, kind: str, at: datetime, worker: str, gate: Gate
) -> HeardReport:
    """Messages in one transaction; where one spoils it, each in its own."""

    def record(some: Sequence[Inbound]) -> tuple[HeardReport, Sequence[Inbound]]:
        return _inbound(some, name, kind, at, worker, gate), some

    total = HeardReport()
    for some in _parts(messages, record, "inbound.faulty", kind, at, worker):
        total += some[0] if isinstance(some, tuple) else HeardReport(faulty=1)
    return total


Heard = TypeVar("Heard", Receipt, Inbound)
Done = TypeVar("Done")


def _parts(
    page: Sequence[Heard], record: Callable[[Sequence[Heard]], Done], kind: str, vendor: str, at: datetime, worker: str
) -> list[Done | Heard]:
    """What recording came to: of the page at once, or else of one after the other; the faulty ones as they are."""
    try:
        return [record(page)]
    except FAULTS as fault:
        if len(page) > 1:
            return [part for one in page for part in _parts([one], record, kind, vendor, at, worker)]
        log.exception("contact.unreadable", kind=kind, channel=vendor)
        subject = identifiers.derived_id(kind, vendor, page[0].token)
        audit.record(kind, subject=subject, actor=worker, at=at, channel=vendor, fault=type(fault).__name__)
        return list(page)


def _once(channels: Mapping[str, Channel]) -> dict[str, Channel]:
    seen: dict[int, str] = {}
    for name, channel in channels.items():
        seen.setdefault(id(channel), name)
    return {name: channels[name] for name in seen.values()}


@transaction.atomic
def _receipts(page: Sequence[Receipt], kind: str, at: datetime, worker: str) -> tuple[HeardReport, list[Receipt]]:
    refs = outbox.by_vendor_ref(kind, [receipt.vendor_ref for receipt in page if receipt.contact_id is None])
    whose = [receipt.contact_id or refs.get(receipt.vendor_ref, "") for receipt in page]
    failing = [one for one, receipt in zip(whose, page, strict=True) if one and EVENTS.get(receipt.outcome) == "fail"]
    outbox.lock(outbox.people_of(failing))  # whose number may be marked below: people before their contacts
    proven = contacts.prove([contact_id for contact_id in whose if contact_id], at=at, actor=worker)
    contact_send.announce_sent(proven, at=at)
    standing = outbox.standing([contact_id for contact_id in whose if contact_id])
    known: dict[str, list[Receipt]] = {}
    heard, orphans = [], []
    for receipt, contact_id in zip(page, whose, strict=True):
        if contact_id in standing:
            known.setdefault(contact_id, []).append(receipt)
            heard.append(receipt)
        elif at - receipt.at >= PATIENCE:
            orphans.append(receipt)
    mark_dead_numbers.after_failures(_move(known, standing, at, worker), at=at, actor=worker)
    for receipt in orphans:
        facts = {"channel": kind, "outcome": str(receipt.outcome), "code": receipt.code}
        facts |= {"ended_at": receipt.at.isoformat()}
        audit.record("receipt.orphan", subject=receipt.vendor_ref[:64], actor=worker, at=at, **facts)
    return HeardReport(receipts=len(heard), orphans=len(orphans)), heard + orphans


def _move(
    known: Mapping[str, Sequence[Receipt]], standing: Mapping[str, tuple[str, str, str]], at: datetime, worker: str
) -> dict[str, str]:
    """Walk each contact along its receipts; moves of the same kind are written together, step by step.

    A receipt that says what cannot be any more (failed, after it was delivered) moves nothing and is kept beside.
    returns : contact_id → the vendor's code, of each that failed
    """
    steps: dict[tuple[int, str, str], list[tuple[object, ...]]] = {}
    outcomes: dict[str, str] = {}
    failed: dict[str, str] = {}
    refs, proven = [], []
    for contact_id, receipts in known.items():
        status, vendor_ref, _ = standing[contact_id]
        if not vendor_ref:
            refs.append((receipts[0].vendor_ref, 1, contact_id))
        if status in {"SENDING", "IN_DOUBT"}:
            proven.append(contact_id)
        number = 0
        for receipt in receipts:
            for event in _events(status, receipt):
                after = cases.CONTACT.get((status, event))
                if after is not None:  # a second delivery report moves nothing
                    code = receipt.code[:CODE_MAX] if event == "fail" else ""
                    failed |= {contact_id: code} if code else {}
                    steps.setdefault((number, status, event), []).append((contact_id, code))
                    status, number = after, number + 1
            if EVENTS.get(receipt.outcome) in {None, ENDS.get(status)}:
                outcomes[contact_id] = WORDS.get(receipt.outcome, outcomes.get(contact_id, "UNKNOWN"))
            else:
                facts = {"status": status, "outcome": str(receipt.outcome), "code": receipt.code}
                audit.record("receipt.contradiction", subject=contact_id, actor=worker, at=at, **facts)
    for number, before, event in sorted(steps):
        moves = steps[number, before, event]
        contacts.move_many(moves, event=event, before=before, at=at, actor=worker, skip_raced=True)
    contact_send.announce_sent(proven, at=at)
    contacts.set_vendor_refs(refs)
    contacts.set_outcomes([(outcome, contact_id) for contact_id, outcome in outcomes.items()])
    return failed


def _events(status: str, receipt: Receipt) -> list[str]:
    """What a receipt means for a contact: one that overtook its own acceptance also proves that."""
    event = EVENTS.get(receipt.outcome)
    proof = ["accept"] if status == "SENDING" or (status == "IN_DOUBT" and not event) else []
    return proof + ([event] if event else [])


@transaction.atomic
def _inbound(messages: Sequence[Inbound], name: str, kind: str, at: datetime, worker: str, gate: Gate) -> HeardReport:
    inbound = stops = alerts = strangers = 0
    indexes = [people.point_indexes(message.from_) for message in messages]
    whose = {index: outbox.people_at(index) for index in dict.fromkeys(indexes)}
    outbox.lock({customer_id for known in whose.values() for customer_id, _, _ in known})
    told = hear_person.listen([message.text for message in messages])
    for message, index, heard in zip(messages, indexes, told, strict=True):
        known = whose[index]
        if not known:
            strangers += 1
            alerts += hear_stranger.heed(
                message,
                heard=heard,
                index=index[0],
                channel=name,
                kind=kind,
                at=at,
                actor=worker,
            )
        for customer_id, point, relation in known:
            contact_id = _id_of(message, customer_id, kind)
            if _keep(contact_id, message, customer_id, point, relation, name, kind, gate):
                inbound += 1
                alerts += hear_person.act(
                    customer_id=customer_id,
                    heard=heard,
                    contact_id=contact_id,
                    at=at,
                    actor=worker,
                    is_own=relation == "SELF",
                )
            if replies.is_stop(message.text):
                since = min(at, message.at)
                stops += compliance.stop(
                    customer_id=customer_id, reason="OPTED_OUT", channel=name, at=since, actor=worker
                )
    return HeardReport(inbound=inbound, stops=stops, alerts=alerts, strangers=strangers)


def _id_of(message: Inbound, customer_id: str, kind: str) -> str:
    parts = (kind, customer_id, message.token, message.at.isoformat(), message.text)
    return identifiers.derived_id("inbound", *parts)


def _keep(
    contact_id: str,
    message: Inbound,
    customer_id: str,
    point: str,
    relation: str,
    name: str,
    kind: str,
    gate: Gate,
) -> bool:
    resident = outbox.residents([customer_id])[customer_id]
    on = contact_gate.local_on(gate.pack, region=resident.region, timezone=resident.timezone, at=message.at)
    return contacts.hear(
        contact_id=contact_id,
        customer_id=customer_id,
        contact_point_id=point,
        relation=relation,
        channel=name,
        text_sealed=cipher.seal(message.text, context=sealed.text_context(contact_id)),
        at=message.at,
        local_on=on,
        language=gate.library.language_for(resident.language),
        timezone=contact_gate.zone_of(gate.pack, region=resident.region, timezone=resident.timezone),
        vendor=kind,
    )
