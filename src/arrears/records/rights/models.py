"""Legal holds, requests about one's own data, corrections and deletions. None of it tells who somebody is in clear."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.people.models import Person
from arrears.records.privacy.fields import NoteField, SealedField
from arrears.rules import rights as machines


class HoldReason(models.TextChoices):
    LITIGATION = "LITIGATION", _("A lawsuit or an arbitration")
    REGULATOR = "REGULATOR", _("A regulator or an authority asks")
    COMPLAINT = "COMPLAINT", _("A complaint or a dispute")
    INVESTIGATION = "INVESTIGATION", _("An investigation of our own")


class HoldStatus(models.TextChoices):
    HOLDING = machines.HOLDING, _("Holds")
    LIFT_ASKED = machines.LIFT_ASKED, _("To be lifted: a second person decides")
    LIFTED = machines.LIFTED, _("Lifted")


class LegalHold(models.Model):
    """While it holds, nothing of the person is deleted. Two people lift it."""

    hold_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=13, choices=HoldReason.choices)
    note_sealed = NoteField("rights.hold.note", null=True)
    status = models.CharField(max_length=10, choices=HoldStatus.choices, default=HoldStatus.HOLDING)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=64, blank=True)
    lift_note_sealed = NoteField("rights.hold.lift_note", null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=HoldStatus.values), name="rights_hold_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=machines.LIFTED)
                | (~models.Q(asked_by="") & ~models.Q(lifted_by="") & ~models.Q(lifted_by=models.F("asked_by"))),
                name="rights_hold_is_lifted_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=~models.Q(status=machines.LIFTED), name="rights_hold_of_person"),
            models.Index(fields=["-set_at"], name="rights_hold_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.reason} {self.status}"


class RequestKind(models.TextChoices):
    ACCESS = "ACCESS", _("To see all that is held")
    CORRECTION = "CORRECTION", _("To correct what is wrong")
    DELETION = "DELETION", _("To delete")
    RESTRICTION = "RESTRICTION", _("To leave the data unused meanwhile")
    OBJECTION = "OBJECTION", _("Not to be contacted this way")
    EXPLANATION = "EXPLANATION", _("Why a machine decided so")


class RequestIntake(models.TextChoices):
    PHONE = "PHONE", _("By phone")
    WRITTEN = "WRITTEN", _("By letter or e-mail")
    PORTAL = "PORTAL", _("Portal of the borrower")


class IdentityProof(models.TextChoices):
    """How it was made sure that who asks is the person, or speaks for them."""

    DOCUMENT = "DOCUMENT", _("Identity document seen")
    CALL_BACK = "CALL_BACK", _("Called back on their own number")
    LOG_IN = "LOG_IN", _("Signed in to the portal")
    MANDATE = "MANDATE", _("Written mandate of the person")


class RequestStatus(models.TextChoices):
    RECEIVED = machines.RECEIVED, _("Received")
    EXPLAINED = machines.EXPLAINED, _("Explained; may be reviewed")
    DONE = machines.DONE, _("Done")
    REFUSED = machines.REFUSED, _("Refused")
    WITHDRAWN = machines.WITHDRAWN, _("Withdrawn")


class SubjectRequest(models.Model):
    """One request of a person about their own data.

    terms  : each day that was set, with the rule that sets it; the earliest of them counts
    due_on : None once it has ended
    turn   : counts every change, so that of two at once one is told
    reason : the code of why it was refused; note : why, or how they withdrew it
    result : what came of it: how much was deleted, what was corrected, the digest of an export, the facts explained
    """

    request_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="subject_requests")
    kind = models.CharField(max_length=11, choices=RequestKind.choices)
    intake = models.CharField(max_length=9, choices=RequestIntake.choices)
    proof = models.CharField(max_length=9, choices=IdentityProof.choices)
    text_sealed = SealedField("rights.subject_request.text", null=True)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    received_by = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=RequestStatus.choices, default=RequestStatus.RECEIVED)
    turn = models.PositiveIntegerField(default=0)
    terms = models.JSONField(default=list)
    answer_due_on = models.DateField()
    due_on = models.DateField(null=True)
    is_extended = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)
    note_sealed = NoteField("rights.subject_request.note", null=True)
    result = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=RequestStatus.values), name="rights_request_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=machines.OPEN, due_on__isnull=False, ended_at__isnull=True)
                | models.Q(status__in=machines.ENDED, due_on__isnull=True, ended_at__isnull=False),
                name="rights_request_clock_runs_while_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=machines.REFUSED) | ~models.Q(reason=""),
                name="rights_request_refusal_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "request_id"], condition=models.Q(due_on__isnull=False), name="rights_request_due"
            ),
            models.Index(
                fields=["-ended_at", "request_id"], condition=models.Q(due_on__isnull=True), name="rights_request_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind} {self.status}"


class CorrectedField(models.TextChoices):
    NAME = "name", _("Name")
    ID_NUMBER = "id_number", _("ID number")
    BIRTH_ON = "birth_on", _("Date of birth")
    EMPLOYER = "employer", _("Employer")


class Correction(models.Model):
    """What stood in a field of the vault before it was corrected, sealed; the newest of a field is in force.

    old_mark : keyed hash of it, so that a tape that says the same wrong thing again is known and changes nothing
    """

    correction_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=10, choices=CorrectedField.choices)
    old_sealed = SealedField("rights.correction.old", null=True)
    old_mark = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    request_id = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["person", "field", "-at"], name="rights_correction_newest")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.field}"


class Erasure(models.Model):
    """What of a person was deleted, when and why. kinds : kind → how many rows held something of it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    at = models.DateTimeField()
    erased_on = models.DateField()
    kinds = models.JSONField()
    rules = models.JSONField(default=list)
    request_id = models.CharField(max_length=32, blank=True)
    actor = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="rights_erasure_newest"),
            models.Index(fields=["erased_on"], name="rights_erasure_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.erased_on}"


class ApprovalStatus(models.TextChoices):
    ASKED = machines.ASKED, _("Waits for a second person")
    APPROVED = machines.APPROVED, _("Approved")
    WITHDRAWN = machines.ENDED_BY_HAND, _("Withdrawn")
    LAPSED = machines.LAPSED, _("Lapsed: the schedule is another one now")


class RetentionApproval(models.Model):
    """That the night may delete by one schedule: asked for by one person, approved by another.

    fingerprint : of the schedule; next_on : before this day nothing is due, as far as was known on looked_on
    """

    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=ApprovalStatus.choices, default=ApprovalStatus.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    looked_on = models.DateField(null=True)
    next_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ApprovalStatus.values), name="rights_approval_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=machines.APPROVED)
                | (~models.Q(decided_by="") & ~models.Q(decided_by=models.F("asked_by"))),
                name="rights_approval_is_by_two",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(status__in=machines.APPROVAL_LIVES),
                name="rights_one_approval_of_a_schedule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint[:12]} {self.status}"
