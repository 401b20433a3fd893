"""Addresses of the contact log."""

from django.urls import path

from arrears.interfaces.console.contacts import views

urlpatterns = [
    path("contacts/", views.log, name="contacts"),
    path("contacts/<str:contact_id>/", views.contact, name="contact"),
    path("contacts/<str:contact_id>/release/", views.release, name="contact-release"),
    path("contacts/<str:contact_id>/resolve/", views.resolve, name="contact-resolve"),
    path("contacts/<str:contact_id>/transcript/", views.transcribe, name="contact-transcript"),
]
