"""Late collection through the pages: a case goes to an agency and comes back, by lists that may be wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import nights
from tests.interfaces.console.conftest import DAY, signed_in
from tests.interfaces.console.late.town import (
    ID,
    night,
    open_kinds,
    page_of,
    work,
)

from arrears.config.checks import late_lists_in_force
from arrears.policies import last_good
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent
from arrears.records.contacts.models import Contact
from arrears.records.placements.models import Placement
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db


class TestPlacement:
    FORM = {
        "id": ID,
        "agency": "EXAMPLE_EAST",
        "on": DAY.isoformat(),
        "amount": "315.00",
        "reference": "P-1",
        "note": "",
    }

    def place(self, case: Case, role: str = "SUPERVISOR", **changes: str):
        return signed_in(role).post(f"/cases/{case.pk}/placement/", self.FORM | changes, follow=True)

    def test_it_ends_the_task_and_tells_its_story(self, small):
        assert "AGENCY" in open_kinds(small)
        page = self.place(small).content.decode()
        twice = self.place(small).content.decode()

        assert "The case is with the agency" in page
        assert "Example Asset Services East" in page
        assert "nothing was put on record twice" in twice
        placed = Placement.objects.get()
        assert (placed.agency, placed.amount_minor, placed.placed_on) == ("EXAMPLE_EAST", 31_500, DAY)
        assert work(small, "AGENCY").outcome == "PLACED"
        assert CaseEvent.objects.filter(kind="agency.placed").count() == 1
        assert Event.objects.get(kind="agency.placed").data["amount_minor"] == 31_500

    @pytest.mark.any_database
    def test_while_it_lasts_the_night_asks_for_no_second(self, small):
        self.place(small)
        for day in (1, 30, 40):  # a case that was placed once is asked for again after thirty
            nights.leap(DAY + timedelta(days=day))
            assert "AGENCY" not in open_kinds(small)

    def test_while_an_agency_has_the_case_we_neither_call_nor_write(self, small):
        assert open_kinds(small) >= {"AGENCY", "CALL"}
        planned = Contact.objects.filter(case=small, status="PLANNED").count()
        self.place(small)
        assert not open_kinds(small) & {"CALL", "VISIT", "AGENCY"}
        assert not Contact.objects.filter(case=small, status="PLANNED").exists()
        for day in (5, 20):  # days 105 and 120 past due have a notice each
            nights.leap(DAY + timedelta(days=day))
            assert "CALL" not in open_kinds(small)
        assert Contact.objects.filter(case=small).count() == planned
        form = {"reason": "RETURNED", "on": DAY.isoformat(), "note": ""}
        signed_in("SUPERVISOR").post(f"/cases/{small.pk}/placement/{ID}/end/", form)
        nights.run(DAY + timedelta(days=21))
        assert "CALL" in open_kinds(small)

    def test_it_is_told_in_chinese_too(self, small):
        self.place(small)
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(User.objects.create_user(username="z", role="SUPERVISOR", language="zh-hans"))
        page = page_of(client, small)

        assert "示例东部资产服务" in page
        assert "已委托外部机构" in page

    @pytest.mark.any_database
    def test_after_its_end_the_case_may_be_placed_anew_and_the_night_waits_a_month(self, small):
        self.place(small)
        end = f"/cases/{small.pk}/placement/{ID}/end/"
        form = {"reason": "RECALLED", "on": DAY.isoformat(), "note": ""}
        page = signed_in("SUPERVISOR").post(end, form, follow=True).content.decode()
        again = signed_in("SUPERVISOR").post(end, form, follow=True).content.decode()

        assert "with the agency no longer" in page
        assert "Recalled by us" in page
        assert "has ended already" in again
        assert CaseEvent.objects.filter(kind="agency.recalled").count() == 1
        nights.leap(DAY + timedelta(days=29))
        assert "AGENCY" not in open_kinds(small)
        nights.run(DAY + timedelta(days=30))
        assert "AGENCY" in open_kinds(small)

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"agency": "NOBODY"}, "no contract with this agency"),
            ({"agency": "EXAMPLE_OLD"}, "no contract with this agency"),
            ({"on": (DAY + timedelta(days=1)).isoformat()}, "between the day the case was opened and today"),
            ({"on": "soon"}, "The date is missing or is not a date"),
            ({"amount": "0"}, "must be a number above zero"),
            ({"amount": "99999.00"}, "no more than is owed"),
            ({"id": "x"}, "check each field"),
        ],
    )
    def test_what_is_wrong_is_told_keeps_what_was_entered_and_changes_nothing(self, small, changes, told):
        page = self.place(small, **changes).content.decode()

        assert told in page
        assert 'value="P-1"' in page
        assert not Placement.objects.exists()
        assert "AGENCY" in open_kinds(small)

    def test_two_placements_at_once_are_one_and_the_second_is_told(self, small):
        self.place(small)
        told = self.place(small, id="b" * 32, agency="EXAMPLE_SOUTH").content.decode()
        changed = self.place(small, amount="300.00").content.decode()

        assert "with an agency already" in told
        assert "with other content" in changed
        assert Placement.objects.count() == 1

    def test_only_a_stated_reason_ends_the_task_without_it_and_holds_the_night_for_a_month(self, small):
        item, client = work(small, "AGENCY"), signed_in("SUPERVISOR")
        client.post(f"/work/{item.pk}/complete/", {"note": "done"})
        client.post(f"/work/{item.pk}/complete/", {"how": "PLACED", "note": "done"})
        item.refresh_from_db()
        assert item.status == "OPEN"
        client.post(f"/work/{item.pk}/complete/", {"how": "NOT_PLACED_AGREED"})
        item.refresh_from_db()
        assert item.outcome == "NOT_PLACED_AGREED"
        night(DAY + timedelta(days=3))
        assert "AGENCY" not in open_kinds(small)

    def test_the_same_placement_again_is_answered_as_the_first_time_whatever_became_of_the_case(self, small):
        self.place(small)
        Case.objects.filter(pk=small.pk).update(stage="EARLY", outstanding_minor=100)
        twice = self.place(small).content.decode()
        other = self.place(small, id="b" * 32).content.decode()

        assert "nothing was put on record twice" in twice
        assert "not in late collection" in other
        assert Placement.objects.count() == 1

    def test_it_ends_for_a_reason_of_the_list(self, small):
        self.place(small)
        form = {"reason": "BORED", "on": DAY.isoformat(), "note": ""}
        page = signed_in("SUPERVISOR").post(f"/cases/{small.pk}/placement/{ID}/end/", form, follow=True)

        assert "Choose a reason" in page.content.decode()
        assert Placement.objects.get().is_live

    @pytest.mark.parametrize("role", ["AGENT", "LEGAL", "FINANCE", "FIELD"])
    def test_who_may_not_is_refused(self, small, role):
        assert self.place(small, role).status_code == 403
        assert signed_in(role).get(f"/cases/{small.pk}/placement/").status_code == 403
        assert signed_in(role).post(f"/cases/{small.pk}/placement/{ID}/end/").status_code == 403
        assert not Placement.objects.exists()

    def test_another_cases_placement_is_not_ended_from_here(self, small, large):
        self.place(small)
        form = {"reason": "RECALLED", "on": DAY.isoformat()}
        assert signed_in("SUPERVISOR").post(f"/cases/{large.pk}/placement/{ID}/end/", form).status_code == 404
        assert Placement.objects.get().is_live


class TestABadEditOfTheLists:
    @pytest.fixture
    def own(self, settings, tmp_path, town):
        settings.HOME = tmp_path / "home"
        (settings.HOME / "policies").mkdir(parents=True)
        return settings.HOME / "policies" / "agencies.toml"

    def test_the_last_good_lists_stay_and_the_pages_tell_it(self, small, own):
        client = signed_in("SUPERVISOR")
        own.write_text('[[agency]]\ncode = "OURS"\nzh-hans = "我方"\nen = "Our partner"\nfrom = 2025-01-01\n')
        TestPlacement().place(small, agency="OURS")
        own.write_text("[[agency")
        pages = [client.get(f"/cases/{small.pk}/").content.decode()]
        pages += [client.get(f"/cases/{small.pk}/{form}/").content.decode() for form in ("placement", "legal-step")]

        assert all("agencies.toml" in page for page in pages)
        assert "Our partner" in pages[0]
        assert late_lists_in_force()[0].id == "arrears.W002"
        last_good.forget()  # another process, or this one after a restart
        assert "Our partner" in client.get(f"/cases/{small.pk}/").content.decode()

    def test_a_misspelt_key_is_no_good_edit(self, small, own):
        own.write_text('[[agency]]\ncode = "OURS"\nzh-hans = "我方"\nen = "Our partner"\nfrom = 2025-01-01\n')
        TestPlacement().place(small, agency="OURS")
        own.write_text(own.read_text() + "until = 2025-02-01\n")

        (told,) = late_lists_in_force()
        assert "agencies.toml:6: agency[OURS].until: unknown key; there are code, en, from, to, zh-hans" in told.msg

    def test_without_good_lists_nothing_is_placed_and_the_case_is_still_shown(self, small, own):
        own.write_bytes(b"\xff")
        page = TestPlacement().place(small).content.decode()
        shown = signed_in("SUPERVISOR").get(f"/cases/{small.pk}/")

        assert "no contract with this agency" in page
        assert shown.status_code == 200
        assert not Placement.objects.exists()
