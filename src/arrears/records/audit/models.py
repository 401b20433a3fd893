"""One row an event, never changed, never deleted. Facts are stored; sentences are rendered when read."""

from django.db import models


class Event(models.Model):
    """`kind` is dotted (`case.closed`); `actor` is `user:ID`, `api:ID`, `night:DATE` or `worker`.

    `data` never holds identity.
    """

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="audit_event_of_subject"),
            models.Index(fields=["kind", "at"], name="audit_event_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
