"""What has been paid, and what was booked of an account? Frozen rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Min

from arrears.records import bulk
from arrears.records.ledger.models import JournalEntry, Payment, PaymentSource, Posting


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


@dataclass(frozen=True)
class EntryRow:
    """One entry of the journal. lines : (ledger account, signed minor units: debit positive), they sum to nothing"""

    kind: str
    reference: str
    effective_on: date
    actor: str
    lines: tuple[tuple[str, int], ...]

    def moved(self, ledger_account: str) -> int:
        """By how much the entry moves a ledger account, minor units, debit positive."""
        return sum(minor for account, minor in self.lines if account == ledger_account)


def entries_of(account_id: str, *, ledger_accounts: Collection[str]) -> list[EntryRow]:
    """The entries of an account that move one of some ledger accounts, the first booked first."""
    touching = Posting.objects.filter(account_id=account_id, ledger_account__in=list(ledger_accounts))
    found = JournalEntry.objects.filter(entry_id__in=touching.values("entry_id")).prefetch_related("postings")
    return [_entry(entry) for entry in found.annotate(first=Min("postings")).order_by("first")]


def payments_of(customer_id: str, currency: str, *, before: datetime | None = None, limit: int) -> list[PaymentRow]:
    """What was taken and reversed here of a customer in one currency, the last booked first.

    A payment of the tape that was only brought in to be reversed is not among them: the tape tells of it.
    """
    payments = Payment.objects.filter(customer_id=customer_id, currency=currency).exclude(source=PaymentSource.TAPE)
    payments = payments.order_by("-booked_at", "-payment_id")
    if before:
        payments = payments.filter(booked_at__lt=before)
    return [_row(payment) for payment in payments[:limit]]


def accounts_of_payment(payment_id: str) -> list[str]:
    """To which accounts a payment or a reversal was booked here; empty where nothing is known by that id."""
    return list(Payment.objects.filter(payment_id=payment_id).values_list("account_id", flat=True))


def known_of(payment_ids: Collection[str], *, kind: str) -> set[str]:
    """Those of these payments and reversals that are booked here, or that an entry of a kind cites."""
    known: set[str] = set()
    for piece in bulk.keys_in_pieces(sorted(payment_ids)):
        booked = Payment.objects.filter(payment_id__among=piece)
        cited = JournalEntry.objects.filter(kind=kind, reference__among=piece)
        known |= {*booked.values_list("payment_id", flat=True), *cited.values_list("reference", flat=True)}
    return known


def effective_on(*, kind: str, reference: str) -> date | None:
    """The business date of an entry; None when there is none."""
    entries = JournalEntry.objects.filter(kind=kind, reference=reference)
    return entries.values_list("effective_on", flat=True).first()


def booked_about(as_of: date, *, currency: str) -> list[tuple[str, str, int]]:
    """(payment_id, account_id, amount) of what was taken here since about the eve of a date, reversals below zero.

    A payment of the tape that was only brought in to be reversed is not among them: the tape tells of it.
    """
    eve = datetime.combine(as_of - timedelta(days=2), time(12), UTC)  # earlier than the night anywhere in the world
    taken = Payment.objects.filter(currency=currency, booked_at__gte=eve).exclude(source=PaymentSource.TAPE)
    rows = taken.order_by("payment_id").values_list("payment_id", "account_id", "amount_minor", "reverses_id")
    return [(payment, account, -minor if reverses else minor) for payment, account, minor, reverses in rows]


def people_of_payments_besides(known: Collection[str]) -> list[str]:
    """Whose payments and reversals were booked here, other than these."""
    seen, booked = set(known), Payment.objects.values_list("payment_id", "customer_id")
    return sorted({customer for payment, customer in booked if payment not in seen})


def _entry(entry: JournalEntry) -> EntryRow:
    lines = sorted(entry.postings.all(), key=lambda line: line.pk)
    return EntryRow(
        kind=entry.kind,
        reference=entry.reference,
        effective_on=entry.effective_on,
        actor=entry.actor,
        lines=tuple((line.ledger_account, line.amount_minor) for line in lines),
    )


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
