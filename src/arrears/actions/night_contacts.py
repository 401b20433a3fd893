"""Plan the contacts that a night decided.

Called by run_night. Whether and when a contact may go out is the gate's to say, in contact_plan; this module only
says what the strategy wants, to whom, and which amounts the text will state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import polars as pl
from django.db import transaction

from arrears.actions import contact_gate, contact_plan
from arrears.actions.contact_gate import Gate
from arrears.decisions import night_files, strategy
from arrears.decisions.standings import KEY
from arrears.exchange import case_refresh
from arrears.kernel import clock, garbage
from arrears.records import side_by_side
from arrears.records.cases.models import Case
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox

#: What is said of a purpose when no text says it: before the due date one reminds, after it one collects.
PURPOSE = {"WARNING": "REMIND"}
PIECE = 10_000
#: Why a message of an earlier run of the same night is cancelled.
PLANNED_ANEW = "planned anew"


def plan(*, files: night_files.NightFiles, as_of: date, at: datetime, actor: str, gate: Gate) -> dict[str, int]:
    """Plan one night's messages through the gate; planning the same night again changes nothing.

    A message belongs to its business date where the borrower lives, and has lost its sense when that day is over.
    Amounts are those of the lake; whoever has paid since is left for the next night, as when a payment by day cancels
    what was planned. What an earlier run of this night planned and is not true any more, by a corrected tape or another
    strategy, is withdrawn, and planned anew with what is true now; what was sent is said.

    returns : contact_plan.PlanReport as counts, and of how many messages nothing came because of a payment meanwhile
    """
    total = {**asdict(contact_plan.PlanReport()), "paid_meanwhile": 0}
    wished = wishes(files, as_of)
    _withdraw(wished, as_of=as_of, at=at, actor=actor)
    anew = outbox.withdrawn_for_night(as_of, reason=PLANNED_ANEW)  # by a run that was killed too
    work = partial(_plan, files=files, as_of=as_of, at=at, actor=actor, gate=gate, anew=anew)
    with garbage.uncollected():
        for made in side_by_side.each(work, list(wished.iter_slices(PIECE))):
            total = {name: count + made[name] for name, count in total.items()}
    return total


@transaction.atomic
def _withdraw(wished: pl.DataFrame, *, as_of: date, at: datetime, actor: str) -> None:
    """Cancel what was planned for this night and is not wished as it stands."""
    planned = outbox.planned_for_night(as_of, channels=strategy.MESSAGES)
    if not planned:
        return
    true = {(_key(row), _as_told(_stated(row))) for row in wished.iter_rows(named=True)}
    stale = {contact_id: key for contact_id, key, facts in planned if (key, _as_told(facts)) not in true}
    outbox.lock({customer_id for customer_id, *_ in stale.values()})
    contacts.withdraw(list(stale), reason=PLANNED_ANEW, at=at, actor=actor)


def _key(row: Mapping[str, Any]) -> outbox.MessageKey:
    return row["customer_id"], row["currency"], row["template"] or "", row["action"]


def _as_told(facts: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(facts.items()))


def _stated(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the text will state."""
    due_on = row["due_on"].isoformat() if row["due_on"] else ""
    return {"amount_minor": row["amount_minor"], "currency": row["currency"], "due_on": due_on, "days": row["days"]}


@transaction.atomic
def _plan(
    piece: pl.DataFrame,
    *,
    files: night_files.NightFiles,
    as_of: date,
    at: datetime,
    actor: str,
    gate: Gate,
    anew: Collection[outbox.MessageKey],
) -> dict[str, int]:
    """A payment waits for the people's rows: it is either seen here, or finds what was planned here and cancels it."""
    people = piece["customer_id"].unique().to_list()
    outbox.lock(people)
    late = case_refresh.paid_since(files=files, as_of=as_of, customer_ids=people)
    current = piece.filter(~pl.col("customer_id").is_in(late))
    made = contact_plan.plan(list(_drafts(current, as_of=as_of, gate=gate, anew=anew)), at=at, actor=actor, gate=gate)
    return {**asdict(made), "paid_meanwhile": piece.height - current.height}


def wishes(files: night_files.NightFiles, as_of: date) -> pl.DataFrame:
    """The night's messages with the standing that each speaks of, and the case it belongs to.

    A customer who stopped being overdue by day, after the night's facts were taken, has no open case and is not dunned.
    """
    messages = files.read("actions", as_of, where=pl.col("action").is_in(list(strategy.MESSAGES)))
    standings = files.read("standings", as_of, columns=[*KEY, "oldest_due_on", "next_due_on", "next_due_minor"])
    amounts = files.read("standings", as_of, columns=[*KEY, "region_code", "overdue_minor", "dpd_max", "days_to_due"])
    open_cases = Case.objects.filter(status="OPEN").values_list("person_id", "currency", "case_id")
    cases = pl.DataFrame(
        list(open_cases), schema={"customer_id": pl.String, "currency": pl.String, "case_id": pl.String}, orient="row"
    )
    warns = pl.col("stage") == "WARNING"
    return (
        messages.join(standings, on=KEY, how="left")
        .join(amounts, on=KEY, how="left")
        .join(cases, on=KEY, how="left")
        .filter(warns | pl.col("case_id").is_not_null())
        .with_columns(
            amount_minor=pl.when(warns).then("next_due_minor").otherwise("overdue_minor"),
            due_on=pl.when(warns).then("next_due_on").otherwise("oldest_due_on"),
            days=pl.when(warns).then("days_to_due").otherwise("dpd_max"),
        )
        .sort("customer_id", "currency", "action", "rule_number")
    )


def _drafts(
    piece: pl.DataFrame, *, as_of: date, gate: Gate, anew: Collection[outbox.MessageKey]
) -> Iterator[contact_plan.Draft]:
    days = {region: _day_of(region, as_of, gate) for region in piece["region_code"].unique()}
    purposes = {template.code: template.purpose for template in gate.library.templates}
    for row in piece.iter_rows(named=True):
        planned_for, expires_at = days[row["region_code"]]
        yield contact_plan.Draft(
            customer_id=row["customer_id"],
            case_id=row["case_id"],
            currency=row["currency"],
            contact_point_id=row["contact_point_id"],
            channel=row["action"],
            purpose=purposes.get(row["template"]) or PURPOSE.get(row["stage"], "COLLECT"),
            template=row["template"] or "",
            as_of=as_of,
            planned_for=planned_for,
            expires_at=expires_at,
            facts=_stated(row),
            is_anew=_key(row) in anew,
            priority=row["priority"] or 0,
            rule_number=row["rule_number"],
            reason=row["reason"] or "",
        )


def _day_of(region: str | None, as_of: date, gate: Gate) -> tuple[datetime, datetime]:
    """Start and end of a business date where a borrower lives."""
    zone = contact_gate.zone_of(gate.pack, region=region or "", timezone="")
    return clock.at_local(as_of, time(0), zone), clock.at_local(as_of + timedelta(days=1), time(0), zone)
