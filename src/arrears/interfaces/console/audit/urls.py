"""Addresses of the audit trail."""

from django.urls import path

from arrears.interfaces.console.audit import days, events

urlpatterns = [
    path("audit/", events.listing, name="audit"),
    path("audit/events/<number:event_id>/", events.one, name="audit-event"),
    path("audit/verify/", days.begin, name="audit-verify"),
    path("audit/verify/<number:verification_id>/", days.watch, name="audit-day"),
]
