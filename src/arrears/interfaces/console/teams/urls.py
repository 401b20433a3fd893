"""Addresses of the teams."""

from django.urls import path

from arrears.interfaces.console.teams import views

urlpatterns = [
    path("teams/", views.listing, name="teams"),
    path("teams/add/", views.add, name="team-add"),
    path("teams/<code>/", views.team, name="team"),
]
