"""Legal steps: what our lawyers did in a case, on which day, before whom, and when it is looked at again."""

from django.db import models

from arrears.records.cases.models import Case
from arrears.records.privacy.fields import NoteField


class LegalStep(models.Model):
    """`kind` is a code of policies/legal_steps.toml; `is_pending`, as that list said when the step was taken: the
    matter is before somebody who will decide. A step recorded by mistake is taken back (`back_*`) and never deleted."""

    step_id = models.CharField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_steps")
    kind = models.CharField(max_length=24)
    is_pending = models.BooleanField()
    taken_on = models.DateField()
    body_sealed = NoteField("matters.step.body", null=True)
    reference_sealed = NoteField("matters.step.reference", null=True)
    claim_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    note_sealed = NoteField("matters.step.note", null=True)
    next_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    back_at = models.DateTimeField(null=True)
    back_by = models.CharField(max_length=64, blank=True, default="")
    back_reason_sealed = NoteField("matters.step.back_reason", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claim_minor__isnull=True) | models.Q(claim_minor__gt=0),
                name="matters_claim_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(next_on__isnull=True) | models.Q(next_on__gt=models.F("taken_on")),
                name="matters_next_comes_after",
            ),
            models.CheckConstraint(
                # Once its words were deleted, a step taken back has no reason any more.
                condition=models.Q(back_at__isnull=False) | models.Q(back_reason_sealed__isnull=True),
                name="matters_reason_is_of_taking_back",
            ),
        ]
        indexes = [models.Index(fields=["case", "taken_on"], name="matters_step_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
