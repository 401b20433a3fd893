"""Addresses of the API keys."""

from django.urls import path

from arrears.interfaces.console.keys import views

urlpatterns = [
    path("keys/", views.listing, name="keys"),
    path("keys/<str:prefix>/confirm/", views.confirm, name="key-confirm"),
    path("keys/<str:prefix>/revoke/", views.revoke, name="key-revoke"),
]
