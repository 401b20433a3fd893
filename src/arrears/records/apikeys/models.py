"""API keys (only their hash is kept) and the requests already answered, so that a repeat is answered, not repeated."""

from django.db import models


class ApiKey(models.Model):
    """`scopes` are words such as payments:write; the secret is shown once, when it is made."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    #: Codes of the teams whose cases it reads; empty = all. A key bound to teams only reads.
    teams = models.JSONField(default=list)
    created_at = models.DateTimeField()
    made_by = models.CharField(max_length=64, blank=True)
    #: Since when it opens anything: a key that a colleague made waits until another one has confirmed it.
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by="") | ~models.Q(confirmed_by=models.F("made_by")),
                name="apikeys_key_is_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AnsweredRequest(models.Model):
    """The answer given to an idempotency key; the same key with another input is refused."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    idempotency_key = models.CharField(max_length=80)
    input_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="apikeys_one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return self.idempotency_key
