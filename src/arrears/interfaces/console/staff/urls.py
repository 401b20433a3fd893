"""Addresses of the staff list."""

from django.urls import path

from arrears.interfaces.console.staff import views

urlpatterns = [
    path("staff/", views.listing, name="staff"),
    path("staff/add/", views.add, name="staff-add"),
    path("staff/<number:user_id>/", views.member, name="staff-member"),
    path("staff/<number:user_id>/second-factor/remove/", views.remove_factor, name="staff-factor-remove"),
    path("staff/<number:user_id>/grant/", views.grant, name="staff-grant"),
]
