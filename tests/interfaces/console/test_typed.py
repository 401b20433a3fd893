"""Whatever is typed into an address or a form is a value, not understood, or turned away: never a fault of ours."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.interfaces.console.conftest import addresses

from arrears.interfaces.ui import typed
from arrears.records.cases.models import Case
from arrears.records.people.models import Person
from arrears.records.staff.models import User

#: No browser sends it, and PostgreSQL holds it in no text.
NUL = [
    "/cases/\0/",
    "/contacts/\0/",
    "/complaints/\0/",
    "/quality/\0/",
    "/verdicts/?customer=\0",
    "/verdicts/?rule=\0",
    "/stops/?text=\0",
    "/stops/?text=a&text=\0",
]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        (" 2026-11-23 ", date(2026, 11, 23)),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_one_that_clocks_and_books_hold(text, told):
    assert typed.day(text) == told


@pytest.mark.parametrize(
    ("text", "told"), [("0", 0), ("042", 42), ("²", None), ("-1", None), ("", None), ("9" * 19, None), ("1.0", None)]
)
def test_a_number_is_plain_digits(text, told):
    assert typed.number(text) == told


@pytest.mark.django_db
@pytest.mark.parametrize("url", NUL, ids=repr)
def test_a_nul_in_an_address_is_turned_away(enter, url):
    assert enter("SUPERVISOR").get(url.replace("\0", "%00")).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["case-call", "case-team", "work-cancel", "case-complaint"])
def test_a_nul_in_a_form_is_turned_away(enter, name):
    posted = {"note": "x\0", "team": "\0", "contact_point_id": "\0", "text": "\0"}
    assert enter("SUPERVISOR").post(addresses()[name], posted).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "/cases/?assigned=²",
        "/stops/?after=²",
        "/contacts/?on=0001-01-01",
        "/nights/?before=1999-01-01",
        "/cases/?after=" + "W1tb" * 1_000,
        "/cases/?after=WzUsICJcdWQ4MDAiXQ",
        "/packs/cn/?on=9999-12-31",
    ],
    ids=lambda url: url[:32],
)
def test_what_makes_no_sense_in_an_address_is_passed_over(enter, url):
    assert enter("SUPERVISOR").get(url).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "name", "posted"),
    [
        ("COMPLIANCE", "subject-request-close", {"turn": "9" * 5_000}),
        ("COMPLIANCE", "audit-verify", {"day": "0001-01-01"}),
        ("SUPERVISOR", "case-promise", {"amount": "1", "due_on": "0000-00-00", "channel": "CALL"}),
    ],
)
def test_what_makes_no_sense_in_a_form_is_told(enter, role, name, posted):
    answer = enter(role).post(addresses()[name], posted, follow=True)
    assert answer.status_code == 200
    assert any(told in answer.content.decode() for told in ("too old", "Choose a day", "is not a date"))


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["²", "agent"])
def test_who_is_no_colleague_is_given_no_case_and_takes_none_away(enter, chosen):
    client: Client = enter("SUPERVISOR")
    agent, url = User.objects.get(role="AGENT"), addresses()["case-assign"]
    client.post(url, {"user_id": str(agent.pk)}, follow=True)

    page = client.post(url, {"user_id": chosen}, follow=True).content.decode()

    assert "The case is assigned." not in page
    assert Case.objects.get(case_id=url.split("/")[2]).assigned_to == agent


@pytest.mark.django_db
def test_a_customer_s_number_may_hold_slashes(enter):
    """No rule of a tape forbids them."""
    person = Person.objects.create(customer_id="K/2026/7", region_code="CN-31")
    client, url = enter("COMPLIANCE"), reverse("privacy-person", args=[person.pk])

    assert client.get(url).status_code == 200
    held = {"id": "7" * 32, "reason": "LITIGATION", "note": "the court asks"}
    assert client.post(reverse("hold-set", args=[person.pk]), held).status_code == 302
    assert "K/2026/7" in client.get(reverse("legal-holds")).content.decode()
