"""Addresses of the trial of a contact."""

from django.urls import path

from arrears.interfaces.console.simulate import views

urlpatterns = [
    path("simulate/", views.simulate, name="simulate"),
    path("simulate/touch/", views.touch, name="simulate-touch"),
]
