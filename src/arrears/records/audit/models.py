"""One row an event, never changed, never deleted. Facts are stored; sentences are rendered when read."""

from django.db import models

from arrears.records.audit.fields import CanonicalJson
from arrears.records.privacy.fields import NoteField


class Event(models.Model):
    """`kind` is dotted (`case.closed`); `actor` is `user:ID`, `api:ID`, `night:DATE` or `worker`.

    `data` never holds identity; where somebody wrote why, it holds the mark of their `Words`. `lane`, `seq` and
    `digest` chain it: see `chain`.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    data = CanonicalJson(default=dict)
    lane = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveBigIntegerField(null=True)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "at", "id"], name="audit_event_of_subject"),
            models.Index(fields=["kind", "at", "id"], name="audit_event_of_kind"),
            models.Index(fields=["actor", "at", "id"], name="audit_event_by_actor"),
            models.Index(fields=["at", "id"], name="audit_event_in_time"),
        ]
        constraints = [models.UniqueConstraint(fields=["lane", "seq"], name="audit_one_event_a_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Words(models.Model):
    """What somebody wrote with an event, sealed. Unlike the event it can be deleted, for it may name a person.

    mark        : a keyed hash of the words and their event, which names it
    customer_id : whom they are about, where that is known
    """

    mark = models.CharField(max_length=32, primary_key=True)
    customer_id = models.CharField(max_length=64, null=True, db_index=True)
    text_sealed = NoteField("audit.words.text")

    class Meta:
        verbose_name_plural = "words"

    def __str__(self) -> str:
        return self.mark


class Lane(models.Model):
    """The end of one chain: place and digest of its newest event, vouched for by `mac`; `key_mark` tells the key."""

    lane = models.PositiveSmallIntegerField(primary_key=True)
    seq = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    key_mark = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.lane}/{self.seq}"


class Anchor(models.Model):
    """Where all lanes ended at a moment, signed. `heads` is the text that was signed, `previous` in it the digest of
    the anchor before."""

    number = models.PositiveIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    statement = models.TextField()
    signature = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"anchor {self.number}"


class Verification(models.Model):
    """One verification of the trail, whole (`day` is null) or of a day, and how far it is.

    `spans` are the places to be looked through, [lane, first, last]; `statement` is what came of it, signed with the
    key of the anchors, and blank until it is done.
    """

    begun_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    day = models.DateField(null=True)
    spans = models.JSONField(default=list)
    anchors = models.JSONField(default=list)
    places = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    findings = models.JSONField(default=list)
    statement = models.TextField(blank=True)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        indexes = [models.Index(fields=["day", "-id"], name="audit_verification_of_day")]

    def __str__(self) -> str:
        return f"verification {self.pk} of {self.day or 'the whole trail'}"
