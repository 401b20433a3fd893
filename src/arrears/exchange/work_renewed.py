"""Whose call was asked for by a stage that the case has left? It goes on, for the reason of the stage it is in now.

Called by decisions_in in the night's transaction. The task stays whose it is and due when it was: only why it is
asked for, and how pressing it is, is what the treatment table says of the new stage.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from arrears.decisions import strategy
from arrears.decisions.night_policy import NightPolicy
from arrears.decisions.schemas import facts, tape
from arrears.decisions.standings import KEY
from arrears.kernel import identifiers
from arrears.records import bulk
from arrears.records.cases.models import CaseEvent, WorkItem

EVENT = ("event_id", "case", "kind", "before", "after", "reason", "data", "at", "actor")


def renew(
    events: pl.DataFrame,
    standings: pl.DataFrame,
    open_ids: pl.DataFrame,
    *,
    policy: NightPolicy,
    as_of: date,
    at: datetime,
    actor: str,
) -> int:
    """Give the open calls of cases whose stage changed the reason for which that stage asks for one.

    events    : case_changes.Changes.events · standings : schemas.night.STANDINGS · open_ids : Brought.open_ids
    returns   : how many calls; one for which the new stage has no rule is left as it is
    """
    moved = events.filter(pl.col("kind") == "stage_changed").select("case_id")
    if moved.is_empty():
        return 0
    concerned = open_ids.join(moved, on="case_id", how="semi")
    wanted = _calls(standings.join(concerned, on=KEY, how="semi"), policy=policy, as_of=as_of)
    asked = {row["case_id"]: row for row in wanted.join(concerned, on=KEY, how="inner").iter_rows(named=True)}
    rows, told = [], []
    for some in bulk.keys_in_pieces(sorted(asked)):
        open_calls = WorkItem.objects.filter(case__among=some, kind="CALL", status="OPEN").order_by("work_id")
        for work_id, case_id, before in open_calls.select_for_update(no_key=True, of=("self",)).values_list(
            "work_id", "case_id", "reason"
        ):
            now = asked[case_id]
            if now["reason"] == before:
                continue
            rows.append((now["reason"], now["rule_number"], now["priority"] or 0, work_id))
            event_id = identifiers.derived_id("case_event", case_id, "work_renewed", work_id, now["reason"], as_of)
            facts = {"work_id": work_id, "as_of": as_of.isoformat()}
            what = (case_id, "work_renewed", before, now["reason"], "stage changed", facts, at, actor)
            told.append((event_id, *what))
    bulk.update(WorkItem, ("reason", "rule_number", "priority"), rows, where="TRUE")
    return bulk.insert(CaseEvent, EVENT, told)


def _calls(standings: pl.DataFrame, *, policy: NightPolicy, as_of: date) -> pl.DataFrame:
    """The calls that the table would ask for if none had been: customer_id, currency, reason, rule_number, priority."""
    points = pl.DataFrame(
        schema={name: tape.CONTACT_POINTS[name] for name in ("customer_id", "kind", "contact_point_id")}
    )
    asked = strategy.treatments(
        # Whether something stands written off decides on its proposal, not on a call.
        standings.with_columns(written_off=pl.lit(value=False)),
        table=policy.treatments,
        points=points,
        work=pl.DataFrame(schema=facts.WORK),
        write_offs=pl.DataFrame(schema=facts.WRITE_OFFS),
        as_of=as_of,
    )
    calls = asked.filter(pl.col("action") == "CALL_TASK").sort("priority", descending=True, maintain_order=True)
    return calls.unique(subset=KEY, keep="first", maintain_order=True)
