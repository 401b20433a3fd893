"""In which stage is each customer, and what should be done? Two decision tables answer, and say which rule fired.

Step of the night. Grain: stages (customer_id, currency); treatments (customer_id, currency, action). Owner: strategy
team, through policies/strategy. A stage is decided from today's standing alone, never from yesterday's stage.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions.schemas import night
from arrears.decisions.standings import KEY
from arrears.decisions.tables.strategy import Table

#: Stages in which nothing is overdue: no case is open in them.
WITHOUT_CASE = ("NONE", "WARNING")
#: Actions that reach the borrower over a channel, and the kind of contact point each needs.
MESSAGES = {"SMS": "MOBILE"}
WORK_KINDS = ("CALL", "VISIT", "AGENCY", "LEGAL")
#: Not work of ours but of an agency, open while it has the case: then we do not collect beside it.
PLACEMENT = "PLACEMENT"
#: Not work either: when the person was last texted about something that had fallen due.
TEXTED = "SMS"


def stages(standings: pl.DataFrame, *, table: Table) -> pl.DataFrame:
    """Add stage and stage_rule (1-based) to each standing.

    standings : columns dpd_max, days_to_due, overdue_minor, outstanding_minor, written_off
    """
    decided = table.evaluate(standings)
    return standings.with_columns(stage=decided["stage"], stage_rule=decided["rule"].cast(pl.Int32))


def own_points(points: pl.DataFrame, *, invalid: pl.DataFrame) -> pl.DataFrame:
    """The borrower's own contact point of each kind: verified first (latest), then by identifier.

    points  : schemas.tape.CONTACT_POINTS
    invalid : schemas.facts.INVALID_POINTS, never chosen
    returns : customer_id, kind, contact_point_id; one row per customer and kind
    """
    return (
        points.filter(pl.col("relation") == "SELF")
        .join(invalid, on="contact_point_id", how="anti")
        .sort(
            "customer_id",
            "kind",
            "verified_on",
            "contact_point_id",
            descending=[False, False, True, False],
            nulls_last=True,
        )
        .unique(subset=["customer_id", "kind"], keep="first", maintain_order=True)
        .select("customer_id", "kind", "contact_point_id")
    )


def treatments(
    standings: pl.DataFrame,
    *,
    table: Table,
    points: pl.DataFrame,
    work: pl.DataFrame,
    write_offs: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """What is to be done for each standing, and by which rule.

    standings  : with stage and score
    points     : the result of own_points
    work       : schemas.facts.WORK; a table may leave alone what is being worked, or was lately
    write_offs : schemas.facts.WRITE_OFFS
    returns    : schemas.night.ACTIONS, sorted; a message without a contact point to carry it is left out
    """
    facts = _facts(standings, points=points, work=work, write_offs=write_offs, as_of=as_of)
    fired = table.evaluate(facts).rename({"rule": "rule_number"})
    kind = pl.col("action").replace_strict(MESSAGES, default=None, return_dtype=pl.String)
    return (
        fired.join(standings.with_row_index("row").select("row", *KEY, "stage"), on="row", how="inner")
        .with_columns(kind=kind)
        .join(points, on=["customer_id", "kind"], how="left")
        .filter(pl.col("kind").is_null() | pl.col("contact_point_id").is_not_null())
        .select(*(pl.col(name).cast(dtype) for name, dtype in night.ACTIONS.items()))
        .sort("customer_id", "currency", "action", "rule_number")
    )


def _facts(
    standings: pl.DataFrame, *, points: pl.DataFrame, work: pl.DataFrame, write_offs: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """The columns that a treatment table may ask for, row for row with the standings."""
    mobile = points.filter(pl.col("kind") == "MOBILE").select("customer_id", has_mobile=pl.lit(value=True))
    facts = standings.join(mobile, on="customer_id", how="left", maintain_order="left")
    since = (pl.lit(as_of) - pl.col("last_on")).dt.total_days().cast(pl.Int64)
    for kind in WORK_KINDS:
        name = kind.lower()
        known = work.filter(pl.col("kind") == kind).select(
            *KEY, pl.col("is_open").alias(f"open_{name}_task"), since.alias(f"days_since_{name}")
        )
        facts = facts.join(known, on=KEY, how="left", maintain_order="left")
    placed = work.filter(pl.col("kind") == PLACEMENT).select(*KEY, with_agency="is_open")
    facts = facts.join(placed, on=KEY, how="left", maintain_order="left")
    texted = work.filter(pl.col("kind") == TEXTED).select(*KEY, days_since_sms=since)
    facts = facts.join(texted, on=KEY, how="left", maintain_order="left")
    undecided = write_offs.filter(pl.col("status") != "POSTED").select(*KEY, open_write_off=pl.lit(value=True)).unique()
    facts = facts.join(undecided, on=KEY, how="left", maintain_order="left")
    flags = ["has_mobile", "open_write_off", "with_agency", *(f"open_{kind.lower()}_task" for kind in WORK_KINDS)]
    return facts.with_columns(pl.col(flags).fill_null(value=False), cure_share=pl.col("cure_share_est"))
