"""Addresses where a contact point is marked."""

from django.urls import path

from arrears.interfaces.console.points import views

urlpatterns = [
    path("cases/<str:case_id>/points/<str:contact_point_id>/invalid/", views.invalid, name="point-invalid"),
    path("cases/<str:case_id>/points/<str:contact_point_id>/valid/", views.valid, name="point-valid"),
]
