"""Do debits equal credits? Asked after a restore, and by whoever doubts the journal. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from arrears.records.ledger.models import JournalEntry, Posting

NAMED_MAX = 20


@dataclass(frozen=True)
class Balance:
    """entries : of the journal; unbalanced : those whose postings do not sum to nothing in each currency, NAMED_MAX"""

    entries: int
    unbalanced: tuple[str, ...]


def balance() -> Balance:
    """Sum every entry."""
    sums = Posting.objects.values("entry_id", "currency").annotate(left=Sum("amount_minor")).exclude(left=0)
    wrong = sums.order_by("entry_id").values_list("entry_id", flat=True)[:NAMED_MAX]
    return Balance(JournalEntry.objects.count(), tuple(dict.fromkeys(wrong)))
