"""Addresses of the audit trail."""

from django.urls import path

from arrears.interfaces.console.audit import days, events

urlpatterns = [
    path("audit/", events.listing, name="audit"),
    path("audit/events/<int:event_id>/", events.one, name="audit-event"),
    path("audit/verify/", days.begin, name="audit-verify"),
    path("audit/verify/<int:verification_id>/", days.watch, name="audit-day"),
]
