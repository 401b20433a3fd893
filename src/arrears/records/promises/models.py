"""Promises to pay: so much by such a day, told over one way of speaking; kept, broken, or replaced by a newer one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.cases.models import Case


class ToldBy(models.TextChoices):
    CALL = "CALL", _("On the telephone")
    VISIT = "VISIT", _("At a visit")
    MESSAGE = "MESSAGE", _("In a message")
    COUNTER = "COUNTER", _("At the counter")


class PromiseStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    KEPT = "KEPT", _("Kept")
    BROKEN = "BROKEN", _("Broken")
    REPLACED = "REPLACED", _("Replaced by a newer one")


class Promise(models.Model):
    """`paid_before_minor` is what the case's accounts had been paid when it was made: what comes on top keeps it.

    `paid_minor` is what had come by the day it was judged, blank while it is open; one that was kept until the money
    went back is open with what stood then.
    """

    promise_id = models.CharField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    channel = models.CharField(max_length=8, choices=ToldBy.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    made_on = models.DateField()
    due_on = models.DateField()
    paid_before_minor = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=PromiseStatus.choices, default=PromiseStatus.OPEN)
    paid_minor = models.BigIntegerField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(status="OPEN"), name="promises_one_open_per_case"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="promises_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("made_on")), name="promises_not_due_before_made"
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN", ended_on__isnull=True)
                | (models.Q(status__in=["KEPT", "BROKEN", "REPLACED"], ended_on__isnull=False)),
                name="promises_ended_has_date",
            ),
        ]
        indexes = [models.Index(fields=["status", "ended_on"], name="promises_by_end")]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.status}"
