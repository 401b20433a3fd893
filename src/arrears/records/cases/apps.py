"""Django's entry for the cases app."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "arrears.records.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
