"""What did earlier tapes say? The lake's answers to a tape that is being read; see `tape.known`.

Called through `of` by whoever reads a tape into a lake. It only reads, and only the columns it is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from arrears.decisions.lake.store import Lake
from arrears.decisions.tape import known, spool


def of(lake: Lake, as_of: date, *, own_payments: pl.DataFrame | None = None) -> known.Known:
    """The state of the tape as a tape of this date finds it; nothing when the lake is new.

    own_payments : what the books took themselves (known.OWN_PAYMENTS); None when there are no books
    """
    base = lake.latest("accounts", on_or_before=as_of)
    own = known.Nothing().own_payments() if own_payments is None else own_payments
    return known.Nothing() if base is None else _Memory(lake, base, own)


@dataclass(frozen=True)
class _Memory:
    """The answers of one business date."""

    lake: Lake
    as_of: date
    own: pl.DataFrame

    def own_payments(self) -> pl.DataFrame:
        return self.own

    def accounts(self, account_ids: pl.Series) -> pl.DataFrame:
        return self._named("accounts", list(known.ACCOUNTS), account_ids)

    def customers(self, customer_ids: pl.Series) -> pl.DataFrame:
        rows = self._named("customers", ["customer_id", "region_code"], customer_ids)
        columns = ["customer_id", "account_id", "opened_on", "currency"]
        firsts = (
            self._named("accounts", columns, rows["customer_id"])
            .sort("opened_on", "account_id")
            .unique("customer_id", keep="first", maintain_order=True)
            .select("customer_id", "currency")
        )
        return rows.join(firsts, on="customer_id", how="left", maintain_order="left")

    def payments(self, payment_ids: pl.Series) -> pl.DataFrame:
        wanted = payment_ids.drop_nulls().unique().implode()
        asked = pl.col("payment_id").is_in(wanted) | pl.col("reverses").is_in(wanted)
        return self.lake.read_where("payments", self.as_of, asked, list(known.PAYMENTS))

    def moved_payments(self, payments: pl.DataFrame) -> pl.Series:
        """Most payments are found in their own partition; only new ones are looked for in the others."""
        parts = self.lake.parts("payments", self.as_of)
        place = spool.part_of_rows(payments["customer_id"], len(parts))
        moved, fresh = [pl.Series("payment_id", [], dtype=pl.String)], []
        for part in parts:
            mine = payments.filter(place == part).select("payment_id", "account_id")
            found = mine.join(self._accounts_of(mine, part), on="payment_id", how="left", suffix="_stored")
            moved.append(found.filter(pl.col("account_id") != pl.col("account_id_stored"))["payment_id"])
            fresh.append(found.filter(pl.col("account_id_stored").is_null()).select("payment_id", "account_id"))
        unseen = pl.concat(fresh)
        # In a lake of one partition every payment has been looked for everywhere.
        for part in parts if unseen.height and len(parts) > 1 else ():
            stored = self._accounts_of(unseen, part)
            elsewhere = unseen.join(stored, on="payment_id", how="inner", suffix="_stored")
            moved.append(elsewhere.filter(pl.col("account_id") != pl.col("account_id_stored"))["payment_id"])
        return pl.concat(moved)

    def has_nameless_doubts(self) -> bool:
        return bool(self.lake.read("doubtful", self.as_of)["customer_id"].null_count())

    def _accounts_of(self, payments: pl.DataFrame, part: int) -> pl.DataFrame:
        wanted = _among("payment_id", payments["payment_id"])
        return self.lake.read_where("payments", self.as_of, wanted, ["payment_id", "account_id"], part=part)

    def _named(self, table: str, columns: list[str], ids: pl.Series) -> pl.DataFrame:
        """The rows with one of the ids, which stand in the first column."""
        return self.lake.read_where(table, self.as_of, _among(columns[0], ids), columns)


def _among(column: str, ids: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(ids.drop_nulls().unique().implode())
