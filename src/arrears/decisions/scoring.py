"""How probable is it that these arrears are cured within 30 days? Counted first, then moved by a scorecard.

Step of the night. Grain: the standings it is given. Inputs: standings with worst_account_id, lateness, cells of the
lake's own history, features, the card. Owner: analysts. An estimate and its reasons; it never decides what is done.
The count is the lender's own, shrunk to a prior while it is small; the card says how this borrower differs from others
of the same count. Explained in docs/algorithms/scoring.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from arrears.decisions import scorecard
from arrears.decisions.standings import KEY

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


def score(
    standings: pl.DataFrame,
    *,
    lateness: pl.DataFrame,
    cells: pl.DataFrame,
    seen: pl.DataFrame,
    card: scorecard.Card,
) -> pl.DataFrame:
    """Add cure_share_est and score_reason to the standings that are overdue; the others stay unscored (null).

    seen         : features.FEATURES of the overdue standings
    score_reason : `BUCKET/HISTORY n=OBSERVATIONS code±points …`: the cell and how much of our own history stands
                   behind it, then what moved the card most
    """
    history = history_of(lateness).rename({"account_id": "worst_account_id"})
    based = (
        standings.select(*KEY, "worst_account_id", "bucket")
        .join(seen, on=KEY, how="inner", maintain_order="left")
        .join(history, on="worst_account_id", how="left", maintain_order="left")
        .join(cells.rename({"share": "base"}), on=CELL, how="inner", maintain_order="left")
    )
    scored = scorecard.apply(card, based, base="base")
    told = pl.format("{}/{} n={} {}", "bucket", "history", "observations", "reasons").str.strip_chars_end()
    results = scored.select(*KEY, cure_share_est="share", score_reason=told)
    return standings.join(results, on=KEY, how="left", maintain_order="left")


def apart(nights: Iterable[date], *, days: int = 30) -> list[date]:
    """Of past nights the newest, and going back each that lies at least `days` before the one chosen last."""
    chosen: list[date] = []
    for night in sorted(nights, reverse=True):
        if not chosen or (chosen[-1] - night).days >= days:
            chosen.append(night)
    return chosen
