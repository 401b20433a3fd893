"""Addresses of write-offs."""

from django.urls import path

from arrears.interfaces.console.writeoffs import memorandum, views

urlpatterns = [
    path("write-offs/", views.listing, name="write-offs"),
    path("write-offs/<str:write_off_id>/", memorandum.write_off, name="write-off"),
    path("write-offs/<str:write_off_id>/approve/", views.approve, name="write-off-approve"),
    path("write-offs/<str:write_off_id>/reject/", views.reject, name="write-off-reject"),
    path("write-offs/<str:write_off_id>/post/", views.post, name="write-off-post"),
]
