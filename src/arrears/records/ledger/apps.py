"""Django's entry for the ledger app."""

from django.apps import AppConfig


class Ledger(AppConfig):
    name = "arrears.records.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
