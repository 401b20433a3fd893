"""Late collection through the pages: a visit by two, and where nobody lives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import nights
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.interfaces.console.late.town import HOME, HTMX, ask, night, page_of, point, the_visit, user, work

from arrears.actions import reveal_sealed, wired
from arrears.interfaces.ui import moment
from arrears.records.audit.models import Event
from arrears.records.cases.models import CaseEvent
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db


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
        revealed = Event.objects.filter(kind=reveal_sealed.KIND).values_list("data", flat=True)
        assert [data["purpose"] for data in revealed].count("VISIT") == 2

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

    @pytest.mark.any_database
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
        nights.leap(DAY + timedelta(days=20))  # day 120 would have another
        assert not planned.exists()
        for reason, told in (("", "Write the reason out"), ("call 13800000001", "must not hold a number")):
            assert told in client.post(f"{mark}valid/", {"reason": reason}, follow=True).content.decode()
        back = client.post(f"{mark}valid/", {"reason": "they wrote to us from it"}, follow=True).content.decode()
        mobile.refresh_from_db()
        assert mobile.invalid_since is None
        assert back.count("they wrote to us from it") == 1
        nights.leap(DAY + timedelta(days=50))  # day 150
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
