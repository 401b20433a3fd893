"""What happened in a case, newest first: its events, contacts, payments, work and audit, told as one story.

Called by `file`. Reads each source up to the page's length and merges; never shows a text or an unmasked number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from arrears.actions import look_at_person, reveal_sealed
from arrears.exchange import case_file
from arrears.exchange.case_file import PaymentLine
from arrears.interfaces.console import actors
from arrears.interfaces.console.cases import beginnings
from arrears.interfaces.console.late.standing import Standing
from arrears.interfaces.ui import change_words, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel import clock
from arrears.records.audit import queries as audit
from arrears.records.cases import queries as cases
from arrears.records.cases import work
from arrears.records.cases.queries import CaseCard
from arrears.records.compliance import queries as compliance
from arrears.records.contacts import queries as contacts
from arrears.records.ledger import queries as ledger
from arrears.records.people import queries as people
from arrears.records.staff import teams
from arrears.records.writeoffs.queries import WriteOffRow
from arrears.rules import case_events

PAGE_SIZE = 25
#: So many are read of each source: more, so that what happened at the same moment stays on one page.
READ = PAGE_SIZE + 25

#: Events of late steps, which tell themselves whole.
LATE_EVENTS = (
    "agency.placed",
    "agency.recalled",
    "agency.returned",
    "agency.closed",
    "legal.step",
    "legal.step_taken_back",
)
#: Audit events whose story other sources tell better: with the amount, the verdict, the change.
TOLD_ELSEWHERE = frozenset(
    {
        "payment.taken",
        "payment.reversed",
        "case.closed",
        "case.assigned",
        "work.done",
        "work.cancelled",
        "write_off.approved",
        "write_off.rejected",
        "write_off.posted",
        "point.invalid",
        "point.valid",
        "agency.to_recall",
        "promise.made",
        "promise.kept",
        "promise.broken",
        "promise.replaced",
        "promise.reopened",
        look_at_person.KIND,
        *LATE_EVENTS,
    }
)

ICONS = {
    "SMS": "message",
    "EMAIL": "mail",
    "LETTER": "mail",
    "CALL": "phone",
    "AI_CALL": "phone",
    "VISIT": "map-pin",
    "APP": "message",
    "CHAT": "messages",
}


@dataclass(frozen=True)
class Entry:
    """One line of the story. `lines` are sentences; `reasons` those of the gate, with their sources.

    at : where it stands in the story, see `rules.case_events.stands_at`; recorded_at : when it was recorded
    """

    at: datetime
    title: str
    icon: str
    tone: str
    by: str = ""
    lines: list[str] = field(default_factory=list)
    reasons: list[dict[str, object]] = field(default_factory=list)
    contact_id: str = ""
    words: str = ""  # what stands sealed, in words
    kind: str = ""  # of event, which tells what came of what at one moment
    recorded_at: datetime | None = None

    @property
    def moved_to(self) -> date | None:
        """The business date that it stands on, where it was recorded on another."""
        return None if self.recorded_at in {None, self.at} else clock.business_date(self.at, settings.LENDER_ZONE)


def entries(
    card: CaseCard,
    *,
    until: datetime | None,
    tasks: Iterable[work.WorkRow],
    write_offs: Iterable[WriteOffRow],
    late: Standing,
    told_by_tape: Iterable[tuple[str, PaymentLine]],
) -> tuple[list[Entry], datetime | None]:
    """A page of the story before a moment, and the moment where the next page starts (None at the end)."""
    names, of_work = actors.names(), work.told_of(card.case_id)
    spoken = list(_contacts(card, until, names))
    found = [
        *_case_events(card, until, names),
        *spoken,
        *_outside_contacts(card, until),
        *_payments(card, until, names),
        *_tape_payments(card, until, told_by_tape),
        *_begun(beginnings.of_case(tasks, write_offs, of_work), until, names),
        *_work(until, tasks, of_work, names),
        *_placements(late, until, names),
        *_legal_steps(late, until, names),
        *_audit(card, until, names, spoken),
    ]
    found.sort(key=lambda entry: (entry.at, case_events.place(entry.kind)), reverse=True)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    while rest and rest[0].at == page[-1].at:
        page.append(rest.pop(0))
    return page, page[-1].at if rest else None


def _sides(kind: str, sides: tuple[str, str], names: dict[str, str]) -> list[str]:
    """What it was before and after, as the kind of event says it."""
    if kind == "team_changed":
        known = teams.names()
        return [known.get(side, side) for side in sides]
    if kind == "assigned":
        return [sentences.actor(side, names) for side in sides]
    return [change_words.side(kind, side) for side in sides]


def _case_events(card: CaseCard, until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    # A piece of work tells of its own end, with outcome and note.
    untold = work.CLOSING_EVENTS | {*LATE_EVENTS}
    told = cases.events_of(card.case_id, before=until, without=untold, zone=settings.LENDER_ZONE, limit=READ)
    points = _points(card) if any("contact_point_id" in event.data for _at, event in told) else {}
    for at, event in told:
        lines = []
        if event.before or event.after:
            lines.append(" → ".join(_sides(event.kind, (event.before, event.after), names)).strip(" →"))
        if event.reason:
            lines.append(sentences.code(event.reason))
        if event.data.get("contact_point_id") in points:
            lines.insert(0, points[event.data["contact_point_id"]])
        if event.kind.startswith("promise."):
            lines.append(_promised(event.data))
        if why := cases.written(event):
            lines.append(why)
        yield Entry(
            at=at,
            recorded_at=event.at,
            title=sentences.event(event.kind),
            icon="folder-open",
            tone=ui.tone(event.after),
            by=sentences.actor(event.actor, names),
            lines=lines,
            kind=event.kind,
        )


def _promised(facts: Mapping[str, Any]) -> str:
    amount = ui.money_text(facts["amount_minor"], facts["currency"])
    return gettext("%(amount)s by %(due)s") % {"amount": amount, "due": ui.day(date.fromisoformat(facts["due_on"]))}


def _points(card: CaseCard) -> dict[str, str]:
    rows = people.points_of(card.row.customer_id)
    return {row.contact_point_id: f"{row.kind_label} {row.value_masked}" for row in rows}


def _contacts(card: CaseCard, until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    rows = [
        row
        for row in contacts.contacts_of_case(card.case_id, card.row.customer_id, before=until, limit=READ)
        if not row.is_planned and not (until and row.at >= until)
    ]
    verdicts = compliance.verdicts_of_contacts(row.contact_id for row in rows)
    cancelled = contacts.ends_of(row.contact_id for row in rows if row.status == "CANCELLED")
    for row in rows:
        told = f"{row.channel_label} · {row.purpose_label}"
        lines = [" · ".join(part for part in (row.point_masked, row.relation_label) if part)]
        if row.outcome and row.status != "DONE":
            lines.append(sentences.outcome(row.outcome))
        if why := cancelled.get(row.contact_id):
            lines.append(sentences.code(why))
        judged = verdicts.get(row.contact_id, [])
        yield Entry(
            at=row.at,
            title=f"{told}: {_came_to(row)}",
            icon=ICONS.get(row.channel, "messages"),
            tone=ui.tone(row.status),
            by=sentences.actor(row.actor, names),
            lines=lines,
            reasons=[reason for verdict in judged[-1:] for reason in verdict.reasons],
            contact_id=row.contact_id,
            kind="contact",
            words=sentences.sealed_words(row.words),
        )


def _came_to(row: contacts.ContactRow) -> str:
    """A call or visit that is done is told by its outcome: one that nobody answered is not simply done."""
    return sentences.outcome(row.outcome) if row.outcome and row.status == "DONE" else row.status_label


def _outside_contacts(card: CaseCard, until: datetime | None) -> Iterator[Entry]:
    """What the lender did without us: it counts against the caps, so it stands in the story."""
    for row in contacts.outside_of_person(card.row.customer_id, before=until, limit=READ):
        yield Entry(
            at=row.at,
            title=gettext("%(channel)s by the lender itself") % {"channel": row.channel_label},
            icon=ICONS.get(row.channel, "messages"),
            tone="secondary",
            lines=[" · ".join(part for part in (sentences.outcome(row.outcome), gettext("Loan tape")) if part)],
            kind="contact",
        )


def _payments(card: CaseCard, until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    rows = ledger.payments_of(card.row.customer_id, card.row.currency, before=until, limit=READ)
    reasons = audit.facts_of(card.row.customer_id, "payment.reversed", key="reversal_id", fact="reason")
    for row in rows:
        what = gettext("Payment reversed") if row.reverses_id else gettext("Payment received")
        why = reasons.get(row.payment_id, "")
        yield Entry(
            at=row.booked_at,
            title=f"{what}: {ui.money_text(row.amount_minor, row.currency)}",
            icon="coin",
            tone="warning" if row.reverses_id else "success",
            by=sentences.actor(row.actor, names),
            lines=[
                _paid(row.account_id, row.paid_on, row.source_label),
                gettext("Payment id %(id)s") % {"id": row.payment_id},
                *([sentences.reversal_reason(why)] if why else []),
            ],
            kind="payment",
        )


def _tape_payments(card: CaseCard, until: datetime | None, told: Iterable[tuple[str, PaymentLine]]) -> Iterator[Entry]:
    """Payments that only a tape told: known by their value date, so they stand at the start of that day."""
    for account_id, line in told:
        at = clock.at_local(line.paid_on, time(0), settings.LENDER_ZONE)
        if line.source != case_file.TAPE or (until and at >= until):
            continue
        what = gettext("Payment reversed") if line.reverses else gettext("Payment received")
        yield Entry(
            at=at,
            title=f"{what}: {ui.money_text(line.amount_minor, card.row.currency)}",
            icon="coin",
            tone="warning" if line.reverses else "success",
            lines=[
                _paid(account_id, line.paid_on, gettext("Loan tape")),
                gettext("Payment id %(id)s") % {"id": line.payment_id},
            ],
            kind="payment",
        )


def _paid(account_id: str, on: date, source: str) -> str:
    words = gettext("Account %(account)s, value date %(on)s, by %(source)s")
    return words % {"account": account_id, "on": ui.day(on), "source": source}


def _begun(begun: Iterable[beginnings.Begun], until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    for one in begun:
        if not (until and one.at >= until):
            by = sentences.actor(one.by, names)
            yield Entry(one.at, one.title, "list", "secondary", by, one.lines, kind=one.kind, recorded_at=one.done_at)


def _work(
    until: datetime | None, tasks: Iterable[work.WorkRow], of_work: Mapping[str, work.Told], names: dict[str, str]
) -> Iterator[Entry]:
    for row in tasks:
        if row.is_open:
            continue
        ended_at = row.closed_at or datetime.combine(row.due_on, time(0), UTC)
        told = of_work.get(row.work_id)
        at = case_events.stands_at(ended_at, told.closed_on if told else None, zone=settings.LENDER_ZONE)
        if until and at >= until:
            continue
        lines = [part for part in (sentences.outcome(row.outcome), sentences.code(row.note)) if part]
        yield Entry(
            at=at,
            title=gettext("Task “%(kind)s”: %(status)s") % {"kind": row.kind_label, "status": row.status_label},
            icon="list",
            tone=ui.tone(row.status),
            by=sentences.actor(told.closed_by if told else "", names),
            lines=lines,
            kind=f"work_{row.status.lower()}",
            recorded_at=ended_at,
        )


def _placements(late: Standing, until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    for one in late.placements:
        row = one.row
        lines = [one.agency, " · ".join([ui.day(row.placed_on), ui.money_text(row.amount_minor, row.currency)])]
        lines += [part for part in (row.reference, row.note) if part]
        told = [(row.placed_at, "agency.placed", gettext("Placed with an agency"), row.placed_by, "warning", lines)]
        if row.ended_on and row.ended_at:
            ended = [one.agency, ui.day(row.ended_on), *([row.end_note] if row.end_note else [])]
            told.append((row.ended_at, "agency.closed", row.end_reason_label, row.ended_by, "secondary", ended))
        for at, kind, title, by, tone, said in told:
            if not (until and at >= until):
                yield Entry(at, title, "users", tone, sentences.actor(by, names), said, kind=kind)


def _legal_steps(late: Standing, until: datetime | None, names: dict[str, str]) -> Iterator[Entry]:
    for one in late.steps:
        row = one.row
        if row.back_at and not (until and row.back_at >= until):
            yield Entry(
                at=row.back_at,
                title=gettext("Legal step taken back: %(step)s") % {"step": one.name},
                icon="scale",
                tone="secondary",
                by=sentences.actor(row.back_by, names),
                lines=[row.back_reason],
            )
        if until and row.recorded_at >= until:
            continue
        facts = [ui.day(row.taken_on), row.body, row.reference]
        if row.claim_minor is not None:
            facts.append(ui.money_text(row.claim_minor, row.currency))
        lines = [" · ".join(part for part in facts if part)]
        if row.next_on:
            lines.append(gettext("Looked at again on %(on)s") % {"on": ui.day(row.next_on)})
        lines += [part for part in (ui.cited(one.source), row.note) if part]
        yield Entry(
            at=row.recorded_at,
            title=gettext("Legal step: %(step)s") % {"step": one.name},
            icon="scale",
            tone="warning" if row.is_pending and row.back_at is None else "secondary",
            by=sentences.actor(row.recorded_by, names),
            lines=lines,
            kind="legal.step",
        )


def _audit(card: CaseCard, until: datetime | None, names: dict[str, str], spoken: list[Entry]) -> Iterator[Entry]:
    """What the audit alone tells; a number opened to make a call that is told already is a line of that call."""
    subjects = [card.case_id, card.row.customer_id]
    cleared = {entry.contact_id: entry for entry in spoken}
    for event in audit.events_of(subjects, before=until, without=TOLD_ELSEWHERE, limit=READ):
        if event.kind == reveal_sealed.KIND and event.data.get("contact_id") in cleared:
            opened = _revealed(event, names)
            cleared[event.data["contact_id"]].lines.append(f"{opened.title} · {ui.when(event.at)} · {opened.by}")
            continue
        if event.kind == reveal_sealed.KIND:
            yield _revealed(event, names)
            continue
        change = change_words.change(event.kind, event.before, event.after)
        why = event.data["reason"] if event.kind == "gate.overruled" else ""
        yield Entry(
            at=event.at,
            title=sentences.event(event.kind),
            icon="history",
            tone="secondary",
            by=sentences.actor(event.actor, names),
            lines=[part for part in (change, why) if part],
            kind=event.kind,
        )


def _revealed(event: audit.EventRow, names: dict[str, str]) -> Entry:
    """Who opened what, and what for; never the value."""
    purpose = reveal_sealed.policy().purposes.get(event.data["purpose"])
    told = sentences.of_texts(purpose.texts) if purpose else event.data["purpose"]
    return Entry(
        at=event.at,
        title=gettext("Opened: %(what)s") % {"what": sentences.opened(event.data["what"], event.data["what_kind"])},
        icon="eye",
        tone="secondary",
        by=sentences.actor(event.actor, names),
        lines=[part for part in (told, event.data["reason"]) if part],
    )
