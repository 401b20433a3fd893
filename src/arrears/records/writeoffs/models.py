"""Write-offs: proposed by the night, approved by a second person, posted by another; still claimed (账销案存)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.cases.models import Case
from arrears.records.privacy.fields import NoteField


class WriteOffStatus(models.TextChoices):
    PROPOSED = "PROPOSED", _("Proposed")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    POSTED = "POSTED", _("Posted")
    LAPSED = "LAPSED", _("Lapsed")


class WriteOff(models.Model):
    """What would be written off, component by component, and on what evidence.

    supplements : the posted write-off that this adds to, because a payment of before it was taken back. Its amounts are
                  what went back then, whatever is owed since; None for the write-off of a debt
    payments_before      : the payments and reversals that its amounts counted when it was posted; None until then
    recovered_told_minor : what payments that only a tape told have settled since it was posted, reversals taken off
    """

    write_off_id = models.CharField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="write_offs")
    account_id = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=WriteOffStatus.choices, default=WriteOffStatus.PROPOSED)
    currency = models.CharField(max_length=3)
    principal_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    penalty_minor = models.BigIntegerField()
    reason = models.CharField(max_length=80)
    rule_number = models.PositiveIntegerField()
    evidence = models.JSONField(default=dict)
    proposed_on = models.DateField()
    proposed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    note_sealed = NoteField("writeoffs.write_off.note", null=True)
    posted_by = models.CharField(max_length=64, blank=True, db_default="")
    payments_before = models.JSONField(null=True)
    recovered_told_minor = models.BigIntegerField(default=0, db_default=0)
    supplements = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="supplemented_by")

    class Meta:
        indexes = [models.Index(fields=["status", "proposed_on", "write_off_id"], name="writeoffs_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"],
                condition=models.Q(status__in=["PROPOSED", "APPROVED", "POSTED"], supplements__isnull=True),
                name="writeoffs_one_live_per_account",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("proposed_by")),
                name="writeoffs_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(posted_by="") | ~models.Q(posted_by=models.F("decided_by")),
                name="writeoffs_posted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.write_off_id

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor
