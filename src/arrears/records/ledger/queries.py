"""What has been paid? Payments of one customer, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from arrears.records.ledger.models import Payment


@dataclass(frozen=True)
class PaymentRow:
    """One payment or reversal as it came."""

    payment_id: str
    account_id: str
    paid_on: date
    booked_at: datetime
    amount_minor: int
    currency: str
    channel: str
    source: str
    source_label: str
    actor: str
    reverses_id: str


def payments_of(customer_id: str, currency: str, *, before: datetime | None = None, limit: int) -> list[PaymentRow]:
    """A customer's payments in one currency, the last booked first."""
    payments = Payment.objects.filter(customer_id=customer_id, currency=currency).order_by("-booked_at", "-payment_id")
    if before:
        payments = payments.filter(booked_at__lt=before)
    return [_row(payment) for payment in payments[:limit]]


def _row(payment: Payment) -> PaymentRow:
    return PaymentRow(
        payment_id=payment.payment_id,
        account_id=payment.account_id,
        paid_on=payment.paid_on,
        booked_at=payment.booked_at,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        channel=payment.channel,
        source=payment.source,
        source_label=payment.get_source_display(),
        actor=payment.actor,
        reverses_id=payment.reverses_id or "",
    )
