"""Addresses of one's own account."""

from django.urls import path

from arrears.interfaces.console.account import factor, views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="account-password"),
    path("account/confirm/", views.confirm, name="account-confirm"),
    path("account/sessions/end/", views.end_sessions, name="account-sessions-end"),
    path("account/second-factor/", factor.setup, name="account-factor"),
    path("account/second-factor/confirm/", factor.confirm, name="account-factor-confirm"),
    path("account/second-factor/codes/", factor.codes, name="account-factor-codes"),
    path("account/second-factor/remove/", factor.remove, name="account-factor-remove"),
]
