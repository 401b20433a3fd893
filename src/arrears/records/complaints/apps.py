"""Django's entry for the complaints app."""

from django.apps import AppConfig


class Complaints(AppConfig):
    name = "arrears.records.complaints"
    label = "complaints"
    default_auto_field = "django.db.models.BigAutoField"
