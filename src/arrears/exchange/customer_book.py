"""What do lake and books together say of one customer? The tape's rows, and the payments only the books have.

Called by the case desk's actions and pages. Reads only that customer's rows; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions import engines, pipeline
from arrears.decisions.lake import Lake
from arrears.exchange import facts_out
from arrears.kernel.errors import NotFound
from arrears.records.cases.models import CaseAccount
from arrears.rules.ageing import one

Tables = dict[str, pl.DataFrame]


class UnknownAccount(NotFound):
    code = "unknown_account"
    message = "There is no account {account_id}."


@dataclass(frozen=True)
class Account:
    """One account as the tape has it."""

    account_id: str
    customer_id: str
    product_code: str
    currency: str
    opened_on: date


def find_account(account_id: str, *, lake: Path) -> Account:
    """Whose account is it? Asked of the books first, where every account in a case stands by identifier.

    raises : UnknownAccount
    """
    in_case = CaseAccount.objects.filter(account_id=account_id).select_related("case").first()
    store, tape_on = _tape(lake)
    customer_id = in_case.case.person_id if in_case else _owner(account_id, store, tape_on)
    accounts = store.read_customer("accounts", tape_on, customer_id).filter(pl.col("account_id") == account_id)
    if accounts.is_empty():
        raise UnknownAccount(account_id=account_id)
    row = accounts.row(0, named=True)
    return Account(account_id, customer_id, row["product_code"], row["currency"], row["opened_on"])


def _tape(root: Path) -> tuple[Lake, date]:
    return Lake(root), date.fromisoformat(engines.newest_tape(root).as_of)


def _owner(account_id: str, store: Lake, tape_on: date) -> str:
    found = store.read_where("accounts", tape_on, pl.col("account_id") == account_id, ["customer_id"])
    if found.is_empty():
        raise UnknownAccount(account_id=account_id)
    return str(found.item(0, 0))


def account_of_payment(payment_id: str, *, lake: Path) -> str | None:
    """The account on which the newest tape tells of a payment, whoever's it is; None when it tells of none."""
    try:
        store, tape_on = _tape(lake)
    except engines.NoTape:
        return None
    found = store.read_where("payments", tape_on, pl.col("payment_id") == payment_id, ["account_id"])
    return None if found.is_empty() else str(found.item(0, 0))


def read(customer_id: str, *, lake: Path) -> Tables:
    """The tape's tables for one customer, with every payment that the books have too."""
    store, tape_on = _tape(lake)
    tables = {name: store.read_customer(name, tape_on, customer_id) for name in ("customers", "accounts", *ROWS)}
    return read_on(tables, customer_id)


def read_on(tables: Tables, customer_id: str) -> Tables:
    """The same tables of the lake, with every payment that the books have by now."""
    booked = {"payments": facts_out.payments_of(customer_id)}
    return {**tables, "payments": pipeline.all_payments(tables, booked)}


ROWS = ("instalments", "payments", "pauses")


def settled(state: one.Aged) -> dict[str, int]:
    """How much all payments together settled of each component."""
    parts = dict.fromkeys(("principal", "interest", "fee", "penalty"), 0)
    for allocation in state.allocations:
        parts[allocation.component.name.lower()] += allocation.amount_minor
    return parts
