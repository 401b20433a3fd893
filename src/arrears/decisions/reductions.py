"""The small global steps of a night: add up the partitions' figures; estimate the cure cells from earlier nights.

Called by the engine before its partitions (cells) and after them (reduce). Small tables in, small tables out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from arrears.decisions import scoring, summaries
from arrears.decisions.night_files import NightFiles, read
from arrears.decisions.schemas import summaries as schema

#: Cure cells look back over so many nights, each 30 days before the last: a year of account-months.
NIGHTS_MAX = 12
#: How many of the accounts set aside a run report names.
SHOWN_MAX = 20


def reduce_night(files: NightFiles, as_of: date) -> pl.DataFrame:
    """Add the figures of all partitions and keep them as the night's; this makes the night complete in the lake.

    returns : schemas.summaries.SUMMARY of the whole book
    """
    whole = summaries.reduce_rows([pl.DataFrame(schema=schema.SUMMARY), files.read("summary", as_of)])
    files.lake.write("summaries", as_of, 0, whole)
    return whole


def cells(files: NightFiles, earlier: Sequence[date], *, prior: scoring.CurePrior) -> pl.DataFrame:
    """The cure cells known before a night: of past nights at least 30 days apart, so no account-month counts twice.

    returns : as scoring.cure_cells
    """
    chosen = scoring.apart(earlier)[:NIGHTS_MAX]
    seen = [read(files.summaries(on), where=pl.col("figure") == schema.CURE_30) for on in chosen]
    return scoring.cure_cells(pl.concat([pl.DataFrame(schema=schema.SUMMARY), *seen]), prior=prior)


def counts(files: NightFiles, as_of: date) -> dict[str, object]:
    """What the run report says of the lake: accounts, customers by stage, actions, who was set aside and why."""
    standings = files.read("standings", as_of, columns=["stage"])
    quarantined = files.read("quarantined", as_of)
    return {
        "accounts": files.count("positions", as_of),
        "by_stage": {row["stage"]: row["len"] for row in standings.group_by("stage").len().sort("stage").to_dicts()},
        "actions": files.count("actions", as_of),
        "quarantined": quarantined.height,
        "quarantined_accounts": quarantined.head(SHOWN_MAX).select("account_id", "reason").to_dicts(),
    }
