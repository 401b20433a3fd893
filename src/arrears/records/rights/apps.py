"""Django's entry for the rights app."""

from django.apps import AppConfig


class Rights(AppConfig):
    name = "arrears.records.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"
