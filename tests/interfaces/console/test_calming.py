"""What was heard of a person, on the page of their case: the flag, the card, the work that asks to care for them."""

from __future__ import annotations

import pytest
from tests.interfaces.console.conftest import signed_in
from tests.interfaces.console.test_call_desk import ask

from arrears.records.cases.models import WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact

pytestmark = pytest.mark.django_db


def told(case, note: str, *, outcome: str = "RIGHT_PARTY"):
    """An agent calls, and notes what was said."""
    client = signed_in("AGENT")
    ask(client, case)
    call = Contact.objects.get(person_id="C1", channel="CALL")
    page = client.post(f"/calls/{call.pk}/outcome/", {"outcome": outcome, "note": note}, follow=True)
    return client, page.content.decode()


class TestCalming:
    def test_a_cry_for_help_stops_all_and_the_page_says_how_to_go_on(self, late):
        client, page = told(late, "客户说活不下去了，不想活了")
        assert "All collection has stopped" in page
        assert "Life first, the debt later" in page
        assert "What never to say or do" in page
        assert "不想活" not in page
        assert Stop.objects.get(person_id="C1", reason="SELF_HARM").to_at is None
        assert not WorkItem.objects.filter(case=late, kind="CALL", status="OPEN").exists()
        chinese = client.get(f"/cases/{late.pk}/", headers={"accept-language": "zh-hans"}).content.decode()
        assert "先顾生命，不谈欠款" in chinese
        assert "已停止一切催收" in chinese

    def test_the_supervisor_finds_the_work_and_says_how_it_ended(self, late):
        told(late, "she said she wants to kill herself")
        client = signed_in("SUPERVISOR")
        assert late.pk in client.get("/work/?kind=CARE").content.decode()
        care = WorkItem.objects.get(case=late, kind="CARE")
        client.post(f"/work/{care.pk}/complete/", {"how": "CARED_SPOKEN", "note": ""}, follow=True)
        care.refresh_from_db()
        assert (care.status, care.outcome) == ("DONE", "CARED_SPOKEN")

    def test_a_lesser_trouble_brings_a_card_and_a_rest(self, late):
        _, page = told(late, "客户失业了，还在找工作")
        assert "Somebody who lost their work" in page
        assert "No contact of our own accord for 5 days." in page
        assert Stop.objects.get(person_id="C1").reason == "REST"

    def test_an_ordinary_call_shows_no_card(self, late):
        _, page = told(late, "累死了，说周五还")
        assert "What never to say or do" not in page
        assert not Stop.objects.filter(person_id="C1").exists()
