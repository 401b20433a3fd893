"""Addresses of the complaints desk; what can be done to a complaint is a verb below it."""

from django.urls import path

from arrears.interfaces.console.complaints import deeds, intake, views

urlpatterns = [
    path("cases/<str:case_id>/complaint/", intake.of_case, name="case-complaint"),
    path("complaints/", views.listing, name="complaints"),
    path("complaints/new/", intake.new, name="complaint-new"),
    path("complaints/statistics/", views.statistics, name="complaint-statistics"),
    path("complaints/<str:complaint_id>/", views.complaint, name="complaint"),
    path("complaints/<str:complaint_id>/open/", views.open_words, name="complaint-open"),
    path("complaints/<str:complaint_id>/acknowledge/", deeds.acknowledge, name="complaint-acknowledge"),
    path("complaints/<str:complaint_id>/classify/", deeds.classify, name="complaint-classify"),
    path("complaints/<str:complaint_id>/person/", deeds.attach, name="complaint-person"),
    path("complaints/<str:complaint_id>/contacts/", deeds.link, name="complaint-contacts"),
    path("complaints/<str:complaint_id>/answer/", deeds.answer, name="complaint-answer"),
    path("complaints/<str:complaint_id>/extend/", deeds.extend, name="complaint-extend"),
    path("complaints/<str:complaint_id>/withdraw/", deeds.withdraw, name="complaint-withdraw"),
    path("complaints/<str:complaint_id>/reopen/", deeds.reopen, name="complaint-reopen"),
    path("complaints/<str:complaint_id>/escalate/", deeds.escalate, name="complaint-escalate"),
]
