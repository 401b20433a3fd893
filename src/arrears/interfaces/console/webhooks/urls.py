"""Addresses of the webhooks."""

from django.urls import path

from arrears.interfaces.console.webhooks import views

urlpatterns = [
    path("webhooks/", views.listing, name="webhooks"),
    path("webhooks/<number:endpoint_id>/", views.endpoint, name="webhook"),
    path("webhooks/<number:endpoint_id>/address/", views.address, name="webhook-address"),
    path("webhooks/<number:endpoint_id>/rotate/", views.rotate, name="webhook-rotate"),
    path("webhooks/<number:endpoint_id>/disable/", views.disable, name="webhook-disable"),
    path("webhooks/<number:endpoint_id>/enable/", views.enable, name="webhook-enable"),
    path("webhooks/<number:endpoint_id>/deliveries/<str:delivery_id>/", views.redeliver, name="webhook-redeliver"),
]
