"""Addresses of the agencies' doors."""

from django.urls import path

from arrears.interfaces.console.agencies import views

urlpatterns = [
    path("agencies/", views.listing, name="agencies"),
    path("agencies/<agency>/", views.door, name="agency"),
    path("agencies/<agency>/end/", views.end, name="agency-end"),
]
