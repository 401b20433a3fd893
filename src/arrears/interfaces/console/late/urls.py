"""Addresses of the late steps of a case."""

from django.urls import path

from arrears.interfaces.console.late import views

urlpatterns = [
    path("cases/<str:case_id>/placement/", views.place, name="case-placement"),
    path("cases/<str:case_id>/legal-step/", views.legal_step, name="case-legal-step"),
    path("cases/<str:case_id>/legal-step/<str:step_id>/back/", views.take_back, name="legal-step-back"),
    path("cases/<str:case_id>/placement/<str:placement_id>/end/", views.end_placement, name="placement-end"),
]
