"""Addresses of the stop list."""

from django.urls import path

from arrears.interfaces.console.stops import views

urlpatterns = [
    path("stops/", views.listing, name="stops"),
    path("stops/<number:stop_id>/lift/", views.lift, name="stop-lift"),
]
