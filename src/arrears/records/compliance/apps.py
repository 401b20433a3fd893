"""Django's entry for the compliance app."""

from django.apps import AppConfig


class Compliance(AppConfig):
    name = "arrears.records.compliance"
    label = "compliance"
    default_auto_field = "django.db.models.BigAutoField"
