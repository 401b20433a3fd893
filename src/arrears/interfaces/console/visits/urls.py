"""Addresses where a visit is cleared and told."""

from django.urls import path

from arrears.interfaces.console.visits import views

urlpatterns = [
    path("cases/<str:case_id>/visits/", views.clear, name="case-visit"),
    path("visits/<str:contact_id>/address/", views.address, name="visit-address"),
    path("visits/<str:contact_id>/not-made/", views.not_made, name="visit-not-made"),
    path("visits/<str:contact_id>/outcome/", views.tell_outcome, name="visit-outcome"),
]
