"""Address where the outcome of a call is told."""

from django.urls import path

from arrears.interfaces.console.calls import views

urlpatterns = [
    path("calls/<str:contact_id>/outcome/", views.tell_outcome, name="call-outcome"),
]
