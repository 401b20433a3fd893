"""Django's entry for the staff app."""

from django.apps import AppConfig


class Staff(AppConfig):
    name = "arrears.records.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
