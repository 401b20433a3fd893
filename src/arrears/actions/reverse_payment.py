"""Take back a payment that failed or was wrong: the account stands as if it had never been made.

Called by the API and the console. A case is not re-opened by day: the next night opens one from the position, as for
every other debt. An open case shows the new amounts at once, and so does a closed one, with an event that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from arrears.actions import house, judge_promises, settlement, told_recoveries, write_off_debt
from arrears.actions.take_payment import PaymentDiffers, names_nobody
from arrears.exchange import customer_book
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as audit_queries
from arrears.records.cases import operations as cases
from arrears.records.cases.queries import MONEY_WENT_BACK
from arrears.records.contacts import outbox
from arrears.records.ledger.models import Payment, PaymentSource
from arrears.records.webhooks import operations as webhooks

#: Why a payment is taken back.
REASONS = ("RETURNED", "DUPLICATE", "WRONG_ACCOUNT", "WRONG_AMOUNT", "OTHER")

#: Who brought a payment that only a tape told.
TAPE_ACTOR = "tape"


class UnableToReverse(Refusal):
    code = "unable_to_reverse"
    message = "Payment {payment_id} cannot be reversed."


class NoSuchPayment(UnableToReverse):
    code = "no_such_payment"
    message = "Payment {payment_id} cannot be reversed: the account has no such payment."


class PaymentIsAReversal(UnableToReverse):
    code = "payment_is_a_reversal"
    message = "Payment {payment_id} cannot be reversed: it is itself a reversal."


class PaymentReversedAlready(UnableToReverse):
    code = "payment_reversed_already"
    message = "Payment {payment_id} cannot be reversed: it is reversed already."


class UnknownReason(InvalidInput):
    code = "unknown_reversal_reason"
    message = "There is no reason {reason}."


@dataclass(frozen=True)
class Foreseen:
    """What a reversal would do on a date: what is owed again by component, and where the account would stand.

    Overdue amounts and days past due are None where the account's data cannot be aged.
    """

    payment_id: str
    account_id: str
    currency: str
    paid_on: date
    amount_minor: int
    parts: dict[str, int]
    overdue_minor: tuple[int, int] | None
    dpd: tuple[int, int] | None


@dataclass(frozen=True)
class Reversed:
    """What a reversal did. is_new False: it was known, nothing changed, and parts are those of the first time."""

    reversal_id: str
    payment_id: str
    customer_id: str
    is_new: bool
    parts: dict[str, int]
    surplus_minor: int

    @property
    def owed_again(self) -> dict[str, int]:
        return owed_again(self.parts)

    @property
    def settled_by_others(self) -> dict[str, int]:
        return settled_by_others(self.parts)


def owed_again(parts: Mapping[str, int]) -> dict[str, int]:
    """Of what a reversal undoes: the components of which less is settled than before."""
    return {name: minor for name, minor in parts.items() if minor > 0}


def settled_by_others(parts: Mapping[str, int]) -> dict[str, int]:
    """The components of which more is settled than before: with this payment gone, other payments reach them.

    A penalty on what stayed unpaid, for example, which a later payment now settles before the principal.
    """
    return {name: -minor for name, minor in parts.items() if minor < 0}


def foresee(*, payment_id: str, account_id: str, as_of: date) -> Foreseen:
    """What would happen if this payment were reversed today; writes nothing.

    returns : Foreseen; each pair is (now, then)
    raises  : UnableToReverse, customer_book.UnknownAccount
    """
    lake = house.here().lake
    account = customer_book.find_account(account_id, lake=lake)
    tables = customer_book.read(account.customer_id, lake=lake)
    row = _told(payment_id, account, tables["payments"])
    undo = tables["payments"].filter(pl.col("payment_id") == payment_id)
    undo = undo.with_columns(payment_id=pl.lit(""), reverses=pl.lit(payment_id), paid_on=pl.lit(as_of))
    without = {**tables, "payments": pl.concat([tables["payments"], undo])}
    before, after = settlement.of(tables, account, as_of=as_of), settlement.of(without, account, as_of=as_of)
    now, then = (settlement.position_of(each, account, as_of=as_of) for each in (tables, without))
    return Foreseen(
        payment_id=payment_id,
        account_id=account_id,
        currency=account.currency,
        paid_on=row["paid_on"],
        amount_minor=row["amount_minor"],
        parts={name: before[name] - after[name] for name in after},
        overdue_minor=(now.overdue.total_minor, then.overdue.total_minor) if now and then else None,
        dpd=(now.dpd, then.dpd) if now and then else None,
    )


@transaction.atomic
def reverse_payment(
    *,
    reversal_id: str,
    payment_id: str,
    account_id: str,
    source: str,
    as_of: date,
    at: datetime,
    actor: str,
    reason: str = "OTHER",
) -> Reversed:
    """Reverse one payment of an account, on the business date `as_of`.

    reversal_id : names the reversal; told again with the same content it changes nothing
    payment_id  : the payment taken back, from the books or from a tape
    reason      : one of REASONS
    returns     : Reversed; parts are what is settled less than before, component by component
    raises      : UnableToReverse, UnknownReason, PaymentDiffers, PaymentNamesAPerson, customer_book.UnknownAccount
    """
    if reason not in REASONS:
        raise UnknownReason(reason=reason)
    lake = house.here().lake
    account = customer_book.find_account(account_id, lake=lake)
    outbox.lock([account.customer_id])
    tables = customer_book.read(account.customer_id, lake=lake)
    known = Payment.objects.filter(payment_id=reversal_id).first()
    if known is not None:
        if known.reverses_id != payment_id or known.account_id != account_id:
            raise PaymentDiffers(payment_id=reversal_id)
        return _reversed(known, _undone_then(reversal_id, account, tables, as_of), is_new=False)
    names_nobody(reversal_id)
    told_recoveries.tell_account(tables, account, as_of=as_of, at=at, actor=actor)
    original, is_new = _original(payment_id, account, tables["payments"], at=at)
    if customer_book.account_of_payment(reversal_id, lake=lake) is not None:
        raise PaymentDiffers(payment_id=reversal_id)
    before = settlement.of(tables, account, as_of=as_of)
    made = Payment.objects.create(
        payment_id=reversal_id,
        account_id=account_id,
        customer_id=account.customer_id,
        paid_on=as_of,
        booked_at=at,
        amount_minor=original.amount_minor,
        currency=original.currency,
        channel=original.channel,
        reverses=original,
        source=source,
        actor=actor,
    )
    tables = customer_book.read_on(tables, account.customer_id)
    after = settlement.of(tables, account, as_of=as_of)
    parts = {name: before[name] - after[name] for name in after}
    _journal(reversal_id, original, account, parts, is_new=is_new, as_of=as_of, at=at, actor=actor)
    change = settlement.let_go(
        tables, account, reason="payment reversed", reference=reversal_id, as_of=as_of, at=at, actor=actor
    )
    facts = {"payment_id": payment_id, "reversal_id": reversal_id, "amount_minor": original.amount_minor}
    if change.followed_case_id:
        cases.record_event(case_id=change.followed_case_id, kind=MONEY_WENT_BACK, at=at, actor=actor, data={**facts})
    facts |= {"reason": reason}
    audit.record(
        "payment.reversed", subject=account.customer_id, actor=actor, at=at, before="", after="", parts=parts, **facts
    )
    webhooks.announce([webhooks.Notice("payment.reversed", reversal_id, facts)], at=at)
    judge_promises.judge_kept_by_reversal(
        account_id=account_id, paid_on=original.paid_on, as_of=as_of, at=at, actor=actor
    )
    return _reversed(made, parts, is_new=True)


def _reversed(made: Payment, parts: settlement.Parts, *, is_new: bool) -> Reversed:
    surplus_minor = made.amount_minor - sum(parts.values())
    return Reversed(made.payment_id, str(made.reverses_id), made.customer_id, is_new, parts, surplus_minor)


def _journal(
    reversal_id: str,
    original: Payment,
    account: customer_book.Account,
    parts: settlement.Parts,
    *,
    is_new: bool,
    as_of: date,
    at: datetime,
    actor: str,
) -> None:
    """Book what goes back where it was booked; of a recovery that only a tape told, the memorandum alone."""
    payment_id, amount = original.payment_id, original.amount_minor
    if told_recoveries.was_told(payment_id):
        told_recoveries.lower_memo(reversal_id, account, -sum(parts.values()), effective_on=as_of, at=at, actor=actor)
        return
    if is_new:  # the journal knows nothing of it yet; what goes back now is what then came in
        settlement.journal_payment(
            payment_id, account, amount, parts, effective_on=original.paid_on, at=at, actor=actor
        )
    settlement.journal_reversal(reversal_id, payment_id, account, amount, parts, effective_on=as_of, at=at, actor=actor)
    if any(parts.values()) and settlement.was_receivable(payment_id):
        write_off_debt.propose_supplement(
            parts,
            account_id=account.account_id,
            payment_id=payment_id,
            reversal_id=reversal_id,
            as_of=as_of,
            at=at,
            actor=actor,
        )


def _undone_then(
    reversal_id: str, account: customer_book.Account, tables: customer_book.Tables, as_of: date
) -> settlement.Parts:
    """What a known reversal undid when it was made."""
    told = audit_queries.facts_of(account.customer_id, "payment.reversed", key="reversal_id", fact="parts")
    if reversal_id in told:
        return dict(told[reversal_id])
    moved = settlement.moved_by(reversal_id, tables, account, as_of=as_of)
    return {name: -minor for name, minor in moved.items()}


def _told(payment_id: str, account: customer_book.Account, payments: pl.DataFrame) -> dict[str, Any]:
    """The payment as lake and books know it, if it can be taken back."""
    told = payments.filter(pl.col("payment_id") == payment_id, pl.col("account_id") == account.account_id)
    if told.is_empty():
        raise NoSuchPayment(payment_id=payment_id)
    row = told.row(0, named=True)
    if row["reverses"] is not None:
        raise PaymentIsAReversal(payment_id=payment_id)
    if not payments.filter(pl.col("reverses") == payment_id).is_empty():
        raise PaymentReversedAlready(payment_id=payment_id)
    return row


def _original(
    payment_id: str, account: customer_book.Account, payments: pl.DataFrame, *, at: datetime
) -> tuple[Payment, bool]:
    """The payment to take back; one that only a tape told enters the books first, so that the reversal can name it."""
    row = _told(payment_id, account, payments)
    return Payment.objects.get_or_create(
        payment_id=payment_id,
        defaults={
            "account_id": account.account_id,
            "customer_id": account.customer_id,
            "paid_on": row["paid_on"],
            "booked_at": at,
            "amount_minor": row["amount_minor"],
            "currency": account.currency,
            "channel": row["channel"] or "",
            "source": PaymentSource.TAPE,
            "actor": TAPE_ACTOR,
        },
    )
