"""Addresses of the access table and of who can see a person."""

from django.urls import path

from arrears.interfaces.console.rights import views

urlpatterns = [
    path("access/", views.table, name="access-table"),
    path("cases/<str:case_id>/who/", views.who, name="case-who"),
]
