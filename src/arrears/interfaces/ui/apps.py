"""Django's entry for the ui interface: templates, static files, tags."""

from django.apps import AppConfig


class UIInterface(AppConfig):
    name = "arrears.interfaces.ui"
    label = "interfaces_ui"
