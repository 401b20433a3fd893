"""What earlier tapes have already said: asked when a tape brings only changes, or contradicts what is stored.

The lake answers through `lake.memory`; `Nothing` answers for the first tape and for commands without a lake.
"""

from __future__ import annotations

from typing import Protocol

import polars as pl

ACCOUNTS = {"account_id": pl.String, "customer_id": pl.String, "currency": pl.String, "opened_on": pl.Date}
#: currency: of the customer's first account; null without one.
CUSTOMERS = {"customer_id": pl.String, "region_code": pl.String, "currency": pl.String}
PAYMENTS = {
    "payment_id": pl.String,
    "account_id": pl.String,
    "paid_on": pl.Date,
    "amount_minor": pl.Int64,
    "reverses": pl.String,
}


#: What the books hold of a payment that they took themselves.
OWN_PAYMENTS = {"payment_id": pl.String, "own_account_id": pl.String, "own_minor": pl.Int64}


class Known(Protocol):
    """The state of the tape before this one, and the payments that the books took themselves."""

    def own_payments(self) -> pl.DataFrame:
        """All of them; columns of OWN_PAYMENTS."""
        ...

    def accounts(self, account_ids: pl.Series) -> pl.DataFrame:
        """Those of the accounts that are stored; columns of ACCOUNTS."""
        ...

    def customers(self, customer_ids: pl.Series) -> pl.DataFrame:
        """Those of the customers that are stored; columns of CUSTOMERS."""
        ...

    def payments(self, payment_ids: pl.Series) -> pl.DataFrame:
        """Stored payments with one of the ids, and stored reversals of one of them; columns of PAYMENTS."""
        ...

    def moved_payments(self, payments: pl.DataFrame) -> pl.Series:
        """Of payments (payment_id, account_id, customer_id): the ids that are stored under another account."""
        ...

    def has_nameless_doubts(self) -> bool:
        """Were rows set aside of accounts that no tape has brought soundly yet?"""
        ...


class Nothing:
    """No earlier tape."""

    def own_payments(self) -> pl.DataFrame:
        return pl.DataFrame(schema=OWN_PAYMENTS)

    def accounts(self, account_ids: pl.Series) -> pl.DataFrame:
        return pl.DataFrame(schema=ACCOUNTS)

    def customers(self, customer_ids: pl.Series) -> pl.DataFrame:
        return pl.DataFrame(schema=CUSTOMERS)

    def payments(self, payment_ids: pl.Series) -> pl.DataFrame:
        return pl.DataFrame(schema=PAYMENTS)

    def moved_payments(self, payments: pl.DataFrame) -> pl.Series:
        return pl.Series("payment_id", [], dtype=pl.String)

    def has_nameless_doubts(self) -> bool:
        return False
