"""Lake tables of a synthetic lender's book, made from one row an account: what a tape taken in would have left.

Called by the benches that need a lake without ingesting a tape first. Instalments are monthly and all alike; each
account has paid those before the business date but for the last `missed` of them, on their due days.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from arrears.decisions.lake import Lake, Manifest, store
from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape.doubtful import DOUBTFUL
from arrears.decisions.tape.sieve import QUARANTINE
from arrears.exchange import tape_in
from arrears.kernel import identifiers

INSTALMENTS, PRINCIPAL, INTEREST = 12, 50_000, 1_500


def write_lake(lake: Lake, whole: pl.DataFrame, *, as_of: date) -> None:
    """Write the tape of `as_of`, partitioned and marked done as `tape_in` would.

    whole : one row an account, sorted: account_id, customer_id, first_due (date), missed (count of unpaid due ones)
    """
    partitions = tape_in.enough_for(whole["customer_id"].n_unique())
    names = whole["customer_id"].unique(maintain_order=True)
    parts = {name: identifiers.partition_of(name, partitions) for name in names}
    whole = whole.with_columns(part=pl.col("customer_id").replace_strict(parts, return_dtype=pl.Int32))
    rows: dict[str, int] = dict.fromkeys(schemas.TABLES, 0)
    files: dict[str, str] = {}
    for part in range(partitions):
        for name, frame in tables(whole.filter(pl.col("part") == part), as_of=as_of).items():
            path = lake.path(name, as_of, part)
            files[str(path.relative_to(lake.root))] = lake.write(name, as_of, part, frame)
            rows[name] += frame.height
    for name, schema in (("quarantine", QUARANTINE), ("doubtful", DOUBTFUL)):
        lake.write(name, as_of, 0, pl.DataFrame(schema=schema))
    parameters: dict[str, object] = {"partitions": partitions, "tapes": []}
    made = f"bench {whole.height}"
    lake.mark_done(Manifest(store.TAPE_STEP, as_of.isoformat(), made, None, rows, files, parameters))


def tables(mine: pl.DataFrame, *, as_of: date) -> dict[str, pl.DataFrame]:
    """Every table of the tape for these accounts, conformed and sorted as the lake is."""
    opened = pl.col("first_due").dt.offset_by("-1mo")
    made = {
        "customers": mine.select("customer_id", region_code=pl.lit("CN-31"), language=pl.lit("zh-Hans")).unique(),
        "contact_points": mine.select("customer_id", kind=pl.lit("MOBILE"), relation=pl.lit("SELF"))
        .unique()
        .with_columns(contact_point_id=pl.col("customer_id").str.replace("C", "P")),
        "accounts": mine.select(
            "account_id",
            "customer_id",
            product_code=pl.lit("cash_loan_cn"),
            currency=pl.lit("CNY"),
            opened_on=opened,
            principal_minor=pl.lit(INSTALMENTS * PRINCIPAL),
        ),
        "instalments": dues(mine).select(
            "account_id",
            "customer_id",
            "number",
            "due_on",
            principal_minor=pl.lit(PRINCIPAL),
            interest_minor=pl.lit(INTEREST),
            fee_minor=pl.lit(0),
        ),
        "payments": dues(mine)
        .with_columns(past=(pl.col("due_on") < as_of).sum().over("account_id"))
        .filter(pl.col("number") <= pl.col("past") - pl.col("missed"))
        .select(
            pl.format("{}-{}", "account_id", "number").alias("payment_id"),
            "account_id",
            "customer_id",
            paid_on="due_on",
            amount_minor=pl.lit(PRINCIPAL + INTEREST),
            channel=pl.lit("DEBIT"),
            booked_on="due_on",
        ),
    }
    return {name: _conformed(made.get(name), schema, schemas.SORT[name]) for name, schema in schemas.TABLES.items()}


def dues(mine: pl.DataFrame) -> pl.DataFrame:
    """The accounts' rows once for each instalment, with number and due_on."""
    numbers = pl.DataFrame({"number": np.arange(1, INSTALMENTS + 1, dtype=np.int32)})
    return mine.join(numbers, how="cross").with_columns(
        due_on=pl.col("first_due").dt.offset_by(pl.format("{}mo", pl.col("number") - 1))
    )


def _conformed(frame: pl.DataFrame | None, schema: dict[str, Any], order: list[str]) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema=schema)
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(order)
