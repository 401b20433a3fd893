"""Address of the gate's log."""

from django.urls import path

from arrears.interfaces.console.verdicts import again, views

urlpatterns = [
    path("verdicts/", views.log, name="verdicts"),
    path("verdicts/<number:verdict_id>/", again.one, name="verdict"),
]
