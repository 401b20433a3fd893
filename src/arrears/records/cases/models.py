"""Cases: one open case per person and currency; its accounts as the last night (or a later payment) left them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.people.models import Person
from arrears.records.privacy.fields import NoteField
from arrears.records.staff.models import Team


class CaseStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    CLOSED = "CLOSED", _("Closed")


class Stage(models.TextChoices):
    EARLY = "EARLY", _("Early collection")
    LATE = "LATE", _("Late collection")
    BAD_DEBT = "BAD_DEBT", _("Bad debt")


class CloseReason(models.TextChoices):
    """A write-off is none: the debt is still owed, and its case stays open in bad debt until it is paid."""

    CURED = "CURED", _("Arrears paid")
    PAID_OFF = "PAID_OFF", _("Paid in full")


class Case(models.Model):
    """`case_id` is derived from person, currency and the day it opened; amounts are those of all accounts together."""

    case_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=8, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    stage_rule = models.PositiveIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason.choices, blank=True)
    dpd_max = models.IntegerField()
    bucket = models.CharField(max_length=8)
    oldest_due_on = models.DateField(null=True)
    overdue_minor = models.BigIntegerField()
    outstanding_minor = models.BigIntegerField()
    account_count = models.PositiveIntegerField()
    cure_share_est = models.FloatField(null=True)
    score_reason = models.CharField(max_length=80, blank=True)
    policy_version = models.CharField(max_length=40)
    as_of = models.DateField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="cases"
    )
    #: Whose case it is: without a team it is everybody's, see `rules.reach`.
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="cases")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "currency"], condition=models.Q(status="OPEN"), name="cases_one_open_case"
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN", closed_on__isnull=True, close_reason="")
                | (models.Q(status="CLOSED", closed_on__isnull=False) & ~models.Q(close_reason="")),
                name="cases_closed_has_date_and_reason",
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="cases_stage_is_known"),
        ]
        indexes = [
            models.Index(fields=["status", "-dpd_max", "case_id"], name="cases_by_dpd"),
            models.Index(fields=["status", "-overdue_minor", "case_id"], name="cases_by_overdue"),
            models.Index(fields=["status", "-opened_on", "case_id"], name="cases_by_opening"),
            models.Index(fields=["status", "stage", "-dpd_max", "case_id"], name="cases_by_stage"),
            models.Index(fields=["status", "bucket", "-dpd_max", "case_id"], name="cases_by_bucket"),
            models.Index(fields=["status", "stage", "-opened_on", "case_id"], name="cases_by_stage_opening"),
            models.Index(fields=["status", "bucket", "-opened_on", "case_id"], name="cases_by_bucket_opening"),
            # Covers the overview's sums by stage and currency, and steps from one currency to the next.
            models.Index(fields=["status", "currency", "stage", "overdue_minor"], name="cases_by_currency"),
            models.Index(fields=["assigned_to", "status", "-dpd_max", "case_id"], name="cases_by_assignee"),
        ]

    def __str__(self) -> str:
        return self.case_id

    @property
    def is_open(self) -> bool:
        return self.status == CaseStatus.OPEN


class CaseAccount(models.Model):
    """An account of a case's person in its currency, overdue or not, with its position at `as_of`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="accounts")
    account_id = models.CharField(max_length=64, db_index=True)
    product_code = models.CharField(max_length=64)
    dpd = models.IntegerField()
    past_due_days = models.IntegerField()
    bucket = models.CharField(max_length=8)
    oldest_due_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True)
    next_due_minor = models.BigIntegerField(default=0)
    principal_outstanding_minor = models.BigIntegerField()
    interest_outstanding_minor = models.BigIntegerField()
    fee_outstanding_minor = models.BigIntegerField()
    penalty_outstanding_minor = models.BigIntegerField()
    principal_overdue_minor = models.BigIntegerField()
    interest_overdue_minor = models.BigIntegerField()
    fee_overdue_minor = models.BigIntegerField()
    penalty_overdue_minor = models.BigIntegerField()
    paid_total_minor = models.BigIntegerField()
    surplus_minor = models.BigIntegerField()
    as_of = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "account_id"], name="cases_account_once_in_case")]

    def __str__(self) -> str:
        return self.account_id

    @property
    def overdue_minor(self) -> int:
        return (
            self.principal_overdue_minor
            + self.interest_overdue_minor
            + self.fee_overdue_minor
            + self.penalty_overdue_minor
        )

    @property
    def outstanding_minor(self) -> int:
        return (
            self.principal_outstanding_minor
            + self.interest_outstanding_minor
            + self.fee_outstanding_minor
            + self.penalty_outstanding_minor
        )


class CaseEvent(models.Model):
    """What happened to a case. `event_id` is derived, so the same night told twice is one event.

    words : why, where a colleague wrote it
    """

    event_id = models.CharField(max_length=32, primary_key=True)
    # cases_event_of_case begins with the case and serves as its index.
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=80, blank=True)
    actor = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    words_sealed = NoteField("cases.event.words", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "at"], name="cases_event_of_case"),
            models.Index(fields=["kind", "at"], name="cases_event_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"

    @property
    def as_of(self) -> date | None:
        """The business date that it belongs to; None where it names none."""
        told = self.data.get("as_of")
        return date.fromisoformat(told) if told else None


class WorkKind(models.TextChoices):
    CALL = "CALL", _("Call")
    VISIT = "VISIT", _("Visit")
    AGENCY = "AGENCY", _("Agency placement")
    LEGAL = "LEGAL", _("Legal review")
    CARE = "CARE", _("Care for a person at risk")
    SAFETY = "SAFETY", _("Threat against our people")
    HARDSHIP = "HARDSHIP", _("Help in hardship")
    DISPUTE = "DISPUTE", _("Look into a dispute")


class WorkStatus(models.TextChoices):
    OPEN = "OPEN", _("Open")
    DONE = "DONE", _("Done")
    CANCELLED = "CANCELLED", _("Cancelled")


class WorkItem(models.Model):
    """A piece of work for a person of our staff. At most one of a kind is open per case."""

    work_id = models.CharField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="work")
    kind = models.CharField(max_length=8, choices=WorkKind.choices)
    status = models.CharField(max_length=10, choices=WorkStatus.choices, default=WorkStatus.OPEN)
    due_on = models.DateField()
    priority = models.IntegerField(default=0)
    reason = models.CharField(max_length=80)
    rule_number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, blank=True)
    note_sealed = NoteField("cases.work.note", null=True)
    closed_at = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="work")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(status="OPEN"), name="cases_one_open_work_of_a_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "kind", "-priority", "due_on"], name="cases_work_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
