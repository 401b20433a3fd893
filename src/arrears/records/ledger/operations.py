"""Store payments and journal entries. Called inside the transaction of the action that decided them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db.models import Sum

from arrears.kernel import identifiers
from arrears.records.ledger.models import JournalEntry, Payment
from arrears.records.ledger.models import Posting as Line
from arrears.rules.postings import Posting

#: What makes two tellings of a payment the same payment. `source` and `booked_at` are about the telling.
CONTENT = ("account_id", "paid_on", "amount_minor", "currency", "reverses_id")


def same_payment(stored: Payment, **content: object) -> bool:
    """Does a stored payment say what is told again?"""
    return all(getattr(stored, name) == content[name] for name in CONTENT)


def append(
    *,
    kind: str,
    reference: str,
    account_id: str,
    currency: str,
    lines: Sequence[Posting],
    effective_on: date,
    at: datetime,
    actor: str,
) -> str:
    """Append one journal entry; its identifier is derived, so one event has one entry.

    returns : entry_id
    """
    assert sum(line.amount_minor for line in lines) == 0, "an entry balances"
    entry = JournalEntry.objects.create(
        entry_id=identifiers.derived_id("journal", kind, reference),
        kind=kind,
        reference=reference,
        effective_on=effective_on,
        recorded_at=at,
        actor=actor,
    )
    Line.objects.bulk_create(
        Line(
            entry=entry,
            ledger_account=line.ledger_account,
            account_id=account_id,
            amount_minor=line.amount_minor,
            currency=currency,
        )
        for line in lines
    )
    return entry.entry_id


def moved(*, reference: str, ledger_accounts: Collection[str]) -> bool:
    """Did the event of this reference move one of these ledger accounts?"""
    return Line.objects.filter(entry__reference=reference, ledger_account__in=ledger_accounts).exists()


def balance(*, account_id: str, ledger_account: str) -> int:
    """What the postings of one account come to on a ledger account, minor units, debit positive."""
    lines = Line.objects.filter(account_id=account_id, ledger_account=ledger_account)
    return int(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
