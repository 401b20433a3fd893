"""The night as one pure function of one partition.

Called by `engines` (a process pool, or in place) and by tests; a cluster calls the same function. It reads no file, no
clock, no database, and holds nothing between calls: same inputs, same frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from arrears.decisions import batches, features, isolation, lateness, scoring, strategy, summaries
from arrears.decisions import standings as standing_step
from arrears.decisions.night_policy import NightPolicy
from arrears.decisions.schemas import night

Tables = Mapping[str, pl.DataFrame]
CURE_DAYS = 30


@dataclass(frozen=True)
class PartitionResult:
    """What a night made of one partition; each frame sorted, so that equal results are equal bytes.

    positions : schemas.night.POSITIONS       standings : schemas.night.STANDINGS, those with a stage or an open case
    actions   : schemas.night.ACTIONS         summary   : schemas.summaries.SUMMARY
    quarantined : accounts that break the ageing kernel, or that the tape told only in part: account_id, customer_id,
                  reason. Nothing is done to their customers: what they owe is not known for sure
    """

    positions: pl.DataFrame
    standings: pl.DataFrame
    actions: pl.DataFrame
    summary: pl.DataFrame
    quarantined: pl.DataFrame


def all_payments(tape: Tables, facts: Tables) -> pl.DataFrame:
    """Payments of the tape and those that only the books know; one told by both is counted once, as the tape has it."""
    told = tape["payments"]
    known = told.join(facts["payments"], on="payment_id", how="semi")["payment_id"]
    extra = facts["payments"].filter(~pl.col("payment_id").is_in(known.implode()))
    return pl.concat([told, extra.select(told.columns)]) if extra.height else told


def known_by(tape: Tables, facts: Tables, *, as_of: date) -> dict[str, pl.DataFrame]:
    """The tape as of a date, with the payments of the books; accounts opened later are not there yet."""
    tables = {**tape, "payments": all_payments(tape, facts)}
    later = tape["accounts"].filter(pl.col("opened_on") > as_of)["account_id"]
    if later.len():
        for name in isolation.BY_ACCOUNT:
            tables[name] = tables[name].filter(~pl.col("account_id").is_in(later.implode()))
    return tables


def run_partition(
    *,
    tape: Tables,
    doubtful: pl.DataFrame,
    facts: Tables,
    before: summaries.Before,
    policy: NightPolicy,
    cells: pl.DataFrame,
    as_of: date,
) -> PartitionResult:
    """Decide one partition at one business date.

    tape   : schemas.tape tables of the partition's customers
    doubtful : account_id, customer_id, file, rows: accounts with rows in quarantine that no tape has corrected
    facts  : schemas.facts tables of the same customers
    before : what earlier nights saw of these accounts
    cells  : the result of scoring.cure_cells over earlier nights
    returns: PartitionResult; every account opened by as_of stands in positions or in quarantined
    """
    tables = known_by(tape, facts, as_of=as_of)
    told = tables["payments"]
    tables["payments"] = batches.that_count(told, as_of=as_of)
    aged = isolation.age_the_sound(tables, policies=policy.products, as_of=as_of)
    positions = aged.positions
    laid = lateness.lay(positions, tables["instalments"], told)
    late = replace(laid, payments=tables["payments"]).at(as_of)
    staged = strategy.stages(
        standing_step.standings(positions, customers=tables["customers"], write_offs=facts["write_offs"], as_of=as_of),
        table=policy.stages,
    )
    with ThreadPoolExecutor(1, thread_name_prefix="figures") as beside:  # No decision waits for a figure.
        summary = beside.submit(
            lambda: summaries.summarise(
                summaries.seen(positions),
                staged=staged,
                before=before,
                tables=tables,
                write_offs=facts["write_offs"],
                lateness=late,
                history_then=_history_then(before, laid, as_of=as_of),
                as_of=as_of,
            )
        )
        standings = _standings(staged, positions, tables, facts, policy=policy, cells=cells, late=late, as_of=as_of)
        reachable = tables["contact_points"].join(standings, on="customer_id", how="semi")
        points = strategy.own_points(reachable, invalid=facts["invalid_points"])
        actions = strategy.treatments(
            standings,
            table=policy.treatments,
            points=points,
            work=facts["work"],
            write_offs=facts["write_offs"],
            as_of=as_of,
        )
    quarantined = pl.concat([aged.refused, _doubted(doubtful)]).sort("account_id", "reason")
    actions = actions.join(quarantined, on="customer_id", how="anti", maintain_order="left")
    standings = standings.select(night.STANDINGS.keys())
    return PartitionResult(positions, standings, actions, summary.result(), quarantined)


def _standings(
    staged: pl.DataFrame,
    positions: pl.DataFrame,
    tables: Tables,
    facts: Tables,
    *,
    policy: NightPolicy,
    cells: pl.DataFrame,
    late: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Those with a stage or an open case, scored."""
    has_case = facts["open_cases"].select(*standing_step.KEY, has_case=pl.lit(value=True))
    kept = (
        staged.join(has_case, on=standing_step.KEY, how="left", maintain_order="left")
        .filter((pl.col("stage") != "NONE") | pl.col("has_case"))
        .drop("has_case")
    )
    seen = features.features(kept, positions=positions, late=late, tables=tables, as_of=as_of)
    return scoring.score(kept, lateness=late, cells=cells, seen=seen, card=policy.card)


def _history_then(before: summaries.Before, laid: lateness.Laid, *, as_of: date) -> pl.DataFrame:
    """FIRST or REPEAT as it stood 30 days ago, for the accounts overdue then; one refused tonight cures nothing."""
    cohort = before.days_30_ago.filter(pl.col("overdue_minor") > 0).select("account_id")
    if cohort.is_empty():
        return scoring.history_of(pl.DataFrame(schema=lateness.LATENESS))
    then = laid.at(as_of - timedelta(days=CURE_DAYS))
    return scoring.history_of(then.join(cohort, on="account_id", how="semi"))


def _doubted(doubtful: pl.DataFrame) -> pl.DataFrame:
    reason = pl.format("{} rows of {} are in quarantine", "rows", "file")
    rows = doubtful.group_by("account_id", "customer_id", "file").agg(pl.col("rows").sum())
    return rows.select("account_id", "customer_id", reason=reason)
