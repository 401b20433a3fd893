"""Django's entry for the console interface: templates, static files, tags."""

from django.apps import AppConfig


class ConsoleInterface(AppConfig):
    name = "arrears.interfaces.console"
    label = "interfaces_console"
