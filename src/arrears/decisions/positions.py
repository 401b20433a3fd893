"""What does every account of a partition owe at a date, and since when?

grain: one row per account_id at as_of · key: account_id · inputs: accounts, instalments, payments, pauses of
schemas.tape · output: schemas.night.POSITIONS · owner: ageing.
Called by the night, by `arrears age` and by the console (`file_of`, one account). It never reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.decisions import batches
from arrears.decisions.schemas import night
from arrears.kernel.errors import InvalidInput
from arrears.rules.ageing import columns, kernel, one
from arrears.rules.ageing.policy import Component, Policy

REFUSED = {"account_id": pl.String, "customer_id": pl.String, "reason": pl.String}


class UnableToAgeAll(InvalidInput):
    code = "unable_to_age_all"
    message = "{count} accounts cannot be aged; the first is {account_id!r}: {reason}"


class UnknownAccount(InvalidInput):
    code = "unknown_account"
    message = "There is no account {account_id!r}."


@dataclass(frozen=True)
class Aged:
    """positions : schemas.night.POSITIONS of the accounts that could be aged; refused : REFUSED, the others and why.

    instalments : schemas.night.INSTALMENT_STATES of the former, no rows when nobody asked
    """

    positions: pl.DataFrame
    refused: pl.DataFrame
    instalments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=night.INSTALMENT_STATES))


def positions(tape: Mapping[str, pl.DataFrame], *, policies: Mapping[str, Policy], as_of: date) -> pl.DataFrame:
    """The position of every account; all or nothing.

    tape     : one partition's tables; rows of a customer stand together (schemas.tape.SORT)
    policies : product_code → policy
    returns  : schemas.night.POSITIONS in the order of the accounts table
    raises   : UnableToAgeAll when an account is beyond the kernel's limits; `age` sets those aside instead
    """
    aged = age(tape, policies=policies, as_of=as_of)
    if aged.refused.height:
        first = aged.refused.row(0, named=True)
        raise UnableToAgeAll(count=aged.refused.height, account_id=first["account_id"], reason=first["reason"])
    return aged.positions


def age(
    tape: Mapping[str, pl.DataFrame], *, policies: Mapping[str, Policy], as_of: date, by_instalment: bool = False
) -> Aged:
    """The position of every account that can be aged, and the reason of every one that cannot.

    Payments with a value date after `as_of` do not count yet.
    """
    accounts = tape["accounts"]
    laid = batches.batch(tape, policies=policies, as_of=as_of)
    day = (as_of - batches.EPOCH).days
    states = pl.DataFrame(schema=night.INSTALMENT_STATES)
    if by_instalment:
        out, kept = columns.age_instalments(laid.accounts, policies=laid.policies, policy_of=laid.policy_of, as_of=day)
        states = _states(kept, laid, aged=out[kernel.STATUS] == kernel.OK)
    else:
        out = columns.age(laid.accounts, policies=laid.policies, policy_of=laid.policy_of, as_of=day)
    table = _table(accounts, out, laid)
    status = out[kernel.STATUS]
    if not status.any():
        return Aged(table, pl.DataFrame(schema=REFUSED), states)
    refused = accounts.select("account_id", "customer_id").with_columns(
        reason=pl.Series(status).replace_strict(columns.REASONS, default=None, return_dtype=pl.String)
    )
    bad = pl.Series(status != kernel.OK)
    return Aged(table.filter(~bad), refused.filter(bad), states)


def _states(kept: columns.Int64, laid: batches.Batch, *, aged: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Each instalment of the accounts that were aged, in the order of the accounts and of the due dates."""
    owner = np.repeat(np.arange(len(aged)), np.diff(laid.accounts.due_start))
    dpd = kept[:, kernel.LATE].astype(np.int32)
    left = {f"{component}_left_minor": pl.Series(kept[:, place]) for place, component in enumerate(night.COMPONENTS)}
    made = laid.dues.select("account_id", "number", "due_on").with_columns(
        dpd=pl.Series(dpd),
        past_due_days=pl.Series(kept[:, kernel.PAST].astype(np.int32)),
        bucket=_buckets(dpd, laid, laid.policy_of[owner]),
        penalty_charged_minor=pl.Series(kept[:, kernel.CHARGED]),
        **left,
    )
    return made.select(night.INSTALMENT_STATES.keys()).filter(pl.Series(aged[owner]))


def _table(accounts: pl.DataFrame, out: columns.Int64, laid: batches.Batch) -> pl.DataFrame:
    amounts = {
        f"{component}_{what}_minor": pl.Series(out[row + Component[component.upper()]])
        for what, row in (("outstanding", kernel.OUTSTANDING), ("overdue", kernel.OVERDUE))
        for component in night.COMPONENTS
    }
    dpd = out[kernel.DPD].astype(np.int32)
    made = accounts.select("account_id", "customer_id", "product_code", "currency").with_columns(
        dpd=pl.Series(dpd),
        past_due_days=pl.Series(out[kernel.PAST_DUE].astype(np.int32)),
        bucket=_buckets(dpd, laid, laid.policy_of),
        oldest_due_on=_dates(out[kernel.OLDEST]),
        next_due_on=_dates(out[kernel.NEXT]),
        next_due_minor=pl.Series(out[kernel.NEXT_MINOR]),
        **amounts,
        paid_total_minor=pl.Series(out[kernel.PAID]),
        surplus_minor=pl.Series(out[kernel.SURPLUS]),
        recovered_total_minor=pl.Series(out[kernel.RECOVERED]),
        customer_dpd_max=_max_by(accounts["customer_id"], dpd),
    )
    return made.select(night.POSITIONS.keys())


def _dates(days: columns.Int64) -> pl.Series:
    narrow = pl.Series(days.astype(np.int32))
    return narrow.set(narrow == int(kernel.NO_DAY), None).cast(pl.Date)


def _buckets(dpd: npt.NDArray[np.int32], laid: batches.Batch, policy_of: npt.NDArray[np.int16]) -> pl.Series:
    """The bucket of each row by the table of its account's policy."""
    codes: list[str] = []
    index = np.zeros(len(dpd), np.uint32)
    for which, policy in enumerate(laid.policies):
        starts = [bucket.dpd_from for bucket in policy.buckets]
        mine = np.searchsorted(starts, dpd, side="right") - 1 + len(codes)
        index = np.where(policy_of == which, mine, index).astype(np.uint32)
        codes += [bucket.code for bucket in policy.buckets]
    return pl.Series(codes, dtype=pl.String).gather(index)


def _max_by(customers: pl.Series, dpd: npt.NDArray[np.int32]) -> pl.Series:
    """The largest DPD of each customer, on every one of the customer's rows, which stand together."""
    if not len(dpd):
        return pl.Series(dpd)
    runs = customers.rle().struct.unnest()
    lengths = runs["len"].to_numpy().astype(np.int64)
    most = np.maximum.reduceat(dpd, np.cumsum(lengths) - lengths)
    if runs["value"].is_duplicated().any():
        spread = pl.DataFrame({"customer": customers, "dpd": dpd})
        return spread.select(pl.col("dpd").max().over("customer")).to_series()
    return pl.Series(np.repeat(most, lengths))


def file_of(
    tape: Mapping[str, pl.DataFrame], account_id: str, *, policies: Mapping[str, Policy], as_of: date
) -> one.Aged:
    """One account's full file: its position, its instalments, and what was allocated to what.

    tape   : tables that hold the account, others' rows too
    raises : UnknownAccount
    """

    def mine(table: str) -> list[dict[str, object]]:
        return tape[table].filter(pl.col("account_id") == account_id).to_dicts() if table in tape else []

    accounts = mine("accounts")
    if len(accounts) != 1:
        raise UnknownAccount(account_id=account_id)
    return one.age_account(
        [
            one.Due(
                row["number"],  # type: ignore[arg-type]
                row["due_on"],  # type: ignore[arg-type]
                row["principal_minor"],  # type: ignore[arg-type]
                row["interest_minor"] or 0,  # type: ignore[arg-type]
                row["fee_minor"] or 0,  # type: ignore[arg-type]
                row.get("penalty_minor") or 0,  # type: ignore[arg-type]
            )
            for row in mine("instalments")
        ],
        [
            one.Payment(row["payment_id"], row["paid_on"], row["amount_minor"], row["reverses"], row.get("channel"))  # type: ignore[arg-type]
            for row in mine("payments")
        ],
        policy=policies[str(accounts[0]["product_code"])],
        as_of=as_of,
        pauses=[one.Pause(row["from_on"], row["to_on"], row["reason"]) for row in mine("pauses")],  # type: ignore[arg-type]
    )
