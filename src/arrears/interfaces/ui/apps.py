"""Django's entry for the ui interface: templates, static files, tags."""

from django.apps import AppConfig

from arrears.interfaces.ui import converters  # noqa: F401 (addresses know our converters before any is read)


class UIInterface(AppConfig):
    name = "arrears.interfaces.ui"
    label = "interfaces_ui"
