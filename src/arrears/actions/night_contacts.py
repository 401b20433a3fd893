"""Plan the contacts that a night decided.

Called by run_night. Whether and when a contact may go out is the gate's to say, in contact_plan; this module only
says what the strategy wants, to whom, and which amounts the text will state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import partial

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
from arrears.records.contacts import outbox

#: What is said of a purpose when no text says it: before the due date one reminds, after it one collects.
PURPOSE = {"WARNING": "REMIND"}
PIECE = 10_000


def plan(*, files: night_files.NightFiles, as_of: date, at: datetime, actor: str, gate: Gate) -> dict[str, int]:
    """Plan one night's messages through the gate; planning the same night again changes nothing.

    A message belongs to its business date where the borrower lives, and has lost its sense when that day is over.
    Amounts are those of the lake; whoever has paid since is left for the next night, as when a payment by day cancels
    what was planned.

    returns : contact_plan.PlanReport as counts, and of how many messages nothing came because of a payment meanwhile
    """
    total = {**asdict(contact_plan.PlanReport()), "paid_meanwhile": 0}
    pieces = list(wishes(files, as_of).iter_slices(PIECE))
    work = partial(_plan, files=files, as_of=as_of, at=at, actor=actor, gate=gate)
    with garbage.uncollected():
        for made in side_by_side.each(work, pieces):
            total = {name: count + made[name] for name, count in total.items()}
    return total


@transaction.atomic
def _plan(
    piece: pl.DataFrame, *, files: night_files.NightFiles, as_of: date, at: datetime, actor: str, gate: Gate
) -> dict[str, int]:
    """A payment waits for the people's rows: it is either seen here, or finds what was planned here and cancels it."""
    people = piece["customer_id"].unique().to_list()
    outbox.lock(people)
    late = case_refresh.paid_since(files=files, as_of=as_of, customer_ids=people)
    current = piece.filter(~pl.col("customer_id").is_in(late))
    made = contact_plan.plan(list(_drafts(current, as_of=as_of, gate=gate)), at=at, actor=actor, gate=gate)
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


def _drafts(piece: pl.DataFrame, *, as_of: date, gate: Gate) -> Iterator[contact_plan.Draft]:
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
            facts={
                "amount_minor": row["amount_minor"],
                "currency": row["currency"],
                "due_on": row["due_on"].isoformat() if row["due_on"] else "",
                "days": row["days"],
            },
            priority=row["priority"] or 0,
            rule_number=row["rule_number"],
            reason=row["reason"] or "",
        )


def _day_of(region: str | None, as_of: date, gate: Gate) -> tuple[datetime, datetime]:
    """Start and end of a business date where a borrower lives."""
    zone = contact_gate.zone_of(gate.pack, region=region or "", timezone="")
    return clock.at_local(as_of, time(0), zone), clock.at_local(as_of + timedelta(days=1), time(0), zone)
