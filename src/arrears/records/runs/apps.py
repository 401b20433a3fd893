"""Django's entry for the runs app."""

from django.apps import AppConfig


class Runs(AppConfig):
    name = "arrears.records.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"
