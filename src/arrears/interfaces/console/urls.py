"""Every address of the console, noun by noun."""

from django.urls import URLPattern, URLResolver, include, path

from arrears.interfaces.ui import examples

NOUNS = (
    "access",
    "account",
    "dashboard",
    "cases",
    "calls",
    "points",
    "late",
    "reveals",
    "evidence",
    "work",
    "writeoffs",
    "contacts",
    "stops",
    "heard",
    "complaints",
    "privacy",
    "audit",
    "quality",
    "verdicts",
    "packs",
    "simulate",
    "nights",
    "staff",
    "teams",
    "agencies",
    "rights",
    "keys",
    "webhooks",
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"arrears.interfaces.console.{noun}.urls")) for noun in NOUNS),
    path("components/", examples.components, name="components"),
]
