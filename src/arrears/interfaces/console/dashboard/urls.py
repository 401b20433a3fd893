"""Address of the overview."""

from django.urls import path

from arrears.interfaces.console.dashboard import views

urlpatterns = [
    path("", views.overview, name="dashboard"),
]
