"""Every address of the house, grouped by noun in the interfaces."""

from django.urls import URLPattern, URLResolver, include, path

from arrears.interfaces.api.urls import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("arrears.interfaces.console.urls")),
]
