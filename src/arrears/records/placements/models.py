"""Placements: a case given to an agency on a day, until it is recalled by us or returned by them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.cases.models import Case
from arrears.records.privacy.fields import NoteField


class EndReason(models.TextChoices):
    RECALLED = "RECALLED", _("Recalled by us")
    RETURNED = "RETURNED", _("Returned by the agency")
    CLOSED = "CLOSED", _("Ended with the case: nothing is overdue any more")


class Placement(models.Model):
    """`agency` is a code of policies/agencies.toml; amounts are those that the agency was asked to collect."""

    placement_id = models.CharField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placements")
    agency = models.CharField(max_length=40)
    placed_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference_sealed = NoteField("placements.placement.reference", null=True)
    note_sealed = NoteField("placements.placement.note", null=True)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=64)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=8, choices=EndReason.choices, blank=True)
    end_note_sealed = NoteField("placements.placement.end_note", null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_on__isnull=True), name="placements_one_live_per_case"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="placements_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True, end_reason="")
                | models.Q(ended_on__gte=models.F("placed_on"), end_reason__in=EndReason.values),
                name="placements_ended_has_date_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.case_id}"

    @property
    def is_live(self) -> bool:
        return self.ended_on is None
