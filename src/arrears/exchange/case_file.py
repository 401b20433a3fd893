"""What does one customer owe, instalment by instalment, and which payment settled what? For the desk and the portal.

Called by pages. It reads that customer's rows of the lake and the payments only the books have, folds each account
with the night's kernel, and returns frozen rows; it writes nothing and asks no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions import batches, isolation, positions
from arrears.exchange import customer_book
from arrears.records.ledger.models import Payment
from arrears.rules.ageing import one, reading

TAPE = "TAPE"


@dataclass(frozen=True)
class Settled:
    """So much of one payment went to one component of one instalment."""

    payment_id: str
    number: int
    component: str
    amount_minor: int


@dataclass(frozen=True)
class PaymentLine:
    """A payment as it is known; counts: at the date of the file, by batches.that_count."""

    payment_id: str
    paid_on: date
    amount_minor: int
    channel: str
    source: str
    reverses: str | None
    reversed_by: str | None
    counts: bool
    settled: tuple[Settled, ...]
    surplus_minor: int


@dataclass(frozen=True)
class InstalmentLine:
    """An instalment as scheduled, what is left of it, and what settled it."""

    state: one.InstalmentState
    settled: tuple[Settled, ...]


@dataclass(frozen=True)
class AccountFile:
    """One account at a date. position is None, and `broken` says why, where its data cannot be aged."""

    account_id: str
    product_code: str
    currency: str
    opened_on: date
    principal_minor: int
    status: str
    position: one.Position | None
    instalments: tuple[InstalmentLine, ...]
    payments: tuple[PaymentLine, ...]
    broken: str = ""


def account_files(customer_id: str, *, as_of: date, lake: Path, products: reading.Products) -> tuple[AccountFile, ...]:
    """Every account of a customer at a date, by opening date.

    as_of   : business date; payments value-dated later are shown and do not count
    returns : () when the lake does not know the customer; in each file, for every payment that counts,
              sum(settled) + surplus_minor == amount_minor
    """
    tables = customer_book.read(customer_id, lake=lake)
    sources = dict(Payment.objects.filter(customer_id=customer_id).values_list("payment_id", "source"))
    accounts = tables["accounts"].filter(pl.col("opened_on") <= as_of).sort("opened_on", "account_id")
    return tuple(_file(row, tables, sources, products=products, as_of=as_of) for row in accounts.iter_rows(named=True))


def _file(
    row: dict[str, object],
    tables: customer_book.Tables,
    sources: dict[str, str],
    *,
    products: reading.Products,
    as_of: date,
) -> AccountFile:
    account_id = str(row["account_id"])
    known = tables["payments"].filter(pl.col("account_id") == account_id).sort("paid_on", "payment_id")
    try:
        aged: one.Aged | None = positions.file_of(tables, account_id, policies=products, as_of=as_of)
        broken = ""
    except isolation.DATA_FAULTS as fault:
        aged, broken = None, str(fault)
    settled = [
        Settled(part.payment_id, part.number, part.component.name.lower(), part.amount_minor)
        for part in (aged.allocations if aged else ())
    ]
    return AccountFile(
        account_id=account_id,
        product_code=str(row["product_code"]),
        currency=str(row["currency"]),
        opened_on=row["opened_on"],  # type: ignore[arg-type]
        principal_minor=int(row["principal_minor"]),  # type: ignore[call-overload]
        status=str(row["status"] or ""),
        position=aged.position if aged else None,
        instalments=tuple(
            InstalmentLine(state, tuple(one for one in settled if one.number == state.due.number))
            for state in (aged.instalments if aged else ())
        ),
        payments=_payments(known, settled, sources, as_of=as_of),
        broken=broken,
    )


def _payments(
    known: pl.DataFrame, settled: list[Settled], sources: dict[str, str], *, as_of: date
) -> tuple[PaymentLine, ...]:
    reversals = {
        row["reverses"]: row["payment_id"]
        for row in known.iter_rows(named=True)
        if row["reverses"] and row["paid_on"] <= as_of
    }
    counted = set(batches.that_count(known, as_of=as_of)["payment_id"])
    lines = []
    for row in known.iter_rows(named=True):
        mine = tuple(part for part in settled if part.payment_id == row["payment_id"])
        counts = row["payment_id"] in counted
        used = sum(part.amount_minor for part in mine)
        lines.append(
            PaymentLine(
                payment_id=row["payment_id"],
                paid_on=row["paid_on"],
                amount_minor=row["amount_minor"],
                channel=row["channel"] or "",
                source=sources.get(row["payment_id"], TAPE),
                reverses=row["reverses"],
                reversed_by=reversals.get(row["payment_id"]),
                counts=counts,
                settled=mine,
                surplus_minor=row["amount_minor"] - used if counts else 0,
            )
        )
    return tuple(lines)
