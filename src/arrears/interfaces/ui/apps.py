"""Django's entry for the ui interface: templates, static files, tags."""

from django.apps import AppConfig


class UIInterface(AppConfig):
    name = "arrears.interfaces.ui"
    label = "interfaces_ui"

    def ready(self) -> None:
        """Addresses know our converters before any is read."""
        from arrears.interfaces.ui import converters  # noqa: F401, PLC0415
