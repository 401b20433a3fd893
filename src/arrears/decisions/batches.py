"""From the tape's tables to the flat columns of the ageing kernel, without a Python loop over rows.

Called by `positions`. Which payments count is decided here (value date, reversals), for `features` too; what they pay
is decided in the kernel. Row order is checked, not believed: a table that is not sorted by account is sorted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.kernel.errors import InvalidInput
from arrears.rules.ageing import columns, packing
from arrears.rules.ageing.policy import Policy

#: 9999-12-31: where an open pause ends.
LAST_DAY = 2_932_896
EPOCH = date(1970, 1, 1)


class UnableToBatch(InvalidInput):
    code = "unable_to_batch"
    message = "{table}: {problem}"


@dataclass(frozen=True)
class Batch:
    """accounts : the kernel's columns, one account a row of the accounts table; policy_of : (accounts,) int16.

    dues : the instalments in the kernel's order
    """

    accounts: columns.Accounts
    policies: Sequence[Policy]
    policy_of: npt.NDArray[np.int16]
    dues: pl.DataFrame


def batch(tape: Mapping[str, pl.DataFrame], *, policies: Mapping[str, Policy], as_of: date) -> Batch:
    """Lay one partition out for the kernel.

    tape     : accounts, instalments, payments and pauses of schemas.tape; payments and pauses may be left out
    policies : product_code → policy
    raises   : UnableToBatch when rows belong to no account, or a column that must be full has holes
    """
    accounts = tape["accounts"]
    ids = accounts["account_id"]
    known, policy_of = _policies(accounts["product_code"], policies)
    due_start, dues = _dues(tape["instalments"], ids)
    pay_start, payments = _payments(tape.get("payments"), ids, as_of)
    pause_start, pauses = _pauses(tape.get("pauses"), ids, known, policy_of)
    return Batch(
        columns.Accounts(
            due_start=due_start,
            due_on=_filled(dues, "instalments", "due_on"),
            principal=_filled(dues, "instalments", "principal_minor"),
            interest=_filled(dues.with_columns(pl.col("interest_minor").fill_null(0)), "instalments", "interest_minor"),
            fee=_filled(dues.with_columns(pl.col("fee_minor").fill_null(0)), "instalments", "fee_minor"),
            penalty=_penalties(dues),
            pay_start=pay_start,
            paid_on=_filled(payments, "payments", "paid_on"),
            amount=_filled(payments, "payments", "amount_minor"),
            channel=_channels(payments, pay_start, known, policy_of),
            pause_start=pause_start,
            pauses=pauses,
        ),
        known,
        policy_of,
        dues,
    )


def _policies(products: pl.Series, policies: Mapping[str, Policy]) -> tuple[list[Policy], npt.NDArray[np.int16]]:
    codes = products.unique().sort().to_list()
    try:
        found = [policies[code] for code in codes]
    except KeyError as unknown:
        raise UnableToBatch(table="accounts", problem=f"no policy for product {unknown.args[0]!r}") from None
    distinct = list({id(policy): policy for policy in found}.values()) or list(policies.values())[:1]
    if not distinct:
        raise UnableToBatch(table="policies", problem="there is none")
    if len(distinct) == 1:
        return distinct, np.zeros(len(products), np.int16)
    place = {id(policy): i for i, policy in enumerate(distinct)}
    index = products.replace_strict(codes, [place[id(policy)] for policy in found], return_dtype=pl.Int16)
    return distinct, index.to_numpy()


def _filled(frame: pl.DataFrame, table: str, column: str) -> npt.NDArray[Any]:
    series = frame[column]
    if series.null_count():
        raise UnableToBatch(table=table, problem=f"{column} has empty values")
    return series.rechunk().to_physical().to_numpy()


def _starts(counts: npt.NDArray[np.int64]) -> columns.Int64:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _by_account(frame: pl.DataFrame, ids: pl.Series, table: str) -> tuple[columns.Int64, pl.DataFrame]:
    """(row offsets per account, the rows in the accounts' order); rows of one account keep their order."""
    runs = frame["account_id"].rle().struct.unnest()
    if runs.height == len(ids) and (runs["value"] == ids).all():
        return _starts(runs["len"].cast(pl.Int64).to_numpy()), frame
    places = pl.DataFrame({"value": ids, "place": pl.Series(np.arange(len(ids), dtype=np.int64))})
    placed = runs.join(places, on="value", how="left", maintain_order="left", validate="m:1")
    if placed["place"].null_count():
        stranger = placed.filter(pl.col("place").is_null())["value"][0]
        raise UnableToBatch(table=table, problem=f"account {stranger!r} is not among the accounts")
    place, lengths = placed["place"].to_numpy(), placed["len"].to_numpy()
    if (np.diff(place) < 0).any():
        frame = frame[np.argsort(np.repeat(place, lengths), kind="stable")]
    counts = np.bincount(place, weights=lengths, minlength=len(ids)).astype(np.int64)
    return _starts(counts), frame


def _rising(days: npt.NDArray[Any], start: columns.Int64) -> bool:
    """Do the days never fall within an account?"""
    falls = np.flatnonzero(days[1:] < days[:-1]) + 1
    if not len(falls):
        return True
    first = np.zeros(len(days) + 1, bool)
    first[start] = True
    return bool(first[falls].all())


def _dues(instalments: pl.DataFrame, ids: pl.Series) -> tuple[columns.Int64, pl.DataFrame]:
    start, dues = _by_account(instalments, ids, "instalments")
    if not _rising(_filled(dues, "instalments", "due_on"), start):
        place = pl.Series("_place", np.repeat(np.arange(len(ids)), np.diff(start)))
        dues = dues.with_columns(place).sort("_place", "due_on", "number", maintain_order=True)
    return start, dues


def that_count(payments: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The payments that count at a date: value-dated by then, no reversals, none that a reversal dated by then names.

    payments : schemas.tape.PAYMENTS
    example  : paid on the 1st, taken back on the 5th: counts at the 4th, neither of the two at the 5th
    """
    if payments.height and payments["paid_on"].max() > as_of:  # type: ignore[operator]
        payments = payments.filter(pl.col("paid_on") <= as_of)
    if payments["reverses"].null_count() < payments.height:
        cancelled = payments["reverses"].drop_nulls()
        payments = payments.filter(pl.col("reverses").is_null() & ~pl.col("payment_id").is_in(cancelled.implode()))
    return payments


def _payments(payments: pl.DataFrame | None, ids: pl.Series, as_of: date) -> tuple[columns.Int64, pl.DataFrame]:
    """The payments that count, account by account."""
    if payments is None:
        none = pl.DataFrame(schema={"paid_on": pl.Date, "amount_minor": pl.Int64})
        return np.zeros(len(ids) + 1, np.int64), none
    start, counted = _by_account(that_count(payments, as_of=as_of), ids, "payments")
    paid_on = _filled(counted, "payments", "paid_on")
    if not _rising(paid_on, start) or not _ties_in_order(counted, paid_on):
        place = pl.Series("_place", np.repeat(np.arange(len(ids)), np.diff(start)))
        ties = ["payment_id"] if "payment_id" in counted.columns else []
        counted = counted.with_columns(place).sort("_place", "paid_on", *ties, maintain_order=not ties)
    return start, counted


def _penalties(dues: pl.DataFrame) -> columns.Int64:
    """Penalties that the lender charged itself; nothing where there are none, which is faster."""
    if "penalty_minor" not in dues.columns or not (dues["penalty_minor"] != 0).any():
        return np.zeros(0, np.int64)
    return _filled(dues.with_columns(pl.col("penalty_minor").fill_null(0)), "instalments", "penalty_minor")


def _channels(
    payments: pl.DataFrame, start: columns.Int64, known: Sequence[Policy], policy_of: npt.NDArray[np.int16]
) -> npt.NDArray[np.int16]:
    """Each payment's place among the channels of its account's policy; nothing when no policy has any."""
    if not any(policy.channels for policy in known):
        return np.zeros(0, np.int16)
    if "channel" not in payments.columns:
        return np.zeros(payments.height, np.int16)
    mine = policy_of[np.repeat(np.arange(len(policy_of)), np.diff(start))]
    places = np.zeros(payments.height, np.int16)
    for index, policy in enumerate(known):
        for place, one in enumerate(policy.channels, 1):
            places[(payments["channel"] == one.channel).fill_null(False).to_numpy() & (mine == index)] = place
    return places


def _ties_in_order(payments: pl.DataFrame, paid_on: npt.NDArray[Any]) -> bool:
    """Are payments of one account on one day ordered by identifier? Only tables of the lake may come without it."""
    if "payment_id" not in payments.columns:
        return True
    second = np.flatnonzero(paid_on[1:] == paid_on[:-1]) + 1
    these, those = payments[second], payments[second - 1]
    same = these["account_id"] == those["account_id"]
    return not (same & (these["payment_id"] < those["payment_id"])).any()


def _pauses(
    pauses: pl.DataFrame | None, ids: pl.Series, known: Sequence[Policy], policy_of: npt.NDArray[np.int16]
) -> tuple[columns.Int64, columns.Int64]:
    if pauses is None or not pauses.height:
        return np.zeros(len(ids) + 1, np.int64), np.zeros((0, 3), np.int64)
    start, held = _by_account(pauses, ids, "pauses")
    place = np.repeat(np.arange(len(ids)), np.diff(start))
    held = held.with_columns(pl.Series("_place", place)).sort("_place", "from_on", maintain_order=True)
    bits = np.zeros(held.height, np.int64)
    for index, policy in enumerate(known):
        stops = sum(
            held["reason"].is_in(sorted(reasons)).fill_null(False).cast(pl.Int64).to_numpy() * bit
            for reasons, bit in (
                (policy.stop_ageing, packing.STOPS_AGEING),
                (policy.stop_penalty, packing.STOPS_PENALTY),
            )
        )
        bits = np.where(policy_of[place] == index, stops, bits)
    from_on = _filled(held, "pauses", "from_on").astype(np.int64)
    to_on = held["to_on"].to_physical().cast(pl.Int64).fill_null(LAST_DAY).to_numpy()
    return start, np.ascontiguousarray(np.stack([from_on, to_on, bits], axis=1))
