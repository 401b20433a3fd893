"""Addresses of the quality checks."""

from django.urls import path

from arrears.interfaces.console.quality import views

urlpatterns = [
    path("quality/", views.queue, name="quality"),
    path("quality/<str:flag_id>/", views.flag, name="quality-flag"),
    path("quality/<str:flag_id>/open/", views.open_words, name="quality-open"),
    path("quality/<str:flag_id>/decide/", views.decide, name="quality-decide"),
]
