"""Django's entry for the api interface: templates, static files, tags."""

from django.apps import AppConfig


class APIInterface(AppConfig):
    name = "arrears.interfaces.api"
    label = "interfaces_api"
