"""Take back a payment that failed or was wrong: the account stands as if it had never been made.

Called by the API and the console. A case is not re-opened by day: the next night opens one from the position, as for
every other debt; an open case shows the new amounts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import transaction

from arrears.actions import house, settlement
from arrears.actions.take_payment import PaymentDiffers
from arrears.exchange import customer_book
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.ledger.models import Payment, PaymentSource
from arrears.records.people.models import Person
from arrears.records.webhooks import operations as webhooks
from arrears.rules import postings


class UnableToReverse(Refusal):
    code = "unable_to_reverse"
    message = "Payment {payment_id} cannot be reversed: {why}."


@dataclass(frozen=True)
class Reversed:
    """What a reversal did. is_new False: it was known already and nothing changed."""

    reversal_id: str
    payment_id: str
    customer_id: str
    is_new: bool
    parts: dict[str, int]


@transaction.atomic
def reverse_payment(
    *, reversal_id: str, payment_id: str, account_id: str, source: str, as_of: date, at: datetime, actor: str
) -> Reversed:
    """Reverse one payment of an account, on the business date `as_of`.

    reversal_id : names the reversal; told again with the same content it changes nothing
    payment_id  : the payment taken back, from the books or from a tape
    returns     : Reversed; parts are what is un-settled, component by component
    raises      : UnableToReverse, PaymentDiffers, customer_book.UnknownAccount
    """
    lake = house.here().lake
    account = customer_book.find_account(account_id, lake=lake)
    Person.objects.select_for_update().get(customer_id=account.customer_id)
    tables = customer_book.read(account.customer_id, lake=lake)
    known = Payment.objects.filter(payment_id=reversal_id).first()
    if known is not None:
        if known.reverses_id != payment_id or known.account_id != account_id:
            raise PaymentDiffers(payment_id=reversal_id)
        return Reversed(reversal_id, payment_id, account.customer_id, False, {})
    original = _original(payment_id, account, tables["payments"], at=at, actor=actor)
    before = settlement.of(tables, account, as_of=as_of)
    Payment.objects.create(
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
    after = settlement.of(customer_book.read(account.customer_id, lake=lake), account, as_of=as_of)
    parts = {name: before[name] - after[name] for name in after}
    event = (
        postings.RecoveryReversed(original.amount_minor)
        if settlement.was_recovery(payment_id)
        else postings.PaymentReversed(original.amount_minor, parts)
    )
    settlement.journal("payment.reversed", event, reversal_id, account, effective_on=as_of, at=at, actor=actor)
    settlement.let_go(account, reason="payment reversed", as_of=as_of, at=at, actor=actor)
    facts = {"payment_id": payment_id, "reversal_id": reversal_id, "amount_minor": original.amount_minor}
    audit.record("payment.reversed", subject=account.customer_id, actor=actor, at=at, before="", after="", **facts)
    webhooks.announce([webhooks.Notice("payment.reversed", reversal_id, facts)], at=at)
    return Reversed(reversal_id, payment_id, account.customer_id, True, parts)


def _original(
    payment_id: str, account: customer_book.Account, payments: pl.DataFrame, *, at: datetime, actor: str
) -> Payment:
    """The payment to take back; one that only a tape told enters the books first, so that the reversal can name it."""
    told = payments.filter(pl.col("payment_id") == payment_id, pl.col("account_id") == account.account_id)
    if told.is_empty():
        raise UnableToReverse(payment_id=payment_id, why="the account has no such payment")
    row = told.row(0, named=True)
    if row["reverses"] is not None:
        raise UnableToReverse(payment_id=payment_id, why="it is itself a reversal")
    if not payments.filter(pl.col("reverses") == payment_id).is_empty():
        raise UnableToReverse(payment_id=payment_id, why="it is reversed already")
    stored = Payment.objects.filter(payment_id=payment_id).first()
    return stored or Payment.objects.create(
        payment_id=payment_id,
        account_id=account.account_id,
        customer_id=account.customer_id,
        paid_on=row["paid_on"],
        booked_at=at,
        amount_minor=row["amount_minor"],
        currency=account.currency,
        channel=row["channel"] or "",
        source=PaymentSource.TAPE,
        actor=actor,
    )
