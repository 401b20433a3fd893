"""A call to help, through the pages: offered beside the work to whoever may do it, dialled, told, in the story."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from tests.actions.test_dial_call import Board
from tests.interfaces.console.conftest import DAY, TEN, signed_in

from arrears.actions import hear_person, stop_contact, wired
from arrears.interfaces.ui import moment
from arrears.records.cases.models import WorkItem
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.rules.cases import HELPING

pytestmark = pytest.mark.django_db

HARDSHIP, GRAVE = "我失业了，还在找工作", "我活不下去了，不想活了"
HTMX = {"hx-request": "true"}


def told(text: str) -> None:
    [heard] = hear_person.listen([text])
    hear_person.act(customer_id="C1", heard=heard, at=TEN - timedelta(hours=1), actor="sms")


def ask(role: str, case, where: str = "help"):
    point = ContactPoint.objects.get(person_id="C1", kind="MOBILE")
    form = {"contact_point_id": point.pk}
    return signed_in(role).post(f"/cases/{case.pk}/{where}/", form, headers=HTMX)


def text(role: str, address: str) -> str:
    return signed_in(role).get(address).content.decode()


@pytest.mark.parametrize(
    ("role", "heard", "kind", "end"),
    [
        ("AGENT", HARDSHIP, "HARDSHIP", "HARDSHIP_AGREED"),
        ("SUPERVISOR", GRAVE, "CARE", "CARED_SPOKEN"),
    ],
)
def test_who_is_asked_for_help_calls_from_the_work_to_the_end_of_it(late, monkeypatch, role, heard, kind, end):
    board = Board()
    dialling = dataclasses.replace(wired.here(), open_dialler=lambda: board)
    monkeypatch.setattr(moment.wired, "here", lambda: dialling)
    told(heard)
    page = f"/cases/{late.pk}/"
    assert f'href="{page}#help"' in text(role, f"/work/?kind={kind}")
    assert f'action="{page}help/"' in text(role, page)

    assert "hx-redirect" in ask(role, late, "calls").headers
    assert not board.asked
    monkeypatch.setattr(moment, "_read", lambda: moment.Moment(TEN + timedelta(minutes=1), DAY, "Asia/Shanghai"))
    answer = ask(role, late).content.decode()
    assert "A call to help is open" in answer
    assert "Call reference PBX-7" in answer
    [call] = board.asked
    client = signed_in(role)
    client.post(f"/calls/{call.reference}/outcome/", {"outcome": "RIGHT_PARTY", "note": "a friend is with them"})
    assert "Call · Help: Spoke with the borrower" in text(role, page)
    [work] = WorkItem.objects.filter(kind=kind)
    client.post(f"/work/{work.pk}/complete/", {"how": end})
    assert WorkItem.objects.get(kind=kind).status == "DONE"
    made = Contact.objects.get(pk=call.reference)
    assert (made.purpose, made.outcome, made.case_id) == (HELPING, "RIGHT_PARTY", late.pk)
    assert "#help" not in text(role, f"/work/?kind={kind}")
    assert f'action="{page}help/"' not in text(role, page)


def test_to_nobody_else_is_it_offered_or_allowed(late):
    page = f"/cases/{late.pk}/"
    assert "/help/" not in text("SUPERVISOR", page)
    assert "hx-redirect" in ask("SUPERVISOR", late).headers
    told(GRAVE)
    for role in ("AGENT", "LEGAL", "COMPLIANCE", "FINANCE"):
        assert "/help/" not in text(role, page), role
    for role, status in (("AGENT", 200), ("COMPLIANCE", 403), ("FIELD", 403), ("AGENCY", 403)):
        assert ask(role, late).status_code == status, role
    assert "#help" not in text("SUPERVISOR", "/work/?kind=SAFETY")
    assert not Contact.objects.filter(purpose=HELPING, initiated_by="COLLECTOR").exists()


def test_why_not_is_said(late):
    told(HARDSHIP)
    stop_contact.stop_contact(customer_id="C1", reason="CEASED", at=TEN, actor="user:1")
    client = signed_in("AGENT")
    form = {"contact_point_id": ContactPoint.objects.get(person_id="C1", kind="MOBILE").pk}
    answer = client.post(f"/cases/{late.pk}/help/", form, follow=True).content.decode()
    assert "not called, not even to help" in answer
    WorkItem.objects.filter(kind="HARDSHIP").update(status="DONE")
    answer = client.post(f"/cases/{late.pk}/help/", form, follow=True).content.decode()
    assert "none is open for you in this case" in answer
