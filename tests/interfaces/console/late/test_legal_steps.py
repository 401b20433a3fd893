"""Late collection through the pages: legal steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import nights
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.interfaces.console.late.town import ID, night, open_kinds, work

from arrears.records.audit.models import Event
from arrears.records.cases import operations
from arrears.records.cases.models import Case, CaseEvent
from arrears.records.matters.models import LegalStep
from arrears.records.privacy import words

pytestmark = pytest.mark.django_db


class TestLegalStep:
    FORM = {
        "id": ID,
        "kind": "SUIT_FILED",
        "on": DAY.isoformat(),
        "body": "上海市浦东新区人民法院",
        "reference": "(2026)沪0115民初1号",
    }

    def take(self, case: Case, role: str = "LEGAL", **changes: str):
        return signed_in(role).post(f"/cases/{case.pk}/legal-step/", self.FORM | changes, follow=True)

    def test_a_suit_ends_the_task_and_tells_its_story(self, large):
        assert "LEGAL" in open_kinds(large)
        page = self.take(large, claim="27000.00").content.decode()
        twice = self.take(large, claim="27000.00").content.decode()

        assert "Legal step: Suit filed" in page
        assert "(2026)沪0115民初1号" in page
        assert "nothing was put on record twice" in twice
        step = LegalStep.objects.get()
        assert (step.kind, step.is_pending, step.claim_minor) == ("SUIT_FILED", True, 2_700_000)
        assert work(large, "LEGAL").outcome == "STEP_TAKEN"
        assert CaseEvent.objects.filter(kind="legal.step").count() == 1
        assert Event.objects.get(kind="legal.step").after == "SUIT_FILED"

    @pytest.mark.any_database
    def test_while_a_suit_runs_the_night_asks_for_no_second(self, large):
        self.take(large, claim="27000.00")
        for day in (1, 30, 35):  # a letter would rest for thirty
            nights.leap(DAY + timedelta(days=day))
            assert "LEGAL" not in open_kinds(large)

    def test_on_its_next_date_the_lawyers_are_asked_again(self, large):
        self.take(large, next_on=(DAY + timedelta(days=4)).isoformat())
        night(DAY + timedelta(days=3))
        assert "LEGAL" not in open_kinds(large)
        nights.run(DAY + timedelta(days=4))
        assert "LEGAL" in open_kinds(large)

    def test_a_term_that_ends_on_a_saturday_ends_on_the_monday(self, large):
        saturday = DAY + timedelta(days=5)
        assert saturday.weekday() == 5
        self.take(large, next_on=saturday.isoformat())
        assert LegalStep.objects.get().next_on == saturday + timedelta(days=2)

    @pytest.mark.any_database
    def test_a_letter_rests_until_its_date_and_two_steps_of_one_moment_are_two_events(self, large):
        self.take(large, kind="LAWYERS_LETTER", body="")
        self.take(large, kind="LAWYERS_LETTER", body="", id="b" * 32)

        assert CaseEvent.objects.filter(kind="legal.step").count() == 2
        nights.leap(DAY + timedelta(days=29))
        assert "LEGAL" not in open_kinds(large)
        nights.run(DAY + timedelta(days=30))
        assert "LEGAL" in open_kinds(large)

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"kind": "PRAYER"}, "Choose a legal step"),
            ({"body": ""}, "Name the court or body"),
            ({"on": (DAY + timedelta(days=1)).isoformat(), "next_on": "2026-12-31"}, "Check “taken on”"),
            ({"on": "0206-11-23"}, "Check “taken on”"),
            ({"next_on": DAY.isoformat()}, "Check “looked at again on”: it must come after today"),
            ({"next_on": "2226-11-23"}, "Check “looked at again on”: it lies beyond"),
            ({"kind": "JUDGMENT", "body": ""}, "Name the court or body"),
            ({"claim": "9000000.00"}, "far above what the case owes"),
            ({"claim": "-1"}, "The claim must be a number above zero"),
            ({"claim": "much"}, "The claim must be a number above zero"),
        ],
    )
    def test_what_is_wrong_is_told_keeps_what_was_entered_and_changes_nothing(self, large, changes, told):
        page = self.take(large, **changes).content.decode()

        assert told in page
        assert 'value="(2026)沪0115民初1号"' in page
        assert not LegalStep.objects.exists()
        assert "LEGAL" in open_kinds(large)

    def back(self, case: Case, role: str = "LEGAL", reason: str = "wrong case"):
        return signed_in(role).post(f"/cases/{case.pk}/legal-step/{ID}/back/", {"reason": reason}, follow=True)

    def test_a_step_recorded_by_mistake_is_taken_back_and_the_lawyers_are_asked_again(self, large):
        self.take(large)
        assert "Write the reason out" in self.back(large, reason="  ").content.decode()
        assert LegalStep.objects.get().back_at is None
        page = self.back(large).content.decode()
        twice = self.back(large, reason="once more").content.decode()

        assert "Legal step taken back: Suit filed" in page
        assert "wrong case" in page
        assert "taken back already" in twice
        assert words.opened(LegalStep.objects.get(), "back_reason_sealed") == "wrong case"
        assert CaseEvent.objects.filter(kind="legal.step_taken_back").count() == 1
        assert Event.objects.get(kind="legal.step_taken_back").before == "SUIT_FILED"
        for events in (Event.objects, CaseEvent.objects):  # what can never be deleted holds nobody's words
            assert "wrong case" not in str(list(events.values_list("data", flat=True)))
        night(DAY + timedelta(days=1))
        assert "LEGAL" in open_kinds(large)

    def test_a_step_of_another_case_is_not_taken_back_here(self, large, small):
        self.take(large)
        assert "no such legal step" in self.back(small, "SUPERVISOR").content.decode()
        assert self.back(large, "AGENT").status_code == 403
        assert LegalStep.objects.get().back_at is None

    def test_a_note_alone_does_not_end_the_task(self, large):
        item, client = work(large, "LEGAL"), signed_in("LEGAL")
        client.post(f"/work/{item.pk}/complete/", {"note": "done"})
        client.post(f"/work/{item.pk}/complete/", {"how": "STEP_TAKEN", "note": "done"})
        item.refresh_from_db()
        assert item.status == "OPEN"
        with pytest.raises(operations.WorkNeedsItsEnd):
            operations.complete_work(work_id=item.pk, outcome="DONE", note="x", at=TEN, actor="user:1")
        client.post(f"/work/{item.pk}/complete/", {"how": "NO_STEP_EVIDENCE"})
        item.refresh_from_db()
        assert item.outcome == "NO_STEP_EVIDENCE"

    @pytest.mark.parametrize("role", ["AGENT", "FINANCE", "FIELD", "COMPLIANCE"])
    def test_who_may_not_is_refused(self, large, role):
        assert self.take(large, role).status_code == 403
        assert signed_in(role).get(f"/cases/{large.pk}/legal-step/").status_code == 403
        assert not LegalStep.objects.exists()
