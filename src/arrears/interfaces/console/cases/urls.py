"""Addresses of cases; what can be done to one is a verb below it."""

from django.urls import path

from arrears.interfaces.console.cases import deeds, payments, reversal, views

urlpatterns = [
    path("cases/", views.listing, name="cases"),
    path("cases/search/", views.search, name="case-search"),
    path("cases/<str:case_id>/", views.case, name="case"),
    path("cases/<str:case_id>/payments/", payments.post, name="case-payment"),
    path("cases/<str:case_id>/reversal/", reversal.reverse, name="case-reversal"),
    path("cases/<str:case_id>/promises/", deeds.promise, name="case-promise"),
    path("cases/<str:case_id>/stop/", deeds.stop, name="case-stop"),
    path("cases/<str:case_id>/assign/", deeds.assign, name="case-assign"),
    path("cases/<str:case_id>/team/", deeds.give_to_team, name="case-team"),
]
