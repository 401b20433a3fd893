"""Django's entry for the apikeys app."""

from django.apps import AppConfig


class Apikeys(AppConfig):
    name = "arrears.records.apikeys"
    label = "apikeys"
    default_auto_field = "django.db.models.BigAutoField"
