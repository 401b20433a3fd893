"""How probable is it that these arrears are cured within 30 days? (v0: counted, not learnt)

Step of the night. Grain: the standings it is given. Inputs: standings with worst_account_id, lateness, cells of the
lake's own history. Owner: analysts. An estimate and its reason; it never decides what is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

FIRST, REPEAT = "FIRST", "REPEAT"
CELL = ["bucket", "history"]


@dataclass(frozen=True)
class CurePrior:
    """What is believed before our own history speaks: policies/scoring/prior.toml.

    shares : bucket → share of overdue accounts that are current 30 days later
    weight : how many observations of our own weigh as much as the prior
    """

    shares: tuple[tuple[str, float], ...]
    weight: float


def cure_cells(observed: pl.DataFrame, *, prior: CurePrior) -> pl.DataFrame:
    """Estimate the 30-day cure share of each cell, shrunk first to its bucket, and the bucket to the prior.

    observed : schemas.summaries.SUMMARY rows of figure CURE_30, of nights at least 30 days apart (no account-month
               is counted twice); any currency and product
    returns  : bucket, history (FIRST, REPEAT), share float64 in [0, 1], observations int64; a cell for each bucket
               of the prior
    method   : posterior mean of a binomial share under a Beta prior of `weight` observations; the prior of a cell is
               the posterior of its bucket (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4 and chapter 5)
    example  : prior 0.8 with weight 50, seen 10 cured of 50 in the bucket -> bucket share 0.5
    """
    seen = observed.group_by(bucket="row", history="column").agg(
        cured=pl.col("accounts").sum(), observations=pl.col("base_accounts").sum()
    )
    prior_rows = pl.DataFrame(prior.shares, schema={"bucket": pl.String, "prior": pl.Float64}, orient="row")
    grid = prior_rows.join(pl.DataFrame({"history": [FIRST, REPEAT]}), how="cross").join(seen, on=CELL, how="left")
    weight = prior.weight
    return (
        grid.with_columns(pl.col("cured", "observations").fill_null(0))
        .with_columns(
            bucket_share=(pl.col("cured").sum().over("bucket") + weight * pl.col("prior"))
            / (pl.col("observations").sum().over("bucket") + weight)
        )
        .with_columns(share=(pl.col("cured") + weight * pl.col("bucket_share")) / (pl.col("observations") + weight))
        .select("bucket", "history", "share", "observations")
        .sort(CELL)
    )


def history_of(lateness: pl.DataFrame) -> pl.DataFrame:
    """account_id → FIRST, or REPEAT when one of its instalments was already settled late."""
    repeat = pl.when(pl.col("late_settled_count") > 0).then(pl.lit(REPEAT)).otherwise(pl.lit(FIRST))
    return lateness.select("account_id", history=repeat)


def score(standings: pl.DataFrame, *, lateness: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Add cure_share_est and score_reason to the standings that are overdue; the others stay unscored (null).

    score_reason : `BUCKET/HISTORY n=OBSERVATIONS`, the cell and how much of our own history stands behind it
    """
    history = history_of(lateness).rename({"account_id": "worst_account_id"})
    is_scored = (pl.col("overdue_minor") > 0) & pl.col("share").is_not_null()
    reason = pl.format("{}/{} n={}", "bucket", "history", "observations")
    return (
        standings.join(history, on="worst_account_id", how="left")
        .join(cells, on=CELL, how="left", maintain_order="left")
        .with_columns(cure_share_est=pl.when(is_scored).then("share"), score_reason=pl.when(is_scored).then(reason))
        .drop("history", "share", "observations")
    )


def apart(nights: Iterable[date], *, days: int = 30) -> list[date]:
    """Of past nights the newest, and going back each that lies at least `days` before the one chosen last."""
    chosen: list[date] = []
    for night in sorted(nights, reverse=True):
        if not chosen or (chosen[-1] - night).days >= days:
            chosen.append(night)
    return chosen
