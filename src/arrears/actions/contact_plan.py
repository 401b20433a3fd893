"""Plan contacts: judge each for the moment it is meant for, keep the verdict, and put what may go into the outbox.

Called by the night's write-back and by staff. Planning is not sending: everything planned here is judged again, with
its person's row locked, by `contact_send`. Planning the same thing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from arrears.actions import contact_fate, contact_gate
from arrears.actions.contact_fate import Fate
from arrears.actions.contact_gate import Gate, Wish
from arrears.kernel import identifiers
from arrears.kernel.errors import NotFound
from arrears.records.audit import operations as audit
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox
from arrears.records.contacts.outbox import Resident
from arrears.rules import templates


class NoSuchBorrower(NotFound):
    """A draft names a person who is not in the books."""

    code = "no_such_borrower"
    message = "There is no person {customer_id} to contact."


@dataclass(frozen=True, slots=True)
class Draft:
    """A contact that a decision asks for.

    facts       : what the text will state: amount_minor and currency, due_on (ISO text), days. Never identity
    planned_for : the moment it is meant for; expires_at : when it has lost its sense (exclusive, later)
    language    : blank = the person's own
    is_anew     : another draft like it was withdrawn, for its facts were wrong: this one is told apart by its own
    """

    customer_id: str
    case_id: str | None
    currency: str
    contact_point_id: str | None
    channel: str
    purpose: str
    template: str
    as_of: date
    planned_for: datetime
    expires_at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    priority: int = 0
    rule_number: int = 0
    reason: str = ""
    language: str = ""
    is_anew: bool = False

    @property
    def contact_id(self) -> str:
        """A function of whom, what for, when and how: the same draft is always the same contact."""
        return identifiers.dated_id(self.as_of, *self._named)

    @property
    def former_id(self) -> str:
        """Its identifier where it was planned before 27 November 2026, when no date came first."""
        return identifiers.derived_id(*self._named)

    @property
    def _named(self) -> tuple[str, ...]:
        about = self.case_id or self.currency
        named = "contact", self.customer_id, about, self.as_of.isoformat(), self.template, self.channel
        return (*named, *map(str, self.facts.values())) if self.is_anew else named


@dataclass(frozen=True)
class PlanReport:
    """What became of the drafts; known = planned before, and left as it stands."""

    planned: int = 0
    held: int = 0
    refused: int = 0
    expired: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    draft: Draft
    contact_id: str
    resident: Resident
    relation: str
    language: str
    version: str
    fault: str
    zone: str


@transaction.atomic
def plan(drafts: Sequence[Draft], *, at: datetime, actor: str, gate: Gate) -> PlanReport:
    """Judge and store drafts, all or none.

    drafts  : any number; duplicates and those planned before are left alone
    at      : now; a draft meant for an earlier moment is judged for now
    returns : PlanReport; planned + held + refused + expired + known == len(drafts)
    raises  : NoSuchBorrower when a draft names a person who is not in the books (nothing is planned then)

    Allowed → PLANNED for its moment. Forbidden until a moment → PLANNED with `not_before` at that moment, or EXPIRED
    when it would come too late. Kept back by guidance alone → PLANNED, held until it expires for somebody to release.
    Forbidden for good, or without an approved text or a fact it needs → REFUSED. Every one has its verdict stored
    (phase PLAN).
    """
    fresh: dict[str, Draft] = {draft.contact_id: draft for draft in drafts}
    formerly = {draft.former_id: contact_id for contact_id, draft in fresh.items()}
    for known in outbox.existing([*fresh, *formerly]):
        fresh.pop(formerly.get(known, known), None)
    rows = _with_facts(fresh, gate)
    wishes = [_wish(row, at) for row in rows]
    judgements = contact_gate.judge(gate, wishes)
    fates = contact_fate.fates(gate, wishes, judgements, [row.draft.expires_at for row in rows])
    counts = {"PLANNED": 0, "HELD": 0, "REFUSED": 0, "EXPIRED": 0}
    stored = []
    for row, fate in zip(rows, fates, strict=True):
        status, values = _judged(row, fate, at, actor)
        counts[status] += 1
        stored.append(values)
    contacts.plan_many(stored, at=at, actor=actor)
    compliance.keep_verdicts(
        contact_gate.verdict_row(
            gate,
            contact_id=row.contact_id,
            customer_id=row.draft.customer_id,
            phase="PLAN",
            at=at,
            judgement=judgement,
        )
        for row, judgement in zip(rows, judgements, strict=True)
    )
    report = PlanReport(
        planned=counts["PLANNED"],
        held=counts["HELD"],
        refused=counts["REFUSED"],
        expired=counts["EXPIRED"],
        known=len(drafts) - len(rows),
    )
    if rows:
        audit.record("contacts.planned", subject=str(rows[0].draft.as_of), actor=actor, at=at, **vars(report))
    return report


def _with_facts(fresh: Mapping[str, Draft], gate: Gate) -> list[_Row]:
    residents = outbox.residents({draft.customer_id for draft in fresh.values()})
    relations = outbox.relations({draft.contact_point_id for draft in fresh.values() if draft.contact_point_id})
    worded: dict[tuple[object, ...], tuple[str, str]] = {}
    rows = []
    for contact_id, draft in fresh.items():
        resident = residents.get(draft.customer_id)
        if resident is None:
            raise NoSuchBorrower(customer_id=draft.customer_id)
        language = gate.library.language_for(draft.language or resident.language)
        alike = _alike(draft, language)
        if alike not in worded:
            worded[alike] = _words(gate.library, draft, language)
        relation = relations.get((draft.customer_id, draft.contact_point_id or ""), "")
        zone = contact_gate.zone_of(gate.pack, region=resident.region, timezone=resident.timezone)
        rows.append(_Row(draft, contact_id, resident, relation, language, *worded[alike], zone))
    return rows


def _alike(draft: Draft, language: str) -> tuple[object, ...]:
    """All that says whether the text of a draft can be said: which facts are there, not what they are."""
    facts = draft.facts
    there = (facts.get("amount_minor") is None, not facts.get("due_on"), facts.get("days") is None)
    return draft.template, draft.channel, draft.as_of, language, facts.get("currency"), there


def _words(library: templates.Library, draft: Draft, language: str) -> tuple[str, str]:
    """The version of the text in force, and what speaks against using it (blank when it can be said)."""
    try:
        template = library.find(draft.template, channel=draft.channel, on=draft.as_of)
        templates.render(template, language=language, known=draft.facts, institution=library.institution)
    except (templates.NoTemplate, templates.UnableToRender) as refusal:
        return "", refusal.code
    return template.version, ""


def _wish(row: _Row, at: datetime) -> Wish:
    draft = row.draft
    return Wish(
        contact_id=row.contact_id,
        customer_id=draft.customer_id,
        channel=draft.channel,
        purpose=draft.purpose,
        relation=row.relation,
        contact_point_id=draft.contact_point_id or "",
        at=max(at, draft.planned_for),
        region=row.resident.region,
        timezone=row.resident.timezone,
    )


def _judged(row: _Row, fate: Fate, at: datetime, actor: str) -> tuple[str, tuple[object, ...]]:
    """PLANNED, HELD, REFUSED or EXPIRED, and the contact's columns in the order of `contacts.operations.PLAN`."""
    draft = row.draft
    waits = fate.what in (contact_fate.WAITS, contact_fate.LAPSES)
    reason, not_before = draft.reason, fate.until if waits else draft.planned_for
    if row.fault or fate.what == contact_fate.REFUSED:
        counted, reason = "REFUSED", row.fault or fate.rule
    elif not_before >= draft.expires_at and fate.what != contact_fate.WAITS:
        counted = "EXPIRED"
    else:
        counted = "HELD" if waits else "PLANNED"
    status = "PLANNED" if counted == "HELD" else counted
    return counted, (
        row.contact_id,
        draft.customer_id,
        draft.case_id,
        draft.contact_point_id if row.relation else None,
        draft.channel,
        draft.purpose,
        row.relation or "OTHER",
        status,
        draft.template,
        row.version,
        row.language,
        dict(draft.facts),
        draft.as_of,
        draft.rule_number,
        reason,
        draft.priority,
        draft.planned_for,
        not_before,
        draft.expires_at,
        None if status == "PLANNED" else at,
        row.zone,
        actor,
    )
