"""Addresses of the work queues."""

from django.urls import path

from arrears.interfaces.console.work import views

urlpatterns = [
    path("work/", views.queue, name="work"),
    path("work/<str:work_id>/complete/", views.complete, name="work-complete"),
    path("work/<str:work_id>/cancel/", views.cancel, name="work-cancel"),
]
