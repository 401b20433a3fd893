"""Django's entry for the people app."""

from django.apps import AppConfig


class People(AppConfig):
    name = "arrears.records.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
