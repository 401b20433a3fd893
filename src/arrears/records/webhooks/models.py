"""Where partners want to be told, and each notice with its tries. A notice is written with the change it tells of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.privacy.fields import SealedField


class Endpoint(models.Model):
    """`secret_sealed` signs the body (HMAC-SHA256); `kinds` empty = every kind.

    The address is sealed as well, for partners put secrets of their own into its path and its query.
    """

    url_sealed = SealedField("webhooks.endpoint.url", null=True)
    secret_sealed = SealedField("webhooks.endpoint.secret")
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class DeliveryStatus(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", _("Delivered")
    GIVEN_UP = "GIVEN_UP", _("Given up")


class Delivery(models.Model):
    """One notice to one endpoint, leased by a worker while it tries."""

    delivery_id = models.CharField(max_length=32, primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=64)
    body = models.JSONField()
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(status="WAITING"), name="webhooks_waiting"),
        ]

    def __str__(self) -> str:
        return self.delivery_id
