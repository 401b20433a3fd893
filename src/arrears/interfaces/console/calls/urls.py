"""Addresses where a call is cleared, dialled and told."""

from django.urls import path

from arrears.interfaces.console.calls import views

urlpatterns = [
    path("cases/<str:case_id>/calls/", views.clear, name="case-call"),
    path("calls/<str:contact_id>/number/", views.number, name="call-number"),
    path("calls/<str:contact_id>/not-dialled/", views.not_dialled, name="call-not-dialled"),
    path("calls/<str:contact_id>/outcome/", views.tell_outcome, name="call-outcome"),
]
