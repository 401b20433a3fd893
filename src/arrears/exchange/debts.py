"""Does a person still owe anything, and if not, since when? By the newest night and tape, and the books' payments.

Called by `actions.retain` and `actions.work_request`: nothing is deleted of whoever owes. An account that the newest
night could not age counts as owed, and so does one that came after it: what is not known holds data back, and loses
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions import engines
from arrears.decisions.lake import Lake
from arrears.decisions.night_files import NightFiles
from arrears.decisions.schemas import night
from arrears.kernel.errors import Refusal
from arrears.records.ledger.models import Payment

OUTSTANDING = [f"{component}_outstanding_minor" for component in night.COMPONENTS]


class DebtsUnknown(Refusal):
    code = "debts_unknown"
    message = "No night has been run yet, so nobody knows who owes: nothing is deleted."


@dataclass(frozen=True)
class Debt:
    """settled_on : the last payment of whoever owes nothing; None = they owe, or nobody knows"""

    owes: bool
    settled_on: date | None


def of_everybody(lake: Path) -> dict[str, Debt]:
    """Customer → their debt, for everybody who has or had an account; raises DebtsUnknown."""
    store, tape_on, night_on = _newest(lake)
    accounts = store.read("accounts", tape_on, columns=["account_id", "customer_id"])
    aged = NightFiles(lake).read("positions", night_on, columns=["account_id", *OUTSTANDING])
    paid = store.read("payments", tape_on, columns=["customer_id", "paid_on"])
    booked = Payment.objects.values_list("customer_id", "paid_on")
    return _told(accounts, aged, paid, list(booked))


def of_customer(customer_id: str, *, lake: Path) -> Debt | None:
    """The same of one customer; None when they never had an account."""
    store, tape_on, night_on = _newest(lake)
    accounts = store.read_customer("accounts", tape_on, customer_id).select("account_id", "customer_id")
    aged = store.read_customer("positions", night_on, customer_id).select("account_id", *OUTSTANDING)
    paid = store.read_customer("payments", tape_on, customer_id).select("customer_id", "paid_on")
    booked = Payment.objects.filter(customer_id=customer_id).values_list("customer_id", "paid_on")
    return _told(accounts, aged, paid, list(booked)).get(customer_id)


def are_owners_unknown(lake: Path) -> bool:
    """Does the newest tape hold accounts set aside of which nobody knows whose they are? Raises DebtsUnknown."""
    store, tape_on, _ = _newest(lake)
    if not store.parts("doubtful", tape_on):
        return False
    return bool(store.read("doubtful", tape_on, columns=["customer_id"])["customer_id"].null_count())


def _newest(lake: Path) -> tuple[Lake, date, date]:
    night_on = max(NightFiles(lake).nights(), default=None) if lake.is_dir() else None
    if night_on is None:
        raise DebtsUnknown
    return Lake(lake), date.fromisoformat(engines.newest_tape(lake).as_of), night_on


def _told(
    accounts: pl.DataFrame, aged: pl.DataFrame, paid: pl.DataFrame, booked: list[tuple[str, date]]
) -> dict[str, Debt]:
    owed = aged.select("account_id", left=pl.sum_horizontal(OUTSTANDING))
    owes = (
        accounts.join(owed, on="account_id", how="left")
        .group_by("customer_id")
        .agg(owes=(pl.col("left").fill_null(1) > 0).any())
    )
    days = pl.concat([paid, pl.DataFrame(booked, schema=paid.schema, orient="row")])
    last = days.group_by("customer_id").agg(settled_on=pl.col("paid_on").max())
    told = owes.join(last, on="customer_id", how="left")
    return {row[0]: Debt(row[1], None if row[1] else row[2]) for row in told.rows()}
