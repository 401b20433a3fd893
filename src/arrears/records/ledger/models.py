"""Payments as they came, and the journal: entries are appended, never edited; a correction is another entry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentSource(models.TextChoices):
    TAPE = "TAPE", _("Loan tape")
    API = "API", _("API")
    CONSOLE = "CONSOLE", _("Console")


class Payment(models.Model):
    """One payment or reversal; `payment_id` is the lender's, so one told twice (API, then tape) is one payment."""

    payment_id = models.CharField(max_length=64, primary_key=True)
    account_id = models.CharField(max_length=64)
    customer_id = models.CharField(max_length=64)
    paid_on = models.DateField()
    booked_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=64, blank=True)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals")
    source = models.CharField(max_length=8, choices=PaymentSource.choices)
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="ledger_payment_is_positive"),
            models.UniqueConstraint(
                fields=["reverses"], condition=models.Q(reverses__isnull=False), name="ledger_payment_reversed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id", "paid_on"], name="ledger_payment_of_customer"),
            models.Index(fields=["account_id"], name="ledger_payment_of_account"),
            models.Index(fields=["currency", "booked_at"], name="ledger_payment_booked"),
        ]

    def __str__(self) -> str:
        return self.payment_id


class JournalEntry(models.Model):
    """One business event in the books of account; its postings sum to zero (checked when written, audited after)."""

    entry_id = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=64)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["reference"], name="ledger_entry_of_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Posting(models.Model):
    """One line of an entry: debit positive, credit negative, in minor units of one currency."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    ledger_account = models.CharField(max_length=40)
    account_id = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="ledger_posting_is_not_zero"),
        ]
        indexes = [models.Index(fields=["account_id", "ledger_account"], name="ledger_posting_of_account")]

    def __str__(self) -> str:
        return f"{self.ledger_account} {self.amount_minor}"
