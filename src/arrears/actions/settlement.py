"""What taking, reversing and writing off have in common: what is settled, the journal, and letting go of a case.

Called by those actions inside their transaction; nothing else changes money in the books.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from arrears.actions import house
from arrears.decisions import isolation, night_policy, positions
from arrears.exchange import case_refresh, customer_book
from arrears.records.audit import operations as audit
from arrears.records.cases import operations as cases
from arrears.records.contacts import operations as contacts
from arrears.records.ledger import operations as ledger
from arrears.records.placements import operations as placements
from arrears.records.webhooks import operations as webhooks
from arrears.records.writeoffs import told as recoveries
from arrears.records.writeoffs.models import WriteOff, WriteOffStatus
from arrears.rules import postings
from arrears.rules.ageing import one

#: Minor units by component.
Parts = dict[str, int]


@dataclass(frozen=True)
class LetGo:
    """What changed around a customer after money moved."""

    closed_case_ids: tuple[str, ...]
    contacts_cancelled: int
    followed_case_id: str = ""  # the closed case that shows what is owed, where none is open


def chart() -> postings.Chart:
    """The chart of accounts of this installation."""
    return _chart(house.here().policies)


@lru_cache(maxsize=4)
def _chart(folder: Path) -> postings.Chart:
    return postings.read_chart(folder / "charts" / "cn.toml")


def of(tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> dict[str, int]:
    """How much of each component all payments together have settled by `as_of`.

    returns : zeros when the account cannot be aged: its money stands as surplus until its data is mended
    """
    state = _state(tables, account, as_of)
    return customer_book.settled(state) if state else dict.fromkeys(postings.COMPONENTS, 0)


def moved_by(payment_id: str, tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> Parts:
    """How much of each component is settled because of one payment of these tables, or one reversal (then below zero).

    A payment that was taken back is told as if it had not been.
    """
    payments = tables["payments"].filter(pl.col("reverses").ne_missing(payment_id))
    without = payments.filter(pl.col("payment_id") != payment_id)
    before, after = (of({**tables, "payments": rows}, account, as_of=as_of) for rows in (without, payments))
    return {name: after[name] - before[name] for name in after}


def position_of(tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> one.Position | None:
    """Where the account stands at `as_of`; None when its data cannot be aged."""
    state = _state(tables, account, as_of)
    return state.position if state else None


def _state(tables: customer_book.Tables, account: customer_book.Account, as_of: date) -> one.Aged | None:
    products = night_policy.load(house.here().policies).products
    try:
        return positions.file_of(tables, account.account_id, policies=products, as_of=as_of)
    except isolation.DATA_FAULTS:
        return None


def written_off_minor(account_id: str) -> int:
    """What of this account was written off, supplements included; 0 when it does not stand written off."""
    posted = WriteOff.objects.filter(account_id=account_id, status=WriteOffStatus.POSTED)
    return sum(each.total_minor for each in posted)


def journal_payment(
    payment_id: str,
    account: customer_book.Account,
    amount_minor: int,
    parts: Mapping[str, int],
    *,
    effective_on: date,
    at: datetime,
    actor: str,
) -> None:
    """Append the entry of a payment: a recovery when its account stood written off before it."""
    event: postings.Event = postings.PaymentTaken(amount_minor, parts)
    if written_off_minor(account.account_id) and not counted_before(payment_id, account):
        settled = sum(parts.values())
        event = postings.RecoveryTaken(amount_minor, settled, memo_lowered(account, settled))
    journal("payment.taken", event, payment_id, account, effective_on=effective_on, at=at, actor=actor)


def journal_reversal(
    reversal_id: str,
    payment_id: str,
    account: customer_book.Account,
    amount_minor: int,
    parts: Mapping[str, int],
    *,
    effective_on: date,
    at: datetime,
    actor: str,
) -> None:
    """Append the entry that takes a payment back on the ledger accounts where it was booked.

    What was paid before the write-off went to the receivables, what came after it did not.
    """
    event: postings.Event = postings.PaymentReversed(amount_minor, parts)
    if written_off_minor(account.account_id) and not was_receivable(payment_id):
        settled = sum(parts.values())
        event = postings.RecoveryReversed(amount_minor, settled, -memo_lowered(account, -settled))
    journal("payment.reversed", event, reversal_id, account, effective_on=effective_on, at=at, actor=actor)


def was_receivable(payment_id: str) -> bool:
    """Did a payment settle what then stood on the balance sheet, and not what had been written off?"""
    receivables = [chart().codes[component] for component in postings.COMPONENTS]
    return ledger.moved(reference=payment_id, ledger_accounts=receivables)


def memo_raised(account: customer_book.Account, supplement_minor: int) -> int:
    """By how much the memorandum rises as so much more of a debt is written off of which some may be recovered."""
    written_off, recovered = written_off_minor(account.account_id), _recovered_minor(account)
    after = postings.still_claimed(written_off + supplement_minor, recovered)
    return after - postings.still_claimed(written_off, recovered)


def counted_before(payment_id: str, account: customer_book.Account) -> bool:
    """Did the write-off of this account count a payment already, so that it is no recovery?"""
    return any(payment_id in (one.counted or ()) for one in recoveries.posted([account.account_id]))


def _recovered_minor(account: customer_book.Account) -> int:
    booked = -ledger.balance(account_id=account.account_id, ledger_account=chart().codes["recovery"])
    return booked + recoveries.recovered_minor(account.account_id)


def memo_lowered(account: customer_book.Account, settled_minor: int) -> int:
    """By how much the memorandum of a written-off account falls as so much more of its debt is settled."""
    return postings.memo_lowered(
        written_off_minor=written_off_minor(account.account_id),
        recovered_minor=_recovered_minor(account),
        settled_minor=settled_minor,
    )


def journal(
    kind: str,
    event: postings.Event,
    reference: str,
    account: customer_book.Account,
    *,
    effective_on: date,
    at: datetime,
    actor: str,
) -> str:
    """Append the event's entry by its recipe; returns entry_id."""
    return ledger.append(
        kind=kind,
        reference=reference,
        account_id=account.account_id,
        currency=account.currency,
        lines=postings.recipe(event, chart=chart()),
        effective_on=effective_on,
        at=at,
        actor=actor,
    )


def let_go(
    tables: customer_book.Tables,
    account: customer_book.Account,
    *,
    reason: str,
    reference: str,
    as_of: date,
    at: datetime,
    actor: str,
) -> LetGo:
    """Bring the customer's cases up to date, cancel what was planned on the old amounts, tell partners of closings.

    Every planned contact goes, also when something is left to pay: its text would state an amount that is no longer
    owed. The next night plans anew from what is. While a night is between its books and its end the books' clock still
    stands at the day before: a case never goes back to that.

    reason, reference : what moved the money, and the payment, reversal or write-off that did; the audit keeps both
    """
    as_of = max(as_of, cases.shown_on(account.customer_id) or as_of)
    brought = case_refresh.refresh(
        customer_id=account.customer_id,
        tables=tables,
        policy=night_policy.load(house.here().policies),
        as_of=as_of,
        at=at,
        actor=actor,
    )
    cancelled = contacts.cancel(customer_id=account.customer_id, reason=reason, at=at, actor=actor)
    for case_id in brought.closed_ids:
        audit.record(
            "case.closed",
            subject=case_id,
            actor=actor,
            at=at,
            before="OPEN",
            after="CLOSED",
            as_of=as_of.isoformat(),
            reason=reason,
            reference=reference,
        )
    placements.end_of_closed(case_ids=brought.closed_ids, ended_on=as_of, at=at, actor=actor)
    announce_closed(brought.closed_ids, as_of=as_of, at=at)
    return LetGo(brought.closed_ids, len(cancelled), brought.followed.get(account.currency, ""))


def announce_closed(case_ids: Sequence[str], *, as_of: date, at: datetime) -> None:
    """Tell partners of cases that closed, in the same words by day and by night."""
    webhooks.announce(
        [webhooks.Notice("case.closed", each, {"case_id": each, "as_of": as_of.isoformat()}) for each in case_ids],
        at=at,
    )
