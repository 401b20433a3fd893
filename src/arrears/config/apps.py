"""Django's entry for the configuration: it brings the system checks of `checks` along."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Configuration(AppConfig):
    name = "arrears.config"
    label = "config"

    def ready(self) -> None:
        """The checks ask about records, so they are found once every model is."""
        autodiscover_modules("checks")
