"""Django's entry for the writeoffs app."""

from django.apps import AppConfig


class Writeoffs(AppConfig):
    name = "arrears.records.writeoffs"
    label = "writeoffs"
    default_auto_field = "django.db.models.BigAutoField"
