"""Django's entry for the placements app."""

from django.apps import AppConfig


class Placements(AppConfig):
    name = "arrears.records.placements"
    label = "placements"
    default_auto_field = "django.db.models.BigAutoField"
