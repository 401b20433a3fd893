"""Django's entry for the privacy app."""

from django.apps import AppConfig


class Privacy(AppConfig):
    name = "arrears.records.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"
