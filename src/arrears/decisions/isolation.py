"""Which accounts break the ageing kernel, or stand in doubt? They are set aside with the reason; the others are aged.

Called by the pipeline, by day by case_refresh, and by `arrears age`. The kernel itself names accounts beyond its
limits; data that it cannot even lay out in columns is halved account by account until the broken ones stand alone, so
that a sound partition pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from arrears.decisions import positions as ageing
from arrears.decisions.schemas import night
from arrears.kernel.errors import Refusal
from arrears.rules.ageing.policy import Policy

#: What wrong data can raise below; anything else is a bug of ours and is left to crash.
DATA_FAULTS = (Refusal, ValueError, ArithmeticError, LookupError, pl.exceptions.PolarsError)
BY_ACCOUNT = ("accounts", "instalments", "payments", "pauses")
REASON_CHARS = 400
NOTHING = ageing.Aged(pl.DataFrame(schema=night.POSITIONS), pl.DataFrame(schema=ageing.REFUSED))

Tables = Mapping[str, pl.DataFrame]
Policies = Mapping[str, Policy]


def age_the_sound(tables: Tables, *, policies: Policies, as_of: date) -> ageing.Aged:
    """Age every account that can be aged.

    tables  : schemas.tape tables of one partition
    returns : positions sorted by customer and account; refused (account_id, customer_id, reason) sorted by account
    """
    if tables["accounts"].is_empty():
        return NOTHING
    try:
        aged = ageing.age(tables, policies=policies, as_of=as_of)
    except DATA_FAULTS:
        aged = _halved(tables, policies=policies, as_of=as_of)
    return ageing.Aged(aged.positions.sort("customer_id", "account_id"), aged.refused.sort("account_id"))


def without_doubted(tables: Tables, doubtful: pl.DataFrame) -> tuple[Tables, pl.DataFrame]:
    """The tables without the accounts whose rows are in quarantine: what they owe may be wrong.

    doubtful : account_id, file, …: as of tape.doubtful
    returns  : the tables of the others; positions.REFUSED, one row an account that was taken out
    """
    names = pl.col("file").unique().sort().str.join(", ")
    why = doubtful.group_by("account_id").agg(reason=pl.format("rows of {} are in quarantine", names))
    accounts = tables["accounts"].select("account_id", "customer_id")
    refused = accounts.join(why, on="account_id", how="inner", maintain_order="left")
    if refused.is_empty():
        return tables, refused
    others = ~pl.col("account_id").is_in(refused["account_id"].implode())
    return {**tables, **{name: tables[name].filter(others) for name in BY_ACCOUNT if name in tables}}, refused


def _halved(tables: Tables, *, policies: Policies, as_of: date) -> ageing.Aged:
    accounts = tables["accounts"].sort("account_id")
    if accounts.height == 1:
        return _one(tables, accounts, policies=policies, as_of=as_of)
    middle = accounts.height // 2
    halves = []
    for part in (accounts[:middle], accounts[middle:]):
        try:
            some = _only(tables, part["account_id"])
            halves.append(ageing.age(some, policies=policies, as_of=as_of))
        except DATA_FAULTS:
            halves.append(_halved(some, policies=policies, as_of=as_of))
    return ageing.Aged(pl.concat([half.positions for half in halves]), pl.concat([half.refused for half in halves]))


def _one(tables: Tables, account: pl.DataFrame, *, policies: Policies, as_of: date) -> ageing.Aged:
    try:
        return ageing.age(tables, policies=policies, as_of=as_of)
    except DATA_FAULTS as fault:
        reason = f"{type(fault).__name__}: {fault}"[:REASON_CHARS]
        refused = account.select("account_id", "customer_id").with_columns(reason=pl.lit(reason))
        return ageing.Aged(NOTHING.positions, refused)


def _only(tables: Tables, account_ids: pl.Series) -> dict[str, pl.DataFrame]:
    """The rows of some accounts; rows that belong to no account of the partition go with none."""
    mine = pl.col("account_id").is_in(account_ids.implode())
    return {**tables, **{name: tables[name].filter(mine) for name in BY_ACCOUNT}}
