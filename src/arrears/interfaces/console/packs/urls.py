"""Addresses of the rule packs."""

from django.urls import path, register_converter

from arrears.interfaces.console.packs import views


class PackName:
    """A pack, or several joined by +."""

    regex = r"[A-Za-z0-9_-]{1,40}(?:\+[A-Za-z0-9_-]{1,40}){0,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PackName, "pack")

urlpatterns = [
    path("packs/", views.listing, name="packs"),
    path("packs/<pack:name>/", views.one, name="pack"),
]
