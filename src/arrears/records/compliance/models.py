"""Who must not be contacted and why, each judgement of the gate, and words of ours that a person should look at."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.people.models import Person
from arrears.records.privacy.fields import NoteField


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
    STAFF_SAFETY = "STAFF_SAFETY", _("Threatens our people")
    REST = "REST", _("Left in peace for a while, after what they told us")
    RESTRICTED = "RESTRICTED", _("Use of their data is restricted")
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
        indexes = [
            models.Index(
                fields=["from_at"],
                condition=models.Q(reason="SELF_HARM", to_at__isnull=True),
                name="compliance_stop_at_risk",
            ),
            models.Index(
                fields=["from_at"],
                condition=models.Q(reason="STAFF_SAFETY", to_at__isnull=True),
                name="compliance_stop_threats",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.reason}"


class ConsentProof(models.TextChoices):
    """How it can be shown that a consent was given."""

    RECORDED_CALL = "RECORDED", _("Said in a recorded call")
    WRITTEN = "WRITTEN", _("Signed on paper")
    PORTAL = "PORTAL", _("Ticked in the portal")
    MESSAGE = "MESSAGE", _("Written in a message of theirs")


class Consent(models.Model):
    """A person's consent to one purpose, which lifts the rules that ask for it until it is withdrawn.

    purpose    : of rules.compliance.facts.CONSENTS
    proof_ref  : where the proof is found, such as a contact or a document
    policy     : which notice they were shown, by its version
    """

    consent_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    proof = models.CharField(max_length=8, choices=ConsentProof.choices)
    proof_ref_sealed = NoteField("compliance.consent.proof_ref", null=True)
    policy_sealed = NoteField("compliance.consent.policy", null=True)
    recorded_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    withdrawn_note_sealed = NoteField("compliance.consent.withdrawn_note", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="compliance_one_consent_holds",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawn_by=""),
                name="compliance_consent_withdrawn_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-given_at"], name="compliance_consent_of_person"),
            models.Index(fields=["-given_at", "consent_id"], name="compliance_consent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"


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


class Said(models.TextChoices):
    """What the words of a flag are, which tells what its subject is: a contact, a piece of work, a placement, …"""

    NOTE = "NOTE", _("Note of a call or visit")
    TRANSCRIPT = "TRANSCRIPT", _("Transcript")
    WORK = "WORK", _("Note of finished work")
    PLACEMENT = "PLACEMENT", _("Note of a placement")
    PLACEMENT_END = "PLACEMENT_END", _("Note of a placement's end")
    STEP = "STEP", _("Note of a legal step")
    STEP_BACK = "STEP_BACK", _("Why a legal step was taken back")
    WRITE_OFF = "WRITE_OFF", _("Note of a decision on a write-off")
    ANSWER = "ANSWER", _("Answer to a complaint")

    @classmethod
    def of_contacts(cls) -> tuple[str, ...]:
        return (cls.NOTE, cls.TRANSCRIPT)


class FlagStatus(models.TextChoices):
    OPEN = "OPEN", _("To be looked at")
    UPHELD = "UPHELD", _("Upheld")
    DISMISSED = "DISMISSED", _("Not a violation")


class Flag(models.Model):
    """Words of ours that were found wanting: what was found and where, never the words, which stay where they are.

    findings : rows of `rules.speech`: {"label", "severity", "spans", "rule", "advice"}; spans are places in the words.
    No foreign key to the subject, for it stands above; the note is the decision's
    """

    flag_id = models.CharField(max_length=32, primary_key=True)
    subject_id = models.CharField(max_length=32)
    case_id = models.CharField(max_length=32, blank=True)
    customer_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, blank=True)
    said = models.CharField(max_length=13, choices=Said.choices)
    findings = models.JSONField()
    severity = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=FlagStatus.choices, default=FlagStatus.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    note_sealed = NoteField("compliance.flag.note", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=FlagStatus.values), name="compliance_flag_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN", decided_at__isnull=True)
                | (~models.Q(status="OPEN") & models.Q(decided_at__isnull=False) & ~models.Q(decided_by="")),
                name="compliance_flag_is_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-severity", "at", "flag_id"], name="compliance_flag_queue"),
            models.Index(fields=["subject_id"], name="compliance_flag_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.said} {self.status}"
