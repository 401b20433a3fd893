"""Follow what a written-off debt recovered where only a tape tells of it: the memorandum moves, once a payment.

Called by the night, and by a reversal before it takes a payment back, inside their transactions. The lender's own core
has booked the cash and what it did to its results; here stands what is still claimed (账销案存), which is less by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl

from arrears.actions import settlement, write_off_debt
from arrears.exchange import customer_book, tape_payments
from arrears.records.audit import operations as audit
from arrears.records.contacts import outbox
from arrears.records.ledger import queries as ledger
from arrears.records.writeoffs import told as recoveries
from arrears.rules import postings

KIND = "recovery.told"


def tell(*, lake: Path, as_of: date, at: datetime, actor: str) -> int:
    """Every written-off debt; returns how many payments and reversals were told. Told again, nothing changes."""
    debts = {one.account_id: one for one in recoveries.posted()}
    untold = _untold(tape_payments.on_accounts(debts, lake=lake, as_of=as_of), debts)
    accounts = untold["account_id"].unique().sort().to_list()
    outbox.lock({debts[account_id].customer_id for account_id in accounts})
    told = 0
    for account_id in accounts:
        account = customer_book.find_account(account_id, lake=lake)
        tables = customer_book.read(account.customer_id, lake=lake)
        told += tell_account(tables, account, as_of=as_of, at=at, actor=actor)
    return told


def tell_account(
    tables: customer_book.Tables, account: customer_book.Account, *, as_of: date, at: datetime, actor: str
) -> int:
    """One account, where it stands written off: each payment in turn, as if it came on top of those told before it."""
    debts = {one.account_id: one for one in recoveries.posted([account.account_id])}
    if not debts:
        return 0
    payments = tables["payments"].filter(pl.col("account_id") == account.account_id, pl.col("paid_on") <= as_of)
    untold = _untold(payments, debts).sort("paid_on", pl.col("reverses").is_not_null(), "payment_id")
    standing = tables["payments"].filter(~pl.col("payment_id").is_in(untold["payment_id"].implode()))
    before = settlement.of({**tables, "payments": standing}, account, as_of=as_of)
    told = 0
    for row in untold.iter_slices(1):
        standing = pl.concat([standing, row])
        after = settlement.of({**tables, "payments": standing}, account, as_of=as_of)
        parts = {name: after[name] - before[name] for name in after}
        before = after
        told += _tell_one(row.row(0, named=True), account, parts, as_of=as_of, at=at, actor=actor)
    return told


def _untold(rows: pl.DataFrame, debts: Mapping[str, recoveries.Posted]) -> pl.DataFrame:
    """The payments and reversals that neither their write-off counted nor anything told since."""
    known = recoveries.supplemented_by(rows["account_id"].unique())
    for account_id, debt in debts.items():
        known |= {*(_counted(debt, rows.filter(account_id=account_id)) if debt.counted is None else debt.counted)}
    rows = rows.filter(~pl.col("payment_id").is_in(pl.Series(sorted(known), dtype=pl.String).implode()))
    told = ledger.known_of(rows["payment_id"].to_list(), kind=KIND)
    return rows.filter(~pl.col("payment_id").is_in(pl.Series(sorted(told), dtype=pl.String).implode()))


def _counted(debt: recoveries.Posted, rows: pl.DataFrame) -> Sequence[str]:
    """What a write-off that kept no list counted: what was value-dated by its day; kept from now on."""
    posted_on = ledger.effective_on(kind="write_off.posted", reference=debt.write_off_id)
    before = rows if posted_on is None else rows.filter(pl.col("paid_on") <= posted_on)
    counted = before["payment_id"].to_list()
    recoveries.keep_counted(debt.account_id, counted)
    return counted


def _tell_one(
    row: Mapping[str, object],
    account: customer_book.Account,
    parts: settlement.Parts,
    *,
    as_of: date,
    at: datetime,
    actor: str,
) -> bool:
    payment_id, reverses = str(row["payment_id"]), row["reverses"]
    if not any(parts.values()):
        return False
    if reverses and settlement.counted_before(str(reverses), account):
        write_off_debt.propose_supplement(
            {name: -minor for name, minor in parts.items()},
            account_id=account.account_id,
            payment_id=str(reverses),
            reversal_id=payment_id,
            as_of=as_of,
            at=at,
            actor=actor,
        )
        return True
    lower_memo(payment_id, account, sum(parts.values()), effective_on=as_of, at=at, actor=actor)
    return True


def was_told(payment_id: str) -> bool:
    """Is a payment a recovery that only a tape told, so that no cash of it is booked here?"""
    return ledger.effective_on(kind=KIND, reference=payment_id) is not None


def lower_memo(
    payment_id: str, account: customer_book.Account, settled_minor: int, *, effective_on: date, at: datetime, actor: str
) -> None:
    """Move the memorandum alone by what a payment settled, or a reversal (then below zero), that the core booked."""
    memo_minor = settlement.memo_lowered(account, settled_minor)
    event = postings.RecoveryTold(memo_minor)
    settlement.journal(KIND, event, payment_id, account, effective_on=effective_on, at=at, actor=actor)
    recoveries.add_recovered(account.account_id, settled_minor)
    audit.record(
        KIND,
        subject=account.customer_id,
        actor=actor,
        at=at,
        payment_id=payment_id,
        account_id=account.account_id,
        settled_minor=settled_minor,
        memo_minor=memo_minor,
        currency=account.currency,
    )
