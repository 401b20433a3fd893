"""Django's entry for the audit app."""

from django.apps import AppConfig


class Audit(AppConfig):
    name = "arrears.records.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
