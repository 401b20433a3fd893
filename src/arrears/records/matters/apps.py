"""Django's entry for the matters app."""

from django.apps import AppConfig


class Matters(AppConfig):
    name = "arrears.records.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"
