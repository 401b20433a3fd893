"""Nights: which business date, how far, what came of it. The newest finished night is where the books stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")


class Night(models.Model):
    """One business date's night. `figures` is the run report: counts by step, refusals, quarantined accounts."""

    as_of = models.DateField(primary_key=True)
    status = models.CharField(max_length=8, choices=RunStatus.choices)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    partitions = models.PositiveIntegerField()
    partitions_done = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.as_of} {self.status}"


class TapeIngest(models.Model):
    """One tape taken in: counts by file, and where the quarantine lies."""

    as_of = models.DateField()
    ingested_at = models.DateTimeField()
    report = models.JSONField()

    def __str__(self) -> str:
        return f"tape {self.as_of}"
