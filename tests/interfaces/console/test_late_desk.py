"""Late collection through the pages: a visit by two, a placement, legal steps, and what the night makes of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests import market, nights
from tests.interfaces.console.conftest import DAY, TEN, everyone, signed_in

from arrears.actions import reveal_sealed, wired
from arrears.config.checks import late_lists_in_force
from arrears.interfaces.ui import moment
from arrears.policies import last_good
from arrears.records.audit.models import Event
from arrears.records.cases import operations
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.contacts.models import Contact
from arrears.records.matters.models import LegalStep
from arrears.records.people.models import ContactPoint
from arrears.records.placements.models import Placement
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db

HOME = "上海市浦东新区某路1号"
HTMX = {"hx-request": "true"}
ID = "a" * 32


@pytest.fixture(scope="module")
def shared_town(shared_rows, tmp_path_factory):
    """The folder of a lake of two debtors; its night is in the books."""
    folder = tmp_path_factory.mktemp("town")
    tape = market.Tape()
    for customer, days, principal in (("SMALL", 100, "100.00"), ("LARGE", 130, "9000.00")):
        tape.customer(customer, mobile="13800000001" if customer == "SMALL" else "13800000002")
        tape.rows["contact_points"].append(
            {"customer_id": customer, "kind": "ADDRESS", "value": HOME, "relation": "SELF"}
        )
        tape.account(f"A-{customer}", customer, first_due=DAY - timedelta(days=days), principal=principal)
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        everyone(joined_on=date(2026, 11, 1))
    return folder


@pytest.fixture
def town(shared_town, db, settings, tmp_path, ten_in_the_morning):
    """SMALL is a small debt 100 days late, which goes to an agency; LARGE a large one of 130 days, for the lawyers."""
    nights.go_on_from(shared_town, tmp_path, settings, partitions=2)


@pytest.fixture
def small(town) -> Case:
    return Case.objects.get(person_id="SMALL")


@pytest.fixture
def large(town) -> Case:
    return Case.objects.get(person_id="LARGE")


def work(case: Case, kind: str) -> WorkItem:
    return WorkItem.objects.get(case=case, kind=kind, due_on=DAY)


def user(role: str) -> User:
    return User.objects.get(role=role)


def point(case: Case, kind: str = "ADDRESS") -> ContactPoint:
    return ContactPoint.objects.get(person=case.person, kind=kind)


def ask(client: Client, case: Case, companion: str | None = None, **headers: str):
    going = str(user("SUPERVISOR").pk) if companion is None else companion
    form = {"contact_point_id": point(case).pk, "companion": going, "agreed": "BY_PHONE"}
    return client.post(f"/cases/{case.pk}/visits/", form, headers=headers)


def the_visit() -> Contact:
    return Contact.objects.get(channel="VISIT", status="SENDING")


def page_of(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.pk}/").content.decode()


def night(on: date) -> None:
    for day in range((on - DAY).days):
        nights.run(DAY + timedelta(days=day + 1))


def open_kinds(case: Case) -> set[str]:
    return set(WorkItem.objects.filter(case=case, status="OPEN").values_list("kind", flat=True))


class TestVisit:
    def test_the_address_is_shown_once_the_gate_allows_two_visitors_and_on_no_other_page(self, large):
        client = signed_in("FIELD")
        before = page_of(client, large)
        answer = ask(client, large, **HTMX)
        after = page_of(client, large)

        assert "Ask the gate, then visit" in before
        assert HOME not in before + after
        assert HOME in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert "A visit is open" in after
        visit = the_visit()
        assert (visit.facts["staff_count"], visit.facts["companion"]) == (2, f"user:{user('SUPERVISOR').pk}")
        assert HOME in client.post(f"/visits/{visit.pk}/address/").content.decode()
        assert Event.objects.filter(kind=reveal_sealed.KIND, data__purpose="VISIT").count() == 2

    def test_nobody_goes_alone(self, large):
        client = signed_in("FIELD")
        page = client.get(ask(client, large, "", **HTMX).headers["HX-Redirect"]).content.decode()

        assert "The gate does not allow this now" in page
        assert "第二十二条" in page
        assert not Contact.objects.filter(channel="VISIT", status="SENDING").exists()

    @pytest.mark.parametrize("role", ["FINANCE", "FIELD"])
    def test_who_goes_along_is_another_colleague_who_visits(self, large, role):
        client = signed_in("FIELD")
        ask(client, large, str(user(role).pk))

        assert "cannot go along" in page_of(client, large)
        assert not Contact.objects.filter(channel="VISIT").exists()

    def test_meeting_the_borrower_ends_the_task_by_itself_and_the_note_stays_sealed(self, large):
        client = signed_in("FIELD")
        ask(client, large)
        visit = the_visit()
        client.post(f"/visits/{visit.pk}/outcome/", {"outcome": "MET", "note": "will pay"}, follow=True)
        again = client.post(f"/visits/{visit.pk}/outcome/", {"outcome": "NOT_MET"}, follow=True)

        visit.refresh_from_db()
        assert (visit.status, visit.outcome) == ("DONE", "MET")
        assert "on record already" in again.content.decode()
        assert work(large, "VISIT").outcome == "MET"
        assert b"will pay" not in bytes(visit.text_sealed)
        assert "will pay" not in again.content.decode()
        assert "Met the borrower" in again.content.decode()

    def test_a_visit_under_way_is_told_as_a_visit(self, large):
        client = signed_in("FIELD")
        ask(client, large)
        page = page_of(client, large)
        contact = signed_in("SUPERVISOR").get(f"/contacts/{the_visit().pk}/").content.decode()

        assert "A visit is open" in page
        assert "Note: whom you met" in page
        assert "Being sent" not in page + contact
        assert "Under way" in contact

    def test_without_a_visit_the_task_does_not_end_as_done(self, large):
        item, client = work(large, "VISIT"), signed_in("FIELD")
        for form, told in (
            ({"note": "nobody there"}, "Choose how this work ends"),
            ({"how": "TRIED"}, "No attempt is on record"),
            ({"how": "NOT_VISITED_OTHER"}, "Write a short note"),
            ({"how": "NOT_CALLED_PAID"}, "Choose how this work ends"),
        ):
            page = client.post(f"/work/{item.pk}/complete/", form, follow=True).content.decode()
            assert told in page
        item.refresh_from_db()
        assert item.status == "OPEN"
        client.post(f"/work/{item.pk}/complete/", {"how": "NOT_VISITED_SPOKEN"})
        item.refresh_from_db()
        assert (item.status, item.outcome) == ("DONE", "NOT_VISITED_SPOKEN")

    def test_a_visit_that_met_nobody_ends_it_as_tried_once_it_is_told(self, large):
        item, client = work(large, "VISIT"), signed_in("FIELD")
        ask(client, large)
        early = client.post(f"/work/{item.pk}/complete/", {"how": "TRIED"}, follow=True).content.decode()
        client.post(f"/visits/{the_visit().pk}/outcome/", {"outcome": "NOT_MET"})
        client.post(f"/work/{item.pk}/complete/", {"how": "TRIED"})

        item.refresh_from_db()
        assert "tell its outcome first" in early
        assert (item.status, item.outcome) == ("DONE", "TRIED")

    def test_untold_it_stands_on_the_work_page_of_both_visitors_and_the_supervisor(self, large, monkeypatch):
        visitor = signed_in("FIELD")
        companion = User.objects.create_user(username="f2", role="FIELD", display_name="F2")
        ask(visitor, large, str(companion.pk))
        hours_later = wired.Wired(now=lambda: TEN + timedelta(hours=5), gate=wired.here().gate, open_channels=dict)
        monkeypatch.setattr(moment.wired, "here", lambda: hours_later)
        other = Client(headers={"accept-language": "en"})
        other.force_login(companion)
        for client in (signed_in("SUPERVISOR"), other):
            page = client.get("/work/?kind=VISIT").content.decode()
            assert "Calls and visits not told yet" in page
            assert "Overdue to be told" in page
            assert HOME not in page
        refused = other.post(f"/visits/{the_visit().pk}/address/")
        assert HOME not in refused.content.decode()
        told = other.post(f"/visits/{the_visit().pk}/not-made/", {"next": "/work/"}, follow=True).content.decode()
        assert "still counts against the limits" in told
        assert Contact.objects.get(channel="VISIT").outcome == "NOT_MADE"
        assert "Calls and visits not told yet" not in told

    def test_a_supervisor_who_was_not_there_takes_it_out_of_the_count(self, large):
        visitor = signed_in("FIELD")
        companion = User.objects.create_user(username="f2", role="FIELD", display_name="F2")
        ask(visitor, large, str(companion.pk))
        told = signed_in("SUPERVISOR").post(f"/visits/{the_visit().pk}/not-made/", follow=True).content.decode()

        assert "does not count against the limits any more" in told
        assert visitor.post(f"/calls/{Contact.objects.get(channel='VISIT').pk}/outcome/").status_code == 404

    @pytest.mark.parametrize("role", ["FINANCE", "ANALYST", "AGENT"])
    def test_the_outsider_is_sent_away(self, large, role):
        ask(signed_in("FIELD"), large)
        assert ask(signed_in(role), large).status_code == 403
        assert signed_in(role).post(f"/visits/{the_visit().pk}/address/").status_code == 403
        assert signed_in(role).post(f"/visits/{the_visit().pk}/outcome/", {"outcome": "MET"}).status_code in {403, 404}


class TestContactPoint:
    def test_a_wrong_address_is_told_with_the_visit_and_used_no_more(self, large):
        client = signed_in("FIELD")
        ask(client, large)
        form = {"outcome": "WRONG_PLACE", "point": "wrong"}
        page = client.post(f"/visits/{the_visit().pk}/outcome/", form, follow=True).content.decode()

        assert point(large).invalid_since == TEN
        assert "nobody is contacted there any more" in page
        assert "Contact point does not reach them" in page
        assert CaseEvent.objects.get(kind="point_invalid").reason == "WRONG_PLACE"
        assert Event.objects.get(kind="point.invalid", subject_id="LARGE").data["reason"] == "WRONG_PLACE"
        ask(client, large)
        assert "does not reach this person" in page_of(client, large)

    def test_an_outcome_that_reached_them_does_not_condemn_the_number(self, large):
        client = signed_in("FIELD")
        ask(client, large)
        page = client.post(f"/visits/{the_visit().pk}/outcome/", {"outcome": "MET", "point": "wrong"}, follow=True)

        assert "does not say that the number or address is wrong" in page.content.decode()
        assert point(large).invalid_since is None
        assert the_visit().outcome == ""

    def test_what_is_planned_to_it_is_cancelled_and_the_night_plans_no_more_until_it_is_right_again(self, small):
        mobile, client = point(small, "MOBILE"), signed_in("AGENT")
        night(DAY + timedelta(days=5))  # day 105 has its late notice
        planned = Contact.objects.filter(person_id="SMALL", channel="SMS", status="PLANNED")
        assert planned.count() == 1
        mark = f"/cases/{small.pk}/points/{mobile.pk}/"
        page = client.post(f"{mark}invalid/", {"reason": "UNDELIVERABLE"}, follow=True).content.decode()
        again = client.post(f"{mark}invalid/", {"reason": "UNDELIVERABLE"}, follow=True).content.decode()

        assert "Planned contacts cancelled: 1" in page
        assert "marked this number or address already" in again
        assert not planned.exists()
        assert Event.objects.filter(kind="point.invalid").count() == 1
        for day in range(6, 21):  # day 120 would have another
            nights.run(DAY + timedelta(days=day))
        assert not planned.exists()
        for reason, told in (("", "Write the reason out"), ("call 13800000001", "must not hold a number")):
            assert told in client.post(f"{mark}valid/", {"reason": reason}, follow=True).content.decode()
        back = client.post(f"{mark}valid/", {"reason": "they wrote to us from it"}, follow=True).content.decode()
        mobile.refresh_from_db()
        assert mobile.invalid_since is None
        assert back.count("they wrote to us from it") == 1
        for day in range(21, 51):  # day 150
            nights.run(DAY + timedelta(days=day))
        assert planned.exists()

    def test_a_wrong_number_is_told_with_the_call(self, small):
        client = signed_in("AGENT")
        client.post(f"/cases/{small.pk}/calls/", {"contact_point_id": point(small, "MOBILE").pk})
        call = Contact.objects.get(channel="CALL", status="SENDING")
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "WRONG_PARTY", "point": "wrong"})

        assert point(small, "MOBILE").invalid_since == TEN

    def test_a_strangers_number_and_a_reason_that_is_none_are_refused(self, small, large):
        client = signed_in("AGENT")
        stranger = f"/cases/{small.pk}/points/{point(large, 'MOBILE').pk}/invalid/"
        client.post(stranger, {"reason": "WRONG_PARTY"})
        client.post(f"/cases/{small.pk}/points/{point(small, 'MOBILE').pk}/invalid/", {"reason": "UGLY"})

        assert not ContactPoint.objects.filter(invalid_since__isnull=False).exists()
        assert signed_in("FINANCE").post(stranger, {"reason": "WRONG_PARTY"}).status_code == 403

    @pytest.mark.parametrize(
        ("kind", "fits", "does_not"),
        [("MOBILE", "OUT_OF_SERVICE", "WRONG_PLACE"), ("ADDRESS", "WRONG_PLACE", "OUT_OF_SERVICE")],
    )
    def test_the_reasons_are_those_of_its_kind(self, small, kind, fits, does_not):
        client, mine = signed_in("AGENT"), point(small, kind)
        form = page_of(client, small).partition(f'id="pi-{mine.pk}"')[2].partition("</select>")[0]
        address = f"/cases/{small.pk}/points/{mine.pk}/invalid/"
        refused = client.post(address, {"reason": does_not}, follow=True).content.decode()

        assert fits in form
        assert does_not not in form
        assert "Choose a reason." in refused
        mine.refresh_from_db()
        assert mine.invalid_since is None
        client.post(address, {"reason": fits})
        mine.refresh_from_db()
        assert mine.invalid_since == TEN


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

    def test_it_ends_the_task_tells_its_story_and_the_night_asks_for_no_second(self, small):
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
        night(DAY + timedelta(days=40))
        assert "AGENCY" not in open_kinds(small)

    def test_while_an_agency_has_the_case_we_neither_call_nor_write(self, small):
        assert open_kinds(small) >= {"AGENCY", "CALL"}
        planned = Contact.objects.filter(case=small, status="PLANNED").count()
        self.place(small)
        assert not open_kinds(small) & {"CALL", "VISIT", "AGENCY"}
        assert not Contact.objects.filter(case=small, status="PLANNED").exists()
        for day in (5, 20):  # days 105 and 120 past due have a notice each
            nights.run(DAY + timedelta(days=day))
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
        night(DAY + timedelta(days=29))
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

    def test_a_suit_ends_the_task_tells_its_story_and_rests_without_a_second_task(self, large):
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
        night(DAY + timedelta(days=35))
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

    def test_a_letter_rests_until_its_date_and_two_steps_of_one_moment_are_two_events(self, large):
        self.take(large, kind="LAWYERS_LETTER", body="")
        self.take(large, kind="LAWYERS_LETTER", body="", id="b" * 32)

        assert CaseEvent.objects.filter(kind="legal.step").count() == 2
        night(DAY + timedelta(days=29))
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
        assert LegalStep.objects.get().back_reason == "wrong case"
        assert CaseEvent.objects.filter(kind="legal.step_taken_back").count() == 1
        assert Event.objects.get(kind="legal.step_taken_back").before == "SUIT_FILED"
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
