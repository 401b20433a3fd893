"""The outbox and the history in one: a contact is planned, judged, sent, answered, and stays as evidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.cases.models import Case
from arrears.records.people.models import ContactPoint, Person, Relation
from arrears.records.privacy.fields import SealedField


class Channel(models.TextChoices):
    SMS = "SMS", _("SMS")
    EMAIL = "EMAIL", _("E-mail")
    LETTER = "LETTER", _("Letter")
    CALL = "CALL", _("Call")
    AI_CALL = "AI_CALL", _("AI call")
    VISIT = "VISIT", _("Visit")
    APP = "APP", _("App message")
    CHAT = "CHAT", _("Chat")


class Purpose(models.TextChoices):
    REMIND = "REMIND", _("Reminder")
    COLLECT = "COLLECT", _("Collection")
    NEGOTIATE = "NEGOTIATE", _("Negotiation")
    LOCATE = "LOCATE", _("Locate")
    RELAY = "RELAY", _("Relay")
    LEGAL_NOTICE = "LEGAL_NOTICE", _("Legal notice")
    RESPOND = "RESPOND", _("Answer")


class ContactStatus(models.TextChoices):
    PLANNED = "PLANNED", _("Planned")
    SENDING = "SENDING", _("Being sent")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("Delivered")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    IN_DOUBT = "IN_DOUBT", _("In doubt")
    REFUSED = "REFUSED", _("Refused by the gate")
    CANCELLED = "CANCELLED", _("Cancelled")
    EXPIRED = "EXPIRED", _("Expired")

    @classmethod
    def happened(cls) -> list[str]:
        """Statuses that count against the caps: it reached, or may have reached, somebody."""
        return [cls.SENDING, cls.SENT, cls.DELIVERED, cls.DONE, cls.FAILED, cls.IN_DOUBT]


class Contact(models.Model):
    """One message, call, visit or letter to one contact point. Times are UTC; `local_on` is the borrower's date.

    `not_before` is when the gate next allows it; `expires_at` is when it has lost its sense; `overruled` are the rules
    of guidance that somebody overruled for it; `text_sealed` is what was
    said, word for word; `facts` holds the amounts and dates that the text states (no identity).
    """

    contact_id = models.CharField(max_length=32, primary_key=True)
    # contacts_of_person_day and contacts_of_case begin with these and serve as their indexes.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    contact_point = models.ForeignKey(ContactPoint, null=True, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    relation = models.CharField(max_length=12, choices=Relation.choices, default=Relation.SELF)
    initiated_by = models.CharField(max_length=10, default="COLLECTOR")
    status = models.CharField(max_length=10, choices=ContactStatus.choices, default=ContactStatus.PLANNED)
    outcome = models.CharField(max_length=12, blank=True)
    template = models.CharField(max_length=40, blank=True)
    template_version = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=12, default="zh-hans")
    facts = models.JSONField(default=dict)
    overruled = models.JSONField(default=list, db_default=[])
    text_sealed = SealedField("contacts.contact.text", null=True)
    as_of = models.DateField()
    rule_number = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=80, blank=True)
    priority = models.IntegerField(default=0)
    planned_for = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    local_on = models.DateField(null=True)
    timezone = models.CharField(max_length=40)
    vendor = models.CharField(max_length=20, blank=True)
    vendor_ref = models.CharField(max_length=80, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    actor = models.CharField(max_length=64, default="night")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ContactStatus.values), name="contacts_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "local_on"], name="contacts_of_person_day"),
            models.Index(fields=["person"], condition=~models.Q(relation="SELF"), name="contacts_with_others"),
            models.Index(fields=["case", "planned_for"], name="contacts_of_case"),
            models.Index(
                fields=["not_before", "-priority"], condition=models.Q(status="PLANNED"), name="contacts_outbox"
            ),
            models.Index(fields=["expires_at"], condition=models.Q(status="PLANNED"), name="contacts_lapsing"),
            # One for each status: SQLite does not see that a status is among several.
            models.Index(fields=["vendor", "sent_at"], condition=models.Q(status="SENDING"), name="contacts_sending"),
            models.Index(fields=["vendor", "sent_at"], condition=models.Q(status="IN_DOUBT"), name="contacts_doubtful"),
            models.Index(fields=["vendor_ref"], condition=~models.Q(vendor_ref=""), name="contacts_by_vendor_ref"),
            # Covers the counting of a day; what borrowers wrote is left out of it.
            models.Index(fields=["as_of", "status", "initiated_by"], name="contacts_by_day_and_fate"),
            models.Index(
                fields=["as_of", "reason", "contact_id", "initiated_by"],
                condition=models.Q(status="REFUSED"),
                name="contacts_refused",
            ),
            models.Index(fields=["as_of", "-planned_for", "contact_id"], name="contacts_log"),
        ]

    def __str__(self) -> str:
        return self.contact_id


class ContactEvent(models.Model):
    """Each change of a contact's status, in the transaction that made it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    reason = models.CharField(max_length=80, blank=True)
    actor = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.contact_id} {self.before}→{self.after}"


class Transcript(models.Model):
    """What was said in a call, word for word, sealed; once for a call, and never changed."""

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.PROTECT, related_name="transcript")
    text_sealed = SealedField("contacts.transcript.text")
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.contact_id


class Stranger(models.Model):
    """A message from a number or address that nobody is known by, and what it told.

    card, signals : as `rules.resistance` heard them; threatens : it speaks of violence against our people
    is_grave      : a life may be at risk: only then are the number and the words kept, sealed, until they are forgotten
    opened_*      : who looked first; until then every page of those who may act tells of it
    """

    message_id = models.CharField(max_length=32, primary_key=True)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField()
    card = models.CharField(max_length=24, blank=True)
    signals = models.JSONField(default=list)
    threatens = models.BooleanField()
    is_grave = models.BooleanField()
    from_sealed = SealedField("contacts.stranger.from", null=True)
    text_sealed = SealedField("contacts.stranger.text", null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="contacts_stranger_latest"),
            models.Index(
                fields=["at"], condition=models.Q(is_grave=True, opened_at=None), name="contacts_stranger_unopened"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class OutsideContact(models.Model):
    """A contact that the lender made without us, as its tape tells; to which number or address, it does not say.

    Channel and outcome are the tape's words: one that the gate does not know counts as each that it might be.
    """

    # The unique constraint begins with the person and serves as its index.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="outside_contacts", db_index=False)
    at = models.DateTimeField()
    channel = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "at", "channel"], name="contacts_outside_contact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.channel} {self.at:%Y-%m-%d %H:%M}"
