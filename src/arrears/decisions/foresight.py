"""If nothing is paid meanwhile, when does the strategy next ask for something, and by which rule?

Called by the case page through `exchange`. The same two tables that decide tonight are asked for each of the coming
days, with what only time changes moved on by so many days. A forecast, not a plan: the night of that day decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from arrears.decisions import strategy
from arrears.decisions.schemas import facts
from arrears.decisions.tables.strategy import Table

#: How far ahead is looked: past the longest wait in the tables, three months, there is nothing new to find.
DAYS = 95


@dataclass(frozen=True)
class Foreseen:
    """on : the business date; action, rule_number, reason : as in schemas.night.ACTIONS"""

    on: date
    action: str
    rule_number: int
    reason: str


def next_treatment(
    standing: pl.DataFrame,
    *,
    stages: Table,
    treatments: Table,
    points: pl.DataFrame,
    work: pl.DataFrame,
    write_offs: pl.DataFrame,
    as_of: date,
) -> Foreseen | None:
    """The first treatment of the days after `as_of`; None when none is asked for within DAYS.

    standing : one row: customer_id, currency, dpd_max, days_to_due, overdue_minor, outstanding_minor, written_off,
               cure_share_est
    points   : the result of strategy.own_points · work, write_offs : schemas.facts of the same person and currency
    returns  : of the first such day, the treatment of the highest priority
    """
    ahead = pl.DataFrame({"day": range(1, DAYS + 1)}, schema={"day": pl.Int32})
    later = (
        standing.join(ahead, how="cross")
        .with_columns(
            customer_id=pl.col("day").cast(pl.String),  # each day is asked as if it were a person of its own
            dpd_max=pl.col("dpd_max") + pl.col("day"),
            days_to_due=pl.col("days_to_due") - pl.col("day"),
        )
        .with_columns(days_to_due=pl.when(pl.col("days_to_due") >= 0).then("days_to_due"))
    )
    names = later.select("customer_id", "day")
    worked = work.drop("customer_id").join(names, how="cross")
    asked = strategy.treatments(
        strategy.stages(later, table=stages),
        table=treatments,
        points=points.drop("customer_id").join(names.drop("day"), how="cross").select(points.columns),
        work=worked.with_columns(last_on=pl.col("last_on") - pl.duration(days="day")).select(facts.WORK.keys()),
        write_offs=write_offs.drop("customer_id").join(names.drop("day"), how="cross").select(facts.WRITE_OFFS.keys()),
        as_of=as_of,
    )
    if asked.is_empty():
        return None
    day = pl.col("customer_id").cast(pl.Int32)
    order = asked.with_columns(day=day).sort("day", "priority", "rule_number", descending=[False, True, False])
    first = order.row(0, named=True)
    return Foreseen(
        on=as_of + timedelta(days=first["day"]),
        action=first["action"],
        rule_number=first["rule_number"],
        reason=first["reason"] or "",
    )
