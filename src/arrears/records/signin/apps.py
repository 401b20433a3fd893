"""Django's entry for the signin app."""

from django.apps import AppConfig


class SignIn(AppConfig):
    name = "arrears.records.signin"
    label = "signin"
    default_auto_field = "django.db.models.BigAutoField"
