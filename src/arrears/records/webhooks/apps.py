"""Django's entry for the webhooks app."""

from django.apps import AppConfig


class Webhooks(AppConfig):
    name = "arrears.records.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
