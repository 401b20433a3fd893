"""Address of the gate's log."""

from django.urls import path

from arrears.interfaces.console.verdicts import views

urlpatterns = [
    path("verdicts/", views.log, name="verdicts"),
]
