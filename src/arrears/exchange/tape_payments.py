"""What does the newest tape tell of payments, of whichever customers? Asked by the night for a few accounts at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions import engines
from arrears.decisions.lake import Lake

COLUMNS = {"payment_id": pl.String, "account_id": pl.String, "paid_on": pl.Date, "reverses": pl.String}


def on_accounts(account_ids: Collection[str], *, lake: Path, as_of: date) -> pl.DataFrame:
    """Payments and reversals of these accounts, value-dated by `as_of`; COLUMNS, one row per payment."""
    if not account_ids:
        return pl.DataFrame(schema=COLUMNS)
    wanted = pl.Series(sorted(account_ids), dtype=pl.String).implode()
    return _read(lake, pl.col("account_id").is_in(wanted), as_of)


def taken_back(*, lake: Path, as_of: date) -> pl.DataFrame:
    """Payments that a reversal of the same tape, value-dated by `as_of`, has taken back; COLUMNS."""
    undone = _read(lake, pl.col("reverses").is_not_null(), as_of)["reverses"]
    if undone.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    return _read(lake, pl.col("payment_id").is_in(undone.unique().implode()), as_of)


def _read(lake: Path, wanted: pl.Expr, as_of: date) -> pl.DataFrame:
    store, tape_on = Lake(lake), date.fromisoformat(engines.newest_tape(lake).as_of)
    return store.read_where("payments", tape_on, wanted & (pl.col("paid_on") <= as_of), list(COLUMNS))
