"""Who must not be contacted and why, and each judgement of the gate with the facts it counted."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.people.models import Person


class StopReason(models.TextChoices):
    OPTED_OUT = "OPTED_OUT", _("Asked us to stop")
    CEASED = "CEASED", _("Cease demand")
    DISPUTED = "DISPUTED", _("Debt is disputed")
    DECEASED = "DECEASED", _("Deceased")
    BANKRUPT = "BANKRUPT", _("Bankruptcy")
    REPRESENTED = "REPRESENTED", _("Represented by a lawyer")
    VULNERABLE = "VULNERABLE", _("Vulnerable")
    COMPLAINT = "COMPLAINT", _("Complaint under review")
    SELF_HARM = "SELF_HARM", _("May harm themselves")
    REST = "REST", _("Left in peace for a while, after what they told us")
    WRONG_NUMBER = "WRONG_NUMBER", _("Not this person's number")


class Stop(models.Model):
    """A period [from_at, to_at) in which a person, or one contact point, is not contacted; `channel` blank = any."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stops")
    contact_point_id = models.CharField(max_length=32, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=16, choices=StopReason.choices)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_at__isnull=True) | models.Q(to_at__gt=models.F("from_at")),
                name="compliance_stop_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.reason}"


class Phase(models.TextChoices):
    PLAN = "PLAN", _("When planned")
    SEND = "SEND", _("When sent")


class Grounds(models.Model):
    """Reasons that the gate gave together. Few lists are distinct and each is told to many, so each is kept once.

    `digest` is a function of the reasons; a row is never changed nor taken away.
    """

    digest = models.CharField(max_length=32, primary_key=True)
    reasons = models.JSONField()

    class Meta:
        verbose_name_plural = "grounds"

    def __str__(self) -> str:
        return ", ".join(reason["rule"] for reason in self.reasons)


class Verdict(models.Model):
    """A judgement of one contact, kept whether or not it went out; no foreign key, for it outlives what it judged.

    `grounds` is None where no rule spoke. The database does not check it: all senders would queue for the few rows.
    `facts` is what it was given on, as `rules.compliance.told` writes it, so that it can be given again under another
    law; None for what was judged before that was kept.
    """

    contact_id = models.CharField(max_length=32)
    customer_id = models.CharField(max_length=64)
    phase = models.CharField(max_length=4, choices=Phase.choices)
    at = models.DateTimeField()
    allowed = models.BooleanField()
    not_before = models.DateTimeField(null=True)
    pack = models.CharField(max_length=40)
    facts = models.TextField(null=True)
    grounds = models.ForeignKey(
        Grounds, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["contact_id"], name="compliance_verdict_of_contact"),
            models.Index(fields=["-at"], name="compliance_verdict_latest"),
            models.Index(
                fields=["at", "contact_id"],
                condition=models.Q(allowed=False, not_before__isnull=False),
                name="compliance_verdict_holding",
            ),
        ]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """As `rules.compliance` gives them, each with its citation."""
        return self.grounds.reasons if self.grounds else []

    def __str__(self) -> str:
        return f"{self.contact_id} {'allowed' if self.allowed else 'refused'}"
