"""Everything that the page of one case shows, read once and frozen: the debt, the reasons, what comes next, the story.

Called by `views.case`. It gathers; it decides nothing and writes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from arrears.actions import contact_call, contact_overrule, mark_contact_point, reveal_sealed
from arrears.interfaces.console.cases import forms, rules
from arrears.interfaces.console.cases import timeline as story
from arrears.interfaces.console.cases.debt import AccountRow
from arrears.interfaces.console.late.standing import Standing
from arrears.interfaces.ui import calming, keyset, sentences
from arrears.interfaces.ui.moment import Moment
from arrears.interfaces.ui.parts import Parts
from arrears.records.cases import queries as cases
from arrears.records.cases import work as task_rows
from arrears.records.cases.queries import CaseCard, Viewer
from arrears.records.cases.work import WorkRow
from arrears.records.complaints import queries as complaints
from arrears.records.compliance import queries as compliance
from arrears.records.contacts import queries as contacts
from arrears.records.contacts import untold
from arrears.records.people import queries as people
from arrears.records.placements import queries as placements
from arrears.records.promises import queries as promises
from arrears.records.staff import queries as staff
from arrears.records.staff import teams
from arrears.records.writeoffs.queries import WriteOffRow
from arrears.rules import cases as machines

#: For so long a page shows how to go on with what was heard.
CALMING = timedelta(days=30)


def read(
    viewer: Viewer,
    card: CaseCard,
    *,
    accounts: list[AccountRow],
    tasks: list[WorkRow],
    write_offs: list[WriteOffRow],
    late: Standing,
    now: Moment,
) -> dict[str, object]:
    """The page's context without the story."""
    customer_id = card.row.customer_id
    coming = contacts.planned_of_person(customer_id, at=now.at)
    verdicts = compliance.verdicts_of_contacts(row.contact_id for row in coming)
    stops = compliance.stops_of(customer_id)
    # What is written off is claimed whether or not days of it count.
    is_resting = card.is_resting and not any(row.is_posted for row in write_offs)
    siblings = cases.siblings_of(viewer, card)
    points, colleagues = people.points_of(customer_id), staff.assignable()
    own = [point for point in points if point.is_own and not point.invalid_since]
    return {
        "card": card,
        "score": rules.score(card),
        "foreseen": rules.foreseen(card) if not coming else None,
        "is_resting": is_resting,
        "stage_rule": rules.stage(card, is_resting=is_resting),
        "person_language": sentences.language(card.person.language),
        "accounts": accounts,
        "points": points,
        "coming": [_coming(row, verdicts.get(row.contact_id, []), card) for row in coming],
        "numbers": [point for point in own if point.is_dialled],
        "homes": [point for point in own if point.is_visited],
        "calls": [(call, *_mine(viewer, call)) for call in contacts.under_way(card.case_id)],
        "helps_with": task_rows.help_among(viewer, tasks),
        "may_overrule": viewer.role in contact_overrule.OVERRULERS,
        "agreements": sentences.choices(contact_call.AGREED),
        "companions": [one for one in colleagues if one.user_id != viewer.pk],
        "point_reasons": {one.kind: sentences.choices(mark_contact_point.reasons(one.kind)) for one in points},
        "stops": [stop for stop in stops if stop.to_at is None or stop.to_at > now.at],
        "is_left_alone": any(stop.is_of_all and stop.holds(now.at) for stop in stops),
        "work": [(row, rules.treatment(row.rule_number, card)) for row in tasks if row.is_open],
        "write_offs": write_offs,
        "written_off": [row for row in write_offs if row.is_posted],
        "siblings": siblings,
        "has_money_gone_back": cases.has_money_gone_back(card),
        "reopened_as": cases.reopened_as(card, siblings),
        "colleagues": colleagues,
        "teams": teams.names(),
        "outcomes": sentences.spoken_outcomes(),
        "work_ends": sentences.work_ends(),
        "payment_id": forms.new_payment_id(),
        "payment_channels": sentences.payment_channels(),
        "promises": promises.of_case(card.case_id),
        "promise_channels": promises.channels(),
        "stop_reasons": sentences.stop_reasons(),
        "business_on": now.business_on,
        "is_late": card.row.stage in machines.LATE_STAGES,
        "late": late,
        "placement_ends": placements.end_reasons(),
        "calming": _calming(card, now),
        "complaints": complaints.of_person(customer_id),
    }


def _calming(card: CaseCard, now: Moment) -> calming.Shown | None:
    heard = cases.last_heard(card, since=now.at - CALMING)
    return calming.shown(*heard) if heard else None


def _mine(viewer: Viewer, call: contacts.ContactRow) -> tuple[bool, bool]:
    """Was the viewer cleared for this call or visit; and may they tell its outcome?"""
    return call.actor == f"user:{viewer.pk}", untold.may_tell(viewer, call)


def _coming(
    row: contacts.ContactRow, verdicts: list[compliance.VerdictRow], card: CaseCard
) -> tuple[contacts.ContactRow, compliance.VerdictRow | None, rules.Said | None]:
    return row, verdicts[-1] if verdicts else None, rules.treatment(row.rule_number, card)


def timeline(
    card: CaseCard,
    *,
    accounts: list[AccountRow],
    tasks: list[WorkRow],
    write_offs: list[WriteOffRow],
    late: Standing,
    until: datetime | None,
) -> dict[str, object]:
    """A page of the story."""
    told = [(row.position.account_id, payment.line) for row in accounts for payment in row.payments]
    entries, older = story.entries(card, until=until, tasks=tasks, write_offs=write_offs, late=late, told_by_tape=told)
    purposes = reveal_sealed.policy().offered()
    return {
        "reveal_purposes": purposes,
        "entries": entries,
        "older": keyset.pack([older.isoformat()]) if older else "",
        "is_later_page": until,
    }


def timeline_place(asked: Parts) -> datetime | None:
    """The moment before which a page of the story starts; None for the newest page or a broken cursor."""
    found = asked.place([datetime], "until")
    return cast("datetime", found[0]) if found else None
