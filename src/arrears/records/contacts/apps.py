"""Django's entry for the contacts app."""

from django.apps import AppConfig


class Contacts(AppConfig):
    name = "arrears.records.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
