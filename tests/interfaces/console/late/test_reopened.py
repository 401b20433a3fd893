"""A written-off debt that is sued for is paid, the payment bounces, and the next night opens a new case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import nights
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.interfaces.console.late.town import ID, page_of

from arrears.actions import place_with_agency, reverse_payment, take_payment, write_off_debt
from arrears.records.cases.models import Case
from arrears.records.placements.models import Placement
from arrears.records.staff.models import Team
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

#: What the tests below do not look at.
SAME = {"account_id": "A2", "as_of": DAY, "at": TEN, "actor": "api:1"}
SUIT = {"id": ID, "kind": "SUIT_FILED", "on": str(DAY), "body": "浦东新区人民法院", "reference": "L-1"}


@pytest.fixture
def old(late) -> Case:
    """C2's first case: placed and taken back, sued for, written off, and closed by a payment that bounced."""
    case = Case.objects.get(person_id="C2")
    wish = place_with_agency.PlacementWish("b" * 32, "EXAMPLE_EAST", DAY, case.outstanding_minor, "", "")
    place_with_agency.place(case_id=case.pk, wish=wish, as_of=DAY, at=TEN, actor="user:1")
    assert signed_in("LEGAL").post(f"/cases/{case.pk}/legal-step/", SUIT).status_code == 302
    write_off = WriteOff.objects.get(account_id="A2")
    write_off_debt.approve(write_off_id=write_off.pk, note="", at=TEN, actor="user:supervisor")
    write_off_debt.post(write_off_id=write_off.pk, as_of=DAY, at=TEN, actor="user:finance")
    paid = {"amount_minor": case.outstanding_minor, "currency": "CNY", "paid_on": DAY, "channel": "BANK"}
    take_payment.take_payment(payment_id="P1", source="API", **paid, **SAME)
    reverse_payment.reverse_payment(reversal_id="R1", payment_id="P1", source="API", **SAME)
    case.refresh_from_db()
    assert case.status == "CLOSED"
    return case


@pytest.fixture
def new(old) -> Case:
    nights.run(DAY + timedelta(days=1))
    return Case.objects.get(person_id="C2", status="OPEN")


def test_that_it_is_written_off_stands_in_the_list_and_on_the_page(new):
    client = signed_in("LEGAL")
    assert "Written off" in client.get("/cases/?customer=C2&status=OPEN").content.decode().partition("<tbody")[2]
    page = page_of(client, new)
    assert "Account A2 is written off" in page
    assert f"/write-offs/{WriteOff.objects.get(account_id='A2', status='POSTED').pk}/" in page
    assert "Write-off proposed" not in page.partition("Timeline")[2], "that is told in the case where it was"


def test_what_was_done_in_the_earlier_case_is_told_as_such_and_ended_there(new, old):
    client = signed_in("SUPERVISOR")
    card = page_of(client, new).partition("Late steps")[2].partition("</section>")[0]
    assert "No agency has had this case" not in card
    assert card.count(f'<a href="/cases/{old.pk}/">In an earlier case</a>') == 2
    assert Placement.objects.get().ended_on is not None
    assert "浦东新区人民法院" in card
    assert f"/legal-step/{ID}/back/" not in card
    assert f"/legal-step/{ID}/back/" in page_of(client, old)
    assert "In an earlier case" not in page_of(client, old)


def test_the_form_of_a_legal_step_tells_what_was_taken_already(new):
    form = signed_in("LEGAL").get(f"/cases/{new.pk}/legal-step/").content.decode()
    told = form.partition("Legal steps already taken")[2].partition("<form")[0]
    assert "Suit filed" in told
    assert "In an earlier case" in told


def test_a_case_of_another_team_tells_nothing_of_its_steps(new, old):
    Team.objects.create(code="OTHER", name="Other")
    Case.objects.filter(pk=old.pk).update(team="OTHER")
    page = page_of(signed_in("SUPERVISOR"), new)
    assert "浦东新区人民法院" not in page
    assert "Account A2 is written off" in page, "which is a fact of an account of this very case"
    assert f"/write-offs/{WriteOff.objects.get(account_id='A2', status='POSTED').pk}/" not in page


def test_the_list_asks_no_more_for_it(new):
    client = signed_in("LEGAL")
    with CaptureQueriesContext(connection) as asked:
        client.get("/cases/?status=OPEN")
    assert sum('"writeoffs_writeoff"' in query["sql"] for query in asked) == 1
