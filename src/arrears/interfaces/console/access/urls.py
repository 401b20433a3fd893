"""Addresses of signing in and out, language and health."""

from django.urls import path

from arrears.interfaces.console.access import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.sign_in_code, name="sign-in-code"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("healthz", views.health, name="healthz"),
]
