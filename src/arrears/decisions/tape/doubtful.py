"""Which accounts may owe something else than the tape says? Those with rows in quarantine, and a mark of which rows.

Called by `reading`; `lake.doubts` remembers the marks from tape to tape. What stands where an account's identifier
should be may be a name, so an account that no tape has brought soundly yet goes by a keyed hash of it and without a
customer, until `recognised` tells whose hash it was.
"""

from __future__ import annotations

import hmac
import zlib

import polars as pl

from arrears.decisions.tape import registers
from arrears.decisions.tape.sieve import Sieve

DOUBTFUL = {
    "account_id": pl.String,  # a keyed hash of it while customer_id is null: no tape has brought the account yet
    "customer_id": pl.String,
    "file": pl.String,
    "key": pl.Int32,
    "rows": pl.Int64,
}
RECOGNISED = {"mark": pl.String, "account_id": pl.String, "customer_id": pl.String}
#: So many different marks has a row: enough to tell those of one account apart.
MARKS = 65_521
#: Which column of a file, with the account, says which row it is that was set aside.
DOUBT_KEYS = {"accounts": "account_id", "instalments": "number", "payments": "payment_id", "pauses": "from_on"}


def doubtful(sieve: Sieve, setting: registers.Setting, sound: pl.DataFrame) -> pl.DataFrame:
    """The accounts of the rows set aside, and of the lines that were no rows, where one of their fields is an account.

    sound   : account_id, customer_id, …: the accounts that this tape brings, and those that its rows were found in
    returns : DOUBTFUL; by their names the sound ones and the stored ones, by their hash all others
    """
    broken = _broken(sieve)
    if not sieve.rejected().any() and broken.is_empty():
        return pl.DataFrame(schema=DOUBTFUL)
    named = sieve.column("account_id").cast(pl.String).str.strip_chars()
    key = row_mark(sieve.column(DOUBT_KEYS[sieve.table]).filter(sieve.rejected()))
    touched = pl.DataFrame({"account_id": named}).filter(sieve.rejected()).with_columns(key.alias("key"))
    there = sound.select("account_id", "customer_id")
    named_at_all = pl.concat([touched["account_id"], broken["account_id"]])
    apart = named_at_all.filter(~named_at_all.is_in(there["account_id"].implode()))
    there = pl.concat([there, setting.known.accounts(apart).select("account_id", "customer_id")])
    nameless = touched.join(there, on="account_id", how="anti").drop_nulls("account_id")
    touched = pl.concat([touched, broken]).join(there, on="account_id", how="inner")
    if setting.pseudonym_key:
        hashed = _account_marks(nameless["account_id"], setting.pseudonym_key)
        nobody = pl.lit(None, pl.String).alias("customer_id")
        touched = pl.concat([touched, nameless.with_columns(hashed, nobody).select(touched.columns)])
    return summed(touched.with_columns(file=pl.lit(sieve.table), rows=pl.lit(1, pl.Int64)))


def _broken(sieve: Sieve) -> pl.DataFrame:
    """account_id, key: what stands anywhere in a line that is no row may be its account; nobody knows which column."""
    lines = [row for file in sieve.files for line in file.malformed for row in line.rows]
    if sieve.table == "accounts" or not lines:  # whose row of its own is broken is set aside by `accounts`
        return pl.DataFrame(schema={"account_id": pl.String, "key": pl.Int32})
    key = DOUBT_KEYS[sieve.table]
    told = [(value, line.get(key)) for line in lines for value in sorted(set(line.values()))]
    frame = pl.DataFrame(told, schema={"account_id": pl.String, "key": pl.String}, orient="row")
    return frame.with_columns(row_mark(frame["key"]).alias("key"))


def recognised(accounts: pl.DataFrame, setting: registers.Setting) -> pl.DataFrame:
    """Those of this tape's accounts that the lake does not hold yet, by their hash, when a doubt waits for any.

    accounts : account_id, customer_id, …: sound ones
    returns  : RECOGNISED
    """
    if not setting.pseudonym_key or not setting.known.has_nameless_doubts():
        return pl.DataFrame(schema=RECOGNISED)
    stored = setting.known.accounts(accounts["account_id"])["account_id"]
    fresh = accounts.filter(~pl.col("account_id").is_in(stored.implode()))
    marks = _account_marks(fresh["account_id"], setting.pseudonym_key).alias("mark")
    return fresh.with_columns(marks).select(list(RECOGNISED))


def row_mark(keys: pl.Series) -> pl.Series:
    """(n,) Int32 that tells one row of an account from another, and is too short to tell what stood there."""
    text = keys.cast(pl.String).str.strip_chars()
    marks = {one: zlib.crc32(one.encode()) % MARKS for one in text.drop_nulls().unique()}
    return text.replace_strict(marks, default=None, return_dtype=pl.Int32)


def summed(doubts: pl.DataFrame) -> pl.DataFrame:
    """One row per account, file and key."""
    return (
        doubts.group_by("account_id", "customer_id", "file", "key")
        .agg(pl.col("rows").sum())
        .select(list(DOUBTFUL))
        .sort("account_id", "file", "key")
    )


def _account_marks(ids: pl.Series, key: bytes) -> pl.Series:
    """The hash that stands for each account: nobody without the house's key can test what was hashed."""
    marks = {one: hmac.digest(key, b"account in doubt\n" + one.encode(), "sha256").hex()[:32] for one in ids.unique()}
    return ids.replace_strict(marks, return_dtype=pl.String)
