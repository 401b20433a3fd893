"""Tapes to measure ageing on: a seeded book of instalment loans, most paid on time, some late, some short.

Called by the ageing benches only. Twelve monthly instalments, six of them due, six payments an account; the same
seed gives the same book.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.rules.ageing import columns

INSTALMENTS, PAYMENTS = 12, 6
AS_OF = date(2026, 11, 1)
AS_OF_DAY = (AS_OF - date(1970, 1, 1)).days
#: What a late payer is shown beside the instalment, roughly; money itself is never computed from it.
PENALTY_DAILY = 0.00065
#: Shares of payments that come late and that are only half of what is due.
LATE, SHORT = 0.15, 0.02

Book = dict[str, npt.NDArray[np.int64]]


def book(accounts: int, seed: int) -> Book:
    """due, paid_on : (accounts, rows) days; principal, interest, amount : (accounts, rows) minor units."""
    rng = np.random.default_rng(seed)
    first = AS_OF_DAY - rng.integers(151, 180, accounts)
    due = first[:, None] + 30 * np.arange(INSTALMENTS)
    principal = np.repeat(rng.integers(20_000, 200_000, accounts)[:, None], INSTALMENTS, axis=1)
    interest = principal // 50
    shape = (accounts, PAYMENTS)
    delay = np.where(rng.random(shape) < LATE, rng.geometric(0.06, shape), -rng.integers(0, 3, shape))
    owed = (principal + interest)[:, :PAYMENTS]
    with_penalty = owed + (principal[:, :PAYMENTS] * np.maximum(delay, 0) * PENALTY_DAILY).astype(np.int64) + 1
    amount = np.where(rng.random(shape) < SHORT, owed // 2, np.where(delay > 3, with_penalty, owed))
    paid_on = np.minimum(np.sort(due[:, :PAYMENTS] + delay, axis=1), AS_OF_DAY)
    return {"due": due, "principal": principal, "interest": interest, "paid_on": paid_on, "amount": amount}


def columns_of(made: Book) -> columns.Accounts:
    """The book as the kernel takes it."""
    accounts = len(made["due"])
    return columns.Accounts(
        due_start=np.arange(accounts + 1, dtype=np.int64) * INSTALMENTS,
        due_on=made["due"].ravel().astype(np.int32),
        principal=made["principal"].ravel(),
        interest=made["interest"].ravel(),
        fee=np.zeros(accounts * INSTALMENTS, np.int64),
        pay_start=np.arange(accounts + 1, dtype=np.int64) * PAYMENTS,
        paid_on=made["paid_on"].ravel().astype(np.int32),
        amount=made["amount"].ravel(),
        pause_start=np.zeros(accounts + 1, np.int64),
        pauses=np.zeros((0, 3), np.int64),
    )


def write_lake(folder: Path, accounts: int, parts: int) -> None:
    """A lake-form tape of so many accounts in so many parts, a hundred thousand identifiers' width each."""
    each = accounts // parts
    for part in range(parts):
        made = book(each, seed=part)
        number = np.arange(each) + part * each
        account = pl.Series(number).cast(pl.String).str.zfill(12)
        customer = "C" + pl.Series(number // 2).cast(pl.String).str.zfill(11)
        _write(folder, "accounts", part, _accounts(account, customer))
        _write(folder, "instalments", part, _instalments(account, customer, made))
        _write(folder, "payments", part, _payments(account, customer, made))


def _write(folder: Path, table: str, part: int, frame: pl.DataFrame) -> None:
    to = folder / table / f"as_of={AS_OF}" / f"part={part:02d}"
    to.mkdir(parents=True)
    frame.write_parquet(to / "data.parquet", compression="lz4")


def _accounts(account: pl.Series, customer: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"account_id": account, "customer_id": customer}).with_columns(
        product_code=pl.lit("cash_loan_cn"), currency=pl.lit("CNY")
    )


def _instalments(account: pl.Series, customer: pl.Series, made: Book) -> pl.DataFrame:
    rows = np.repeat(np.arange(len(account)), INSTALMENTS)
    return pl.DataFrame(
        {
            "account_id": account.gather(rows),
            "customer_id": customer.gather(rows),
            "number": np.tile(np.arange(1, INSTALMENTS + 1, dtype=np.int32), len(account)),
            "due_on": pl.Series(made["due"].ravel().astype(np.int32)).cast(pl.Date),
            "principal_minor": made["principal"].ravel(),
            "interest_minor": made["interest"].ravel(),
            "fee_minor": np.zeros(len(rows), np.int64),
        }
    )


def _payments(account: pl.Series, customer: pl.Series, made: Book) -> pl.DataFrame:
    rows = np.repeat(np.arange(len(account)), PAYMENTS)
    return pl.DataFrame(
        {
            "payment_id": account.gather(rows)
            + "-"
            + pl.Series(np.tile(np.arange(PAYMENTS), len(account))).cast(pl.String),
            "account_id": account.gather(rows),
            "customer_id": customer.gather(rows),
            "paid_on": pl.Series(made["paid_on"].ravel().astype(np.int32)).cast(pl.Date),
            "amount_minor": made["amount"].ravel(),
            "reverses": pl.Series([None] * len(rows), dtype=pl.String),
        }
    )
