"""Addresses of nights and tapes."""

from django.urls import path

from arrears.interfaces.console.nights import views

urlpatterns = [
    path("nights/", views.listing, name="nights"),
    path("nights/next/", views.next_business_day, name="night-next"),
    path("nights/<day:as_of>/", views.night, name="night"),
    path("tapes/<number:tape_id>/", views.tape, name="tape"),
]
