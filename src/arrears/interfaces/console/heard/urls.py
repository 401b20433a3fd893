"""The address of the people heard."""

from django.urls import path

from arrears.interfaces.console.heard import views

urlpatterns = [path("heard/", views.listing, name="heard")]
