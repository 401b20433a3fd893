"""What must change in the books so that they say what the night decided? A pure comparison of frames.

Called by decisions_in. Grain of everything: the open case of a (customer, currency). It reads no table and writes none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from arrears.decisions import strategy
from arrears.decisions.standings import KEY
from arrears.kernel import identifiers

#: What decisions_in reads of an open case before it changes it.
OPEN = {
    "case_id": pl.String,
    "customer_id": pl.String,
    "currency": pl.String,
    "stage": pl.String,
    "bucket": pl.String,
    "opened_on": pl.Date,
    "stage_rule": pl.Int64,
    "policy_version": pl.String,
}


@dataclass(frozen=True)
class Changes:
    """cases : one row per case touched, in the columns of the books; events : one row per thing that happened.

    resting : the open cases in which nothing counts as late today, though it is not paid
    """

    cases: pl.DataFrame
    events: pl.DataFrame
    opened: pl.DataFrame
    closed: pl.DataFrame
    resting: pl.DataFrame


def compare(
    *,
    open_cases: pl.DataFrame,
    standings: pl.DataFrame,
    taken_ids: Collection[str],
    held_back: Collection[str],
    as_of: date,
    policy_version: str,
    current_bucket: str,
    may_open: bool = True,
    settled_later: pl.DataFrame | None = None,
) -> Changes:
    """Compare the open cases with tonight's standings.

    open_cases : OPEN
    standings  : schemas.night.STANDINGS
    taken_ids  : case identifiers already used for this as_of (a case opened and closed on this date before)
    held_back  : customers with a quarantined account: nothing is known of them tonight, so nothing is changed
    current_bucket : of a case with nothing left to stand in: nothing is owed in its currency
    may_open   : by day, cases change and close but none opens
    settled_later : on a day that has passed, the KEY of each case that closed on it or since: none opens for these
    returns    : Changes, every frame sorted by case_id
    """
    standings = standings.filter(~pl.col("customer_id").is_in(list(held_back)))
    open_cases = open_cases.filter(~pl.col("customer_id").is_in(list(held_back)))
    due = _with_case(standings, open_cases, policy_version)
    if not may_open:
        due = due.join(open_cases, on=KEY, how="semi")
    if settled_later is not None:
        due = due.join(settled_later.join(open_cases, on=KEY, how="anti"), on=KEY, how="anti")
    before = open_cases.rename({"stage": "stage_before", "bucket": "bucket_before"})
    both = due.join(before.drop("stage_rule", "policy_version"), on=KEY, how="left").with_columns(
        is_new=pl.col("case_id").is_null()
    )
    new_ids = _new_ids(both.filter("is_new"), taken_ids, as_of)
    both = (
        both.join(new_ids, on=KEY, how="left")
        .with_columns(
            pl.coalesce("case_id", "new_case_id").alias("case_id"),
            pl.col("opened_on").fill_null(as_of),
            status=pl.lit("OPEN"),
            close_reason=pl.lit(""),
            closed_on=pl.lit(None, pl.Date),
        )
        .drop("new_case_id")
    )
    closed = _closed(before, due, standings, as_of, current_bucket)
    cases = pl.concat([_case_rows(both, as_of), _case_rows(closed, as_of)])
    events = _events(both, closed)
    return Changes(
        cases.sort("case_id"),
        events.sort("case_id", "kind"),
        both.filter("is_new").sort("case_id"),
        closed.sort("case_id"),
        both.filter("rests").select("case_id").sort("case_id"),
    )


def _with_case(standings: pl.DataFrame, open_cases: pl.DataFrame, policy_version: str) -> pl.DataFrame:
    """Standings that have, or get, a case.

    A case whose arrears do not age (within the grace of what fell due last, or a pause) but are not paid is neither
    cured nor in a stage: it rests as it was, with the rule that put it there and the policy that this rule is of.
    What is left below the policy's tolerance is no arrears: nothing counts as due since then, and the case is cured.
    """
    before = open_cases.select(*KEY, stage_was="stage", rule_was="stage_rule", policy_was="policy_version")
    held = standings.join(before, on=KEY, how="left", maintain_order="left")
    ageless = pl.col("stage").is_in(strategy.WITHOUT_CASE) & pl.col("oldest_due_on").is_not_null()
    rests = pl.col("rests")
    return (
        held.with_columns(rests=ageless & pl.col("stage_was").is_not_null())
        .with_columns(
            stage=pl.when(rests).then("stage_was").otherwise("stage"),
            stage_rule=pl.when(rests).then("rule_was").otherwise(pl.col("stage_rule").fill_null(0)),
            policy_version=pl.when(rests).then("policy_was").otherwise(pl.lit(policy_version)),
        )
        .filter(~pl.col("stage").is_in(strategy.WITHOUT_CASE))
        .drop("stage_was", "rule_was", "policy_was")
    )


def _new_ids(new: pl.DataFrame, taken_ids: Collection[str], as_of: date) -> pl.DataFrame:
    ids = [_free_id(customer, currency, as_of, taken_ids) for customer, currency in new.select(KEY).iter_rows()]
    return new.select(KEY).with_columns(new_case_id=pl.Series(ids, dtype=pl.String))


def _free_id(customer_id: str, currency: str, as_of: date, taken_ids: Collection[str]) -> str:
    """Derived from person, currency and day; a second case of the same day (re-opened after a cure) is numbered."""
    case_id = identifiers.derived_id("case", customer_id, currency, as_of)
    number = 2
    while case_id in taken_ids:
        case_id = identifiers.derived_id("case", customer_id, currency, as_of, number)
        number += 1
    return case_id


def _closed(
    before: pl.DataFrame, due: pl.DataFrame, standings: pl.DataFrame, as_of: date, current_bucket: str
) -> pl.DataFrame:
    """A closed case keeps the stage it was in, and the rule that put it there; there is nothing left to predict."""
    gone = before.join(due, on=KEY, how="anti")
    rest = gone.join(standings.drop("stage_rule"), on=KEY, how="left")
    owes = pl.col("outstanding_minor").fill_null(0) > 0
    zeros = ["dpd_max", "overdue_minor", "outstanding_minor", "account_count"]
    return rest.with_columns(
        pl.col(zeros).fill_null(0),
        pl.col("bucket").fill_null(current_bucket),
        stage=pl.col("stage_before"),
        cure_share_est=pl.lit(None, pl.Float64),
        score_reason=pl.lit(""),
        is_new=pl.lit(value=False),
        status=pl.lit("CLOSED"),
        close_reason=pl.when(owes).then(pl.lit("CURED")).otherwise(pl.lit("PAID_OFF")),
        closed_on=pl.lit(as_of),
    )


CASE_COLUMNS = {
    "case_id": pl.String,
    "person_id": pl.String,
    "currency": pl.String,
    "status": pl.String,
    "stage": pl.String,
    "stage_rule": pl.Int64,
    "opened_on": pl.Date,
    "closed_on": pl.Date,
    "close_reason": pl.String,
    "dpd_max": pl.Int64,
    "bucket": pl.String,
    "oldest_due_on": pl.Date,
    "overdue_minor": pl.Int64,
    "outstanding_minor": pl.Int64,
    "account_count": pl.Int64,
    "cure_share_est": pl.Float64,
    "score_reason": pl.String,
    "policy_version": pl.String,
    "as_of": pl.Date,
}


def _case_rows(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    return (
        rows.rename({"customer_id": "person_id"})
        .with_columns(pl.col("score_reason").fill_null(""), as_of=pl.lit(as_of))
        .select(pl.col(name).cast(dtype) for name, dtype in CASE_COLUMNS.items())
    )


def _events(both: pl.DataFrame, closed: pl.DataFrame) -> pl.DataFrame:
    rule = pl.format("stage rule {}", "stage_rule")
    nothing = pl.lit("")
    kept = both.filter(~pl.col("is_new"))
    return pl.concat(
        [
            both.filter("is_new").select("case_id", kind=pl.lit("opened"), before=nothing, after="stage", reason=rule),
            kept.filter(pl.col("stage") != pl.col("stage_before")).select(
                "case_id", kind=pl.lit("stage_changed"), before="stage_before", after="stage", reason=rule
            ),
            kept.filter(pl.col("bucket") != pl.col("bucket_before")).select(
                "case_id", kind=pl.lit("bucket_changed"), before="bucket_before", after="bucket", reason=nothing
            ),
            closed.select(
                "case_id", kind=pl.lit("closed"), before="stage", after=pl.lit("CLOSED"), reason="close_reason"
            ),
        ]
    )
