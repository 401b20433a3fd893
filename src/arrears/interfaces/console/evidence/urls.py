"""Address of the evidence of a case; below its case, for who may see the case decides."""

from django.urls import path

from arrears.interfaces.console.evidence import views

urlpatterns = [path("cases/<str:case_id>/evidence/", views.evidence, name="case-evidence")]
