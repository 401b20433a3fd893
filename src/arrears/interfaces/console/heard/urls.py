"""The addresses of the people heard."""

from django.urls import path

from arrears.interfaces.console.heard import views

urlpatterns = [
    path("heard/", views.listing, name="heard"),
    path("heard/strangers/<str:message_id>/open/", views.open_stranger, name="heard-stranger"),
]
