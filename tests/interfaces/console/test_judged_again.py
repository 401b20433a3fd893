"""A judgement judged again beside other laws, and advice overruled, on their pages after a real night."""

from __future__ import annotations

import pytest
from tests.interfaces.console.conftest import signed_in

from arrears.records.compliance import operations
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact

pytestmark = pytest.mark.django_db


class TestJudgedAgain:
    def test_the_three_answers_stand_side_by_side_with_the_facts(self, late):
        for verdict in Verdict.objects.filter(phase="PLAN"):
            page = signed_in("COMPLIANCE").get(f"/verdicts/{verdict.pk}/")
            text = page.content.decode()
            assert [side.allowed for side in page.context["sides"]] == [verdict.allowed] * 3
            assert page.context["again"].agrees
            assert "The same text, and the same answer as on record." in text
            assert "What it was judged on" in text
            log = signed_in("COMPLIANCE").get(f"/verdicts/?customer={verdict.customer_id}").content.decode()
            assert f'href="/verdicts/{verdict.pk}/"' in log
        assert Verdict.objects.filter(phase="PLAN").exists()

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("pack=us%2Bma&on=2026-01-01", "us+ma@"),
            ("pack=nowhere", "There is no rule pack"),
            ("on=yesterday", "left out: on=yesterday"),
            ("on=0001-01-01", "left out: on=0001-01-01"),
        ],
    )
    def test_another_law_or_day_may_be_asked_and_nonsense_is_answered(self, late, query, told):
        page = signed_in("SUPERVISOR").get(f"/verdicts/{Verdict.objects.first().pk}/?{query}")
        assert told in page.content.decode()


class TestRelease:
    """A message that guidance holds: a supervisor lets it go from its page."""

    ADVICE = {
        "rule": "ADVICE",
        "citation": "a guideline",
        "nature": "guidance",
        "counted": None,
        "max": None,
        "text_zh": "不宜",
        "text_en": "better not",
    }

    @pytest.fixture
    def held(self, late):
        contact = Contact.objects.filter(channel="SMS").first()
        Contact.objects.filter(pk=contact.pk).update(status="PLANNED", not_before=contact.expires_at)
        like = Verdict.objects.filter(contact_id=contact.pk).first()
        row = (contact.pk, contact.person_id, "SEND", like.at, False, None, like.pack, like.facts, [self.ADVICE])
        operations.keep_verdicts([row])
        return contact.pk

    def test_its_page_offers_it_to_supervisors_alone(self, held):
        assert "Held by advice" in signed_in("COMPLIANCE").get("/verdicts/?rule=ADVICE").content.decode()
        assert "Let it go" in signed_in("SUPERVISOR").get(f"/contacts/{held}/").content.decode()
        assert "Let it go" not in signed_in("COMPLIANCE").get(f"/contacts/{held}/").content.decode()
        assert signed_in("COMPLIANCE").post(f"/contacts/{held}/release/", {"overruling": "x"}).status_code == 403

    def test_without_a_reason_or_an_advice_that_still_speaks_it_says_why_not(self, held):
        answer = signed_in("SUPERVISOR").post(f"/contacts/{held}/release/", {}, follow=True).content.decode()
        assert "Write the reason out." in answer
        told = {"overruling": "asked for it"}  # the pack in force has no such advice any more
        answer = signed_in("SUPERVISOR").post(f"/contacts/{held}/release/", told, follow=True).content.decode()
        assert "No advice holds this contact" in answer
        assert signed_in("SUPERVISOR").post("/contacts/none/release/", told).status_code == 404
