"""Which accounts are still in doubt after one more tape? A row set aside leaves its account in doubt until it is told.

Called by `merge`. A tape of changes says nothing about most accounts, so silence lifts no doubt. It is lifted when the
row that was set aside is accepted, or when a tape tells the account anew as a whole: its own row and every row stored
of it, an instalment at least, without the one that was wrong.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions.lake.store import Lake
from arrears.decisions.tape.doubtful import DOUBT_KEYS, DOUBTFUL, row_mark, summed
from arrears.decisions.tape.reading import Reading

_TOLD = {"account_id": pl.String, "key": pl.Int32}


class Doubts:
    """The doubts of the former state, and what a tape tells about them, table by table."""

    def __init__(self, lake: Lake, base: date | None, reading: Reading) -> None:
        self.lake, self.base, self.reading = lake, base, reading
        former = lake.read("doubtful", base) if base is not None else pl.DataFrame(schema=DOUBTFUL)
        self.former = _named(former, reading.recognised)
        self.accounts = self.former["account_id"].unique().implode()
        self.told = {table: [pl.DataFrame(schema=_TOLD)] for table in DOUBT_KEYS}

    def hear(self, table: str, fresh: pl.DataFrame) -> None:
        """Remember what the tape tells of the accounts in doubt."""
        if table in self.told and self.former.height and fresh.height:
            self.told[table].append(self._of_doubted(fresh.lazy(), table))

    def after(self) -> pl.DataFrame:
        """The doubts that remain, and those of this tape."""
        if self.former.is_empty():
            return self.reading.doubtful
        told = {table: pl.concat(frames).unique() for table, frames in self.told.items()}
        accepted = pl.concat([frame.with_columns(file=pl.lit(table)) for table, frame in told.items()])
        left = self.former.join(accepted, on=["account_id", "file", "key"], how="anti")
        left = left.filter(~pl.col("account_id").is_in(self._told_whole(told).implode()))
        both = pl.concat([left.select(list(DOUBTFUL)), self.reading.doubtful])
        again = both.unique(["account_id", "file", "key"], keep="last", maintain_order=True)
        return summed(again)

    def _told_whole(self, told: dict[str, pl.DataFrame]) -> pl.Series:
        """The accounts of which the tape brings their own row and every row that is stored.

        Of one without an instalment nothing is stored that could show the tape to be whole.
        """
        assert self.base is not None, "there are doubts of a former state"
        whole = told["accounts"].select("account_id")
        for table in DOUBT_KEYS:
            paths = [self.lake.path(table, self.base, part) for part in self.lake.parts(table, self.base)]
            stored = self._of_doubted(pl.scan_parquet(paths, glob=False, hive_partitioning=False), table)
            unsaid = stored.join(told[table], on=["account_id", "key"], how="anti")
            whole = whole.join(unsaid, on="account_id", how="anti")
            if table == "instalments":
                whole = whole.join(stored, on="account_id", how="semi")
        files = {count.table for count in self.reading.report.files}
        absent = self.former.filter(~pl.col("file").is_in(sorted(files)))
        return whole.join(absent, on="account_id", how="anti")["account_id"]

    def _of_doubted(self, rows: pl.LazyFrame, table: str) -> pl.DataFrame:
        mine = (
            rows.filter(pl.col("account_id").is_in(self.accounts)).select("account_id", key=DOUBT_KEYS[table]).collect()
        )
        return mine.with_columns(row_mark(mine["key"]).alias("key"))


def _named(former: pl.DataFrame, recognised: pl.DataFrame) -> pl.DataFrame:
    """The doubts with those of accounts that come for the first time under their names."""
    found = former.join(recognised, left_on="account_id", right_on="mark", how="left", suffix="_found")
    names = [pl.coalesce(f"{name}_found", name).alias(name) for name in ("account_id", "customer_id")]
    return found.with_columns(names).select(list(DOUBTFUL))
