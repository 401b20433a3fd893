"""Complaints and the contacts that they are about. What was said, and our answer, are sealed; the rest names nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.cases.models import Case
from arrears.records.contacts.models import Contact
from arrears.records.people.models import Person
from arrears.records.privacy.fields import NoteField, SealedField
from arrears.rules import complaints as machines


class ComplaintIntake(models.TextChoices):
    PHONE = "PHONE", _("By phone")
    WRITTEN = "WRITTEN", _("By letter or e-mail")
    PORTAL = "PORTAL", _("Portal of the borrower")
    REGULATOR = "REGULATOR", _("From a regulator")


class Complainant(models.TextChoices):
    SELF = "SELF", _("The borrower")
    THIRD_PARTY = "THIRD_PARTY", _("Somebody else who was contacted")
    REPRESENTATIVE = "REPRESENTATIVE", _("Somebody who speaks for the borrower")


class ComplaintKind(models.TextChoices):
    CONDUCT = "CONDUCT", _("How we spoke or behaved")
    FREQUENCY = "FREQUENCY", _("Contacted too often or at wrong hours")
    AMOUNT = "AMOUNT", _("Amount, interest or fees")
    THIRD_PARTY = "THIRD_PARTY", _("Somebody else was told or contacted")
    PRIVACY = "PRIVACY", _("Personal data")
    NOT_ME = "NOT_ME", _("Not their debt")
    SERVICE = "SERVICE", _("Service, payment or records")
    OTHER = "OTHER", _("Something else")


class ComplaintStatus(models.TextChoices):
    RECEIVED = machines.RECEIVED, _("Received")
    IN_REVIEW = machines.IN_REVIEW, _("Being looked into")
    ESCALATED = machines.ESCALATED, _("With a regulator")
    ANSWERED = machines.ANSWERED, _("Answered")
    WITHDRAWN = machines.WITHDRAWN, _("Withdrawn")


class ComplaintOutcome(models.TextChoices):
    UPHELD = "UPHELD", _("Complaint upheld")
    PARTLY = "PARTLY", _("Complaint upheld in part")
    NOT_UPHELD = "NOT_UPHELD", _("Complaint not upheld")


class RootCause(models.TextChoices):
    OWN_STAFF = "OWN_STAFF", _("Conduct of our staff")
    AGENCY_STAFF = "AGENCY_STAFF", _("Conduct of an agency")
    RULES = "RULES", _("Our rules or texts")
    SYSTEM = "SYSTEM", _("A fault of a system")
    DATA = "DATA", _("Wrong or old data")
    PRODUCT = "PRODUCT", _("Price or terms of the product")
    MISUNDERSTANDING = "MISUNDERSTANDING", _("A misunderstanding")
    NO_FAULT = "NO_FAULT", _("No fault was found")


class Remedy(models.TextChoices):
    EXPLAINED = "EXPLAINED", _("Explained")
    APOLOGY = "APOLOGY", _("Apologised")
    DATA_CORRECTED = "DATA_CORRECTED", _("Data corrected")
    AMOUNT_CORRECTED = "AMOUNT_CORRECTED", _("Amount corrected")
    COMPENSATED = "COMPENSATED", _("Compensated")
    CONTACT_LIMITED = "CONTACT_LIMITED", _("Contact limited or stopped")
    STAFF_TRAINED = "STAFF_TRAINED", _("Staff trained or sanctioned")
    AGENCY_SANCTIONED = "AGENCY_SANCTIONED", _("Agency warned or case recalled")


class Complaint(models.Model):
    """One complaint. Nobody may be known: then `person` is None and there is nobody to leave alone.

    about_*      : a colleague with the team of then, once their role, or an agency; all blank while nobody knows. Of
                   a colleague of several teams, where the case is of none of them, each of these, with a space between
    content_mark : keyed hash of what came in, so that the same told twice is known without being opened; blank once its
                   words were deleted
    clock_from_on: the day its terms run from: it came in, was opened again, or went to a regulator
    regulator    : which one it came from or went to; sealed, for whoever writes one there may write anything
    terms        : each day that was set, with the rule that sets it; the earliest of them counts. One that a regulator
                   set has no citation: the regulator is its source
    due_on       : what is due next, to acknowledge or to answer; None once it has ended
    extended     : how often its answer was put off
    turn         : counts every change, so that of two at once one is told
    stop_id      : the stop that leaves the person alone meanwhile
    """

    complaint_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="complaints")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="complaints")
    intake = models.CharField(max_length=9, choices=ComplaintIntake.choices)
    complainant = models.CharField(max_length=14, choices=Complainant.choices)
    kind = models.CharField(max_length=12, choices=ComplaintKind.choices)
    about_actor = models.CharField(max_length=64, blank=True)
    about_team = models.CharField(max_length=200, blank=True)
    about_agency = models.CharField(max_length=24, blank=True)
    regulator_sealed = NoteField("complaints.complaint.regulator", null=True)
    reference_sealed = NoteField("complaints.complaint.reference", null=True)
    text_sealed = SealedField("complaints.complaint.text", null=True)
    content_mark = models.CharField(max_length=32)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    received_by = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=ComplaintStatus.choices, default=ComplaintStatus.RECEIVED)
    turn = models.PositiveIntegerField(default=0)
    clock_from_on = models.DateField()
    terms = models.JSONField(default=list)
    acknowledge_due_on = models.DateField(null=True)
    answer_due_on = models.DateField()
    due_on = models.DateField(null=True)
    extended = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=ComplaintOutcome.choices, blank=True)
    root_cause = models.CharField(max_length=16, choices=RootCause.choices, blank=True)
    remedy = models.CharField(max_length=17, choices=Remedy.choices, blank=True)
    answer_sealed = SealedField("complaints.complaint.answer", null=True)
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    stop_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ComplaintStatus.values), name="complaints_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=machines.OPEN, due_on__isnull=False, ended_at__isnull=True)
                | models.Q(status__in=machines.ENDED, due_on__isnull=True, ended_at__isnull=False),
                name="complaints_clock_runs_while_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=machines.ANSWERED)
                | (
                    ~models.Q(outcome="")
                    & ~models.Q(root_cause="")
                    & (models.Q(answer_sealed__isnull=False) | models.Q(content_mark=""))
                ),
                name="complaints_answer_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(text_sealed__isnull=False) | models.Q(content_mark=""),
                name="complaints_words_are_there_until_deleted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "complaint_id"],
                condition=models.Q(due_on__isnull=False),
                name="complaints_due",
            ),
            models.Index(
                fields=["-ended_at", "complaint_id"],
                condition=models.Q(due_on__isnull=True),
                name="complaints_ended",
            ),
            models.Index(fields=["received_on"], name="complaints_received"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind} {self.status}"


class ComplaintContact(models.Model):
    """A contact that a complaint is about."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "contact"], name="complaints_contact_linked_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.contact_id}"
