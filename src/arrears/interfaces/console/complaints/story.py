"""What belongs to a complaint: the contacts before it with how the gate judged them, and what happened to it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext

from arrears.interfaces.ui import sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.records.audit import queries as audit
from arrears.records.complaints import queries
from arrears.records.complaints.queries import ComplaintRow
from arrears.records.compliance import queries as compliance
from arrears.records.compliance.queries import VerdictRow
from arrears.records.contacts import queries as contacts_made
from arrears.records.contacts.queries import ContactRow

#: So far back contacts are looked through for those that a complaint is about.
LOOKED_BACK = timedelta(days=90)
CONTACTS_MAX, EVENTS_MAX = 20, 200
ICONS = {"answered": "circle-check", "withdrawn": "x", "escalated": "building", "extended": "clock"}


@dataclass(frozen=True)
class Made:
    """A contact made before the complaint: is_linked, it is about this one."""

    row: ContactRow
    verdict: VerdictRow | None
    outcome: str
    by: str
    is_linked: bool


@dataclass(frozen=True)
class Told:
    """Something that happened to a complaint."""

    at: datetime
    title: str
    icon: str
    tone: str
    by: str
    lines: list[str]


def contacts(row: ComplaintRow, names: Mapping[str, str]) -> list[Made]:
    """The contacts that it is about first, then the newest before it came in."""
    if not row.customer_id:
        return []
    linked = set(queries.linked(row.complaint_id))
    found = contacts_made.made_with(
        row.customer_id, since=row.received_at - LOOKED_BACK, until=row.received_at, always=linked, limit=CONTACTS_MAX
    )
    verdicts = compliance.verdicts_of_contacts(one.contact_id for one in found)
    made = [
        Made(
            row=one,
            verdict=next(iter(verdicts.get(one.contact_id, [])[-1:]), None),
            outcome=sentences.outcome(one.outcome) if one.outcome else one.status_label,
            by=sentences.actor(one.actor, names),
            is_linked=one.contact_id in linked,
        )
        for one in found
    ]
    return sorted(made, key=lambda one: not one.is_linked)


def events(row: ComplaintRow, names: Mapping[str, str]) -> list[Told]:
    """What happened to it, the newest first."""
    found = audit.events_of([row.complaint_id], limit=EVENTS_MAX)
    return [_told(event, names) for event in found]


def _told(event: audit.EventRow, names: Mapping[str, str]) -> Told:
    lists, data = queries.choices(), event.data
    words = dict(lists["outcomes"] + lists["root_causes"] + lists["remedies"])
    lines = [" · ".join(words.get(data[key], data[key]) for key in ("outcome", "root_cause", "remedy") if key in data)]
    if kind := data.get("complaint_kind"):
        lines.append(dict(lists["kinds"]).get(kind, kind))
    lines += [data[key] for key in ("regulator", "reference", "note") if data.get(key)]
    if data.get("answer_due_on"):
        on = ui.day(date.fromisoformat(data["answer_due_on"]))
        lines.append(gettext("To be answered by %(on)s") % {"on": on})
    verb = event.kind.removeprefix("complaint.")
    return Told(
        at=event.at,
        title=sentences.event(event.kind),
        icon=ICONS.get(verb, "history"),
        tone={"answered": "success", "escalated": "danger", "received": "warning"}.get(verb, "secondary"),
        by=sentences.actor(event.actor, names),
        lines=[line for line in lines if line],
    )
