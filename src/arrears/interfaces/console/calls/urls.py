"""Addresses where a call or a visit is cleared, opened again and told."""

from django.urls import path

from arrears.interfaces.console.calls import views
from arrears.rules import cases as machines

CALL, VISIT = {"channel": views.CALL}, {"channel": views.VISIT}
HELP = {**CALL, "purpose": machines.HELPING}

urlpatterns = [
    path("cases/<str:case_id>/calls/", views.clear, CALL, name="case-call"),
    path("cases/<str:case_id>/help/", views.clear, HELP, name="case-help"),
    path("calls/<str:contact_id>/number/", views.show_again, CALL, name="call-number"),
    path("calls/<str:contact_id>/not-dialled/", views.never_made, CALL, name="call-not-dialled"),
    path("calls/<str:contact_id>/outcome/", views.tell_outcome, CALL, name="call-outcome"),
    path("cases/<str:case_id>/visits/", views.clear, VISIT, name="case-visit"),
    path("visits/<str:contact_id>/address/", views.show_again, VISIT, name="visit-address"),
    path("visits/<str:contact_id>/not-made/", views.never_made, VISIT, name="visit-not-made"),
    path("visits/<str:contact_id>/outcome/", views.tell_outcome, VISIT, name="visit-outcome"),
]
