"""Django's entry for the promises app."""

from django.apps import AppConfig


class Promises(AppConfig):
    name = "arrears.records.promises"
    label = "promises"
    default_auto_field = "django.db.models.BigAutoField"
