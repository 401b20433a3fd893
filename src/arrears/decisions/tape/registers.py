"""Who is who while a tape is read: the customers and accounts that other rows may stand on, and those set aside.

Built by `customers` and `accounts`, asked by every table below them. Instalments and payments are resolved to the
index of their account, so that sorting and copying millions of identifiers become work on small integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from arrears.decisions.tape import amounts, fields, reasons
from arrears.decisions.tape.known import Known
from arrears.decisions.tape.policy import TapePolicy
from arrears.decisions.tape.sieve import Sieve


@dataclass(frozen=True)
class Setting:
    """What every table is read under."""

    as_of: date
    policy: TapePolicy
    known: Known
    pseudonym_key: bytes | None


@dataclass(frozen=True)
class Accounts:
    """frame : account_id, customer_id, currency, opened_on, digits; sorted by (customer_id, account_id), ids unique."""

    frame: pl.DataFrame
    set_aside: pl.Series

    def resolve(self, sieve: Sieve, setting: Setting) -> Resolved:
        """The account of each row by its account_id, rejecting rows without one.

        returns : Resolved over this register, widened by accounts that only earlier tapes brought
        """
        ids = sieve.column("account_id")
        if ids.dtype == pl.String:
            index = _index_of(ids, self.frame["account_id"])
            if not index.null_count():  # what is found among sound identifiers needs no look of its own
                return Resolved(self.frame, index)
        found = fields.identifier(ids, policy=setting.policy, file=sieve.file)
        ids = sieve.take("account_id", found)
        index = _index_of(ids, self.frame["account_id"])
        frame = self.frame
        missing = ids.filter(index.is_null() & ids.is_not_null()).unique()
        if len(missing):
            sieve.reject(ids.is_in(self.set_aside.implode()), column="account_id", reason=reasons.ACCOUNT_QUARANTINED)
            stored = setting.known.accounts(missing.filter(~missing.is_in(self.set_aside.implode())))
            if stored.height:
                stored = stored.with_columns(amounts.exponents(stored["currency"]).alias("digits"))
                frame = pl.concat([frame, stored.select(frame.columns)]).sort("customer_id", "account_id")
                index = _index_of(ids, frame["account_id"])
            unknown = index.is_null() & ids.is_not_null()
            sieve.reject(unknown, column="account_id", reason=reasons.ACCOUNT_UNKNOWN)
        return Resolved(frame, index)


@dataclass(frozen=True)
class Resolved:
    """frame as in Accounts; index : (n,) UInt32 row of frame for each row of the table, null where none."""

    frame: pl.DataFrame
    index: pl.Series

    def column(self, name: str) -> pl.Series:
        """An account's value for each row of the table."""
        return self.frame[name].gather(self.index)

    def digits(self) -> pl.Series:
        """Digits after the point of each row's currency; two where there is no account."""
        if self.frame.height and self.frame["digits"].n_unique() == 1:
            return pl.repeat(self.frame["digits"][0], len(self.index), dtype=pl.UInt8, eager=True)
        return self.column("digits").fill_null(2)

    def check_currency(self, sieve: Sieve) -> None:
        """An optional currency column must say what the account says."""
        if "currency" in sieve.raw.columns:
            given = sieve.column("currency").cast(pl.String)
            differs = (given.str.strip_chars() != self.column("currency")) & (given != "")
            sieve.reject(differs, column="currency", reason=reasons.CURRENCY_MISMATCH)


@dataclass(frozen=True)
class Customers:
    """frame : customer_id (unique), region_code, digits. None of them when the customers file is not being read."""

    frame: pl.DataFrame
    set_aside: pl.Series

    def resolve(self, sieve: Sieve, ids: pl.Series, setting: Setting) -> pl.DataFrame:
        """region_code and digits of each row's customer, rejecting rows without one; row for row as `ids`."""
        asked = pl.DataFrame({"customer_id": ids})
        found = asked.join(self.frame, on="customer_id", how="left", maintain_order="left")
        missing = ids.filter(found["digits"].is_null() & ids.is_not_null()).unique()
        if not len(missing):
            return found
        aside = self.set_aside.implode()
        stored = setting.known.customers(missing)
        if stored.height:
            currencies = stored["currency"].fill_null(setting.policy.currency)
            stored = stored.with_columns(amounts.exponents(currencies).alias("digits"))
            frame = pl.concat([self.frame, stored.select(self.frame.columns)])
            found = asked.join(frame, on="customer_id", how="left", maintain_order="left")
        nobody = found["digits"].is_null() & ids.is_not_null()
        sieve.reject(nobody & ids.is_in(aside), column="customer_id", reason=reasons.CUSTOMER_QUARANTINED)
        sieve.reject(nobody, column="customer_id", reason=reasons.CUSTOMER_UNKNOWN)
        return found


def _index_of(ids: pl.Series, sorted_ids: pl.Series) -> pl.Series:
    """Row of each id in a column of unique ids, null where absent. Runs of one id are looked up once."""
    runs = ids.rle_id()
    heads = runs != runs.shift(1, fill_value=2**32 - 1)
    wanted = pl.DataFrame({"id": ids.filter(heads)})
    there = pl.DataFrame({"id": sorted_ids}).with_row_index("index")
    found = wanted.join(there, on="id", how="left", maintain_order="left")["index"]
    return found.gather(runs).alias("index")
