"""Address where something sealed is opened; below its case, for who may see the case decides."""

from django.urls import path

from arrears.interfaces.console.reveals import views

urlpatterns = [
    path("cases/<str:case_id>/reveal/", views.reveal, name="case-reveal"),
]
