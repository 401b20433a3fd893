"""Addresses of the privacy desk; what can be done is a verb below what it is done to."""

from django.urls import path

from arrears.interfaces.console.privacy import consents, copies, desk, holds, people, requests, retention

REQUEST = "privacy/requests/<str:request_id>"
#: A number of the lender's may hold slashes.
PERSON = "privacy/people/<path:customer_id>"

urlpatterns = [
    path("privacy/", desk.desk, name="privacy"),
    path("privacy/find/", people.find, name="privacy-find"),
    path("privacy/retention/", retention.schedule, name="retention"),
    path("privacy/retention/ask/", retention.ask, name="retention-ask"),
    path("privacy/retention/approve/", retention.approve, name="retention-approve"),
    path("privacy/retention/withdraw/", retention.withdraw, name="retention-withdraw"),
    path("privacy/holds/", holds.listing, name="legal-holds"),
    path("privacy/holds/<str:hold_id>/ask/", holds.ask, name="hold-ask"),
    path("privacy/holds/<str:hold_id>/lift/", holds.lift, name="hold-lift"),
    path("privacy/holds/<str:hold_id>/keep/", holds.keep, name="hold-keep"),
    path("privacy/consents/", consents.listing, name="consents"),
    path("privacy/consents/<str:consent_id>/withdraw/", consents.withdraw, name="consent-withdraw"),
    path("privacy/requests/", requests.listing, name="subject-requests"),
    path(f"{REQUEST}/", requests.one, name="subject-request"),
    path(f"{REQUEST}/open/", requests.open_words, name="subject-request-open"),
    path(f"{REQUEST}/copy/", copies.copy, name="subject-request-copy"),
    path(f"{REQUEST}/delete/", requests.delete, name="subject-request-delete"),
    path(f"{REQUEST}/correct/", requests.correct, name="subject-request-correct"),
    path(f"{REQUEST}/restrict/", requests.restrict, name="subject-request-restrict"),
    path(f"{REQUEST}/object/", requests.object_to, name="subject-request-object"),
    path(f"{REQUEST}/explain/", requests.explain, name="subject-request-explain"),
    path(f"{REQUEST}/review/", requests.review, name="subject-request-review"),
    path(f"{REQUEST}/close/", requests.close, name="subject-request-close"),
    path(f"{REQUEST}/refuse/", requests.refuse, name="subject-request-refuse"),
    path(f"{REQUEST}/withdraw/", requests.withdraw, name="subject-request-withdraw"),
    path(f"{REQUEST}/extend/", requests.extend, name="subject-request-extend"),
    path(f"{PERSON}/hold/", people.hold, name="hold-set"),
    path(f"{PERSON}/request/", people.request_new, name="subject-request-new"),
    path(f"{PERSON}/consent/", people.consent, name="consent-give"),
    path(f"{PERSON}/", people.person, name="privacy-person"),
]
