"""An agent at the telephone, through the pages: the gate, the number, the outcome, and opening what stands sealed."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.actions.test_dial_call import Board
from tests.interfaces.console.conftest import DAY, TEN, signed_in

from arrears.actions import reveal_sealed, stop_contact, wired
from arrears.interfaces.ui import moment
from arrears.kernel import clock
from arrears.records.audit.models import Event
from arrears.records.cases import operations
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.compliance.models import Verdict
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.privacy import cipher
from arrears.records.staff.models import User
from arrears.rules import reveals

pytestmark = pytest.mark.django_db

NUMBER = "+8613800000001"
HTMX = {"hx-request": "true"}


def own_point() -> ContactPoint:
    return ContactPoint.objects.get(person_id="C1", kind="MOBILE")


def ask(client: Client, case: Case, **headers: str):
    return client.post(f"/cases/{case.pk}/calls/", {"contact_point_id": own_point().pk}, headers=headers)


def open_point(client: Client, case: Case, **changes: str):
    form = {"what": "POINT", "subject_id": own_point().pk, "purpose": "IDENTITY", "reason": ""}
    return client.post(f"/cases/{case.pk}/reveal/", form | changes, headers=HTMX)


def show(client: Client, call: Contact):
    return client.post(f"/calls/{call.pk}/number/", {"reason": "the switchboard is down"})


class TestWhileItIsUnderWay:
    """A clearance is of its moment: what has come between is asked for again before a number is shown."""

    @pytest.fixture
    def call(self, late) -> Contact:
        ask(signed_in("AGENT"), late)
        return Contact.objects.get(person_id="C1", channel="CALL")

    def test_no_number_is_shown_once_the_person_is_left_alone(self, late, call):
        stop_contact.stop_contact(customer_id="C1", reason="COMPLAINT", at=TEN, actor="user:1")
        answer = signed_in("AGENT").post(
            f"/calls/{call.pk}/number/", {"reason": "the switchboard is down"}, follow=True
        )
        assert NUMBER not in answer.content.decode()
        assert "complaint" in answer.content.decode()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()

    def test_no_number_is_shown_at_night(self, late, call, monkeypatch):
        at = TEN + timedelta(hours=13)
        monkeypatch.setattr(moment, "_read", lambda: moment.Moment(at, DAY, "Asia/Shanghai"))
        assert NUMBER not in show(signed_in("AGENT"), call).content.decode()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()

    def test_no_number_is_shown_once_nothing_is_owed(self, late, call):
        Case.objects.filter(pk=late.pk).update(overdue_minor=0, outstanding_minor=0)
        answer = signed_in("AGENT").post(
            f"/calls/{call.pk}/number/", {"reason": "the switchboard is down"}, follow=True
        )
        assert NUMBER not in answer.content.decode()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()

    def test_its_own_record_does_not_stand_in_the_way(self, late, call):
        assert NUMBER in show(signed_in("AGENT"), call).content.decode()
        assert NUMBER in show(signed_in("AGENT"), call).content.decode()


class TestCall:
    def test_the_number_is_on_no_page_and_is_shown_for_a_written_reason_once_the_gate_allows(self, late):
        client = signed_in("AGENT")
        before = client.get(f"/cases/{late.pk}/")
        answer = ask(client, late, **HTMX)
        after = client.get(f"/cases/{late.pk}/")

        assert NUMBER[-8:] not in (before.content + answer.content + after.content).decode()
        assert "138****0001" in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert "no-store" in after.headers["Cache-Control"]
        assert "A call is open" in after.content.decode()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()
        call = Contact.objects.get(person_id="C1", channel="CALL")
        for reason, told in (("", "Write the reason out"), ("it is 13800000001", "must not hold a number")):
            refused = client.post(f"/calls/{call.pk}/number/", {"reason": reason}, follow=True).content.decode()
            assert NUMBER not in refused
            assert told in refused
        shown = show(client, call)
        assert f'href="tel:{NUMBER}"' in shown.content.decode()
        assert "no-store" in shown.headers["Cache-Control"]
        page = client.get(f"/cases/{late.pk}/").content.decode()
        assert "Opened: Mobile" in page
        assert NUMBER not in page
        assert Event.objects.filter(kind=reveal_sealed.KIND).count() == 1

    @pytest.mark.parametrize("role", ["AGENT", "SUPERVISOR", "FIELD"])
    def test_the_switchboard_puts_them_through_and_they_see_no_number(self, late, monkeypatch, role):
        board = Board()
        dialling = dataclasses.replace(wired.here(), open_dialler=lambda: board)
        monkeypatch.setattr(moment.wired, "here", lambda: dialling)
        client = signed_in(role)
        WorkItem.objects.create(work_id="v", case=late, kind="VISIT", due_on=DAY, reason="LATE_VISIT", rule_number=1)
        page = ask(client, late).content.decode()
        call = Contact.objects.get(person_id="C1", channel="CALL")

        assert [(one.reference, one.to) for one in board.asked] == [(call.pk, NUMBER)]
        assert "Call reference PBX-7" in page
        assert "138****0001" in page
        assert NUMBER[-8:] not in page + client.get(f"/cases/{late.pk}/").content.decode()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY"})
        call.refresh_from_db()
        assert (call.status, call.vendor_ref) == ("DONE", "PBX-7")

    @pytest.mark.parametrize(("answer", "told"), [("no", "nobody was rung"), ("silence", "your telephone may ring")])
    def test_what_the_switchboard_does_not_do_is_said(self, late, monkeypatch, answer, told):
        dialling = dataclasses.replace(wired.here(), open_dialler=lambda: Board(answer))
        monkeypatch.setattr(moment.wired, "here", lambda: dialling)
        page = ask(signed_in("AGENT"), late).content.decode()
        assert told in page
        assert "Why you need to see the number" in page

    def test_it_is_told_how_it_went(self, late):
        client = signed_in("AGENT")
        assert "A call is open" in ask(client, late).content.decode()
        call = Contact.objects.get(person_id="C1", channel="CALL")
        assert "Dial now" in show(client, call).content.decode()
        told = client.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY", "note": "will pay"}, follow=True)
        call.refresh_from_db()

        assert (call.status, call.outcome) == ("DONE", "RIGHT_PARTY")
        assert "A call is open" not in told.content.decode()
        assert b"will pay" not in bytes(call.text_sealed)

    def test_advice_holds_it_back_and_a_supervisor_overrules_that_on_the_page(self, late):
        agent, chief = signed_in("AGENT"), signed_in("SUPERVISOR")
        ask(agent, late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        agent.post(f"/calls/{call.pk}/outcome/", {"outcome": "NO_ANSWER"})
        field = 'name="overruling"'
        assert field not in agent.get(f"/cases/{late.pk}/").content.decode()
        assert field in chief.get(f"/cases/{late.pk}/").content.decode()

        held = agent.get(ask(agent, late).url).content.decode()
        assert "This is advice: a supervisor may overrule it with a reason." in held
        form = {"contact_point_id": own_point().pk, "overruling": "asked for it at once"}
        assert "Only a supervisor" in agent.post(f"/cases/{late.pk}/calls/", form, follow=True).content.decode()
        cleared = chief.post(f"/cases/{late.pk}/calls/", form, headers=HTMX)

        assert "The gate allowed a call to 138****0001" in cleared.content.decode()
        story = chief.get(f"/cases/{late.pk}/").content.decode()
        assert "The gate&#x27;s advice overruled" in story
        assert "asked for it at once" in story

    def test_at_night_it_is_refused_with_the_law_and_without_the_number(self, late, monkeypatch):
        at_night = clock.at_local(DAY, time(23), "Asia/Shanghai")
        fixed = wired.Wired(now=lambda: at_night, gate=wired.here().gate, open_channels=dict)
        monkeypatch.setattr(moment.wired, "here", lambda: fixed)
        client = signed_in("AGENT")
        answer = ask(client, late, **HTMX)
        page = client.get(answer.headers["HX-Redirect"]).content.decode()

        assert NUMBER not in answer.content.decode() + page
        assert "The gate does not allow this now" in page
        assert "GB/T 45251-2025" in page
        assert page.index("Allowed from 2026-11-24 08:00 on.") < page.index("GB/T 45251-2025")
        assert "条号待核" not in page
        assert Verdict.objects.filter(customer_id="C1", allowed=False, phase="SEND").exists()
        assert not Contact.objects.filter(channel="CALL", status="SENDING").exists()
        assert not Event.objects.filter(kind=reveal_sealed.KIND).exists()

    def test_another_persons_number_is_not_called(self, late):
        stranger = ContactPoint.objects.get(person_id="C2", kind="MOBILE")
        page = signed_in("AGENT").post(f"/cases/{late.pk}/calls/", {"contact_point_id": stranger.pk}, follow=True)

        assert "does not reach this person" in page.content.decode()

    def test_a_colleague_is_not_shown_the_number_that_was_cleared_for_another(self, late):
        ask(signed_in("AGENT"), late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        answer = signed_in("SUPERVISOR").post(f"/calls/{call.pk}/number/", follow=True)

        assert NUMBER not in answer.content.decode()
        assert "cleared for a colleague" in answer.content.decode()

    def test_the_outsider_is_sent_away(self, late):
        ask(signed_in("AGENT"), late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        for role in ("FINANCE", "COMPLIANCE"):
            assert signed_in(role).post(f"/calls/{call.pk}/number/").status_code == 403
            assert ask(signed_in(role), late).status_code == 403


class TestUntold:
    def test_it_stands_on_the_work_page_of_who_was_cleared_and_of_the_supervisor(self, late, monkeypatch):
        ask(signed_in("AGENT"), late)
        half_an_hour_later = wired.Wired(
            now=lambda: TEN + timedelta(minutes=31), gate=wired.here().gate, open_channels=dict
        )
        monkeypatch.setattr(moment.wired, "here", lambda: half_an_hour_later)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        for role in ("AGENT", "SUPERVISOR"):
            page = signed_in(role).get("/work/").content.decode()
            assert "Calls and visits not told yet" in page
            assert "Overdue to be told" in page
            assert f"/calls/{call.pk}/outcome/" in page
            assert NUMBER not in page
        assert "Calls and visits not told yet" not in signed_in("LEGAL").get("/work/").content.decode()

    def test_a_colleague_does_not_tell_for_another_but_a_supervisor_does(self, late):
        ask(signed_in("AGENT"), late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        other = Client(headers={"accept-language": "en"})
        other.force_login(User.objects.create_user(username="a2", role="AGENT", display_name="A2"))
        for deed in ("outcome", "not-dialled", "number"):
            assert other.post(f"/calls/{call.pk}/{deed}/", {"outcome": "BUSY"}).status_code == 404
            assert signed_in("FINANCE").post(f"/calls/{call.pk}/{deed}/", {"outcome": "BUSY"}).status_code == 403
        told = signed_in("SUPERVISOR").post(f"/calls/{call.pk}/not-dialled/", {"next": "/work/"}, follow=True)
        call.refresh_from_db()

        assert "does not count against the limits any more" in told.content.decode()
        assert (call.status, call.outcome, call.sent_at) == ("FAILED", "NOT_DIALLED", None)
        assert "Calls and visits not told yet" not in told.content.decode()

    def test_who_was_cleared_is_told_that_it_counts_on(self, late):
        client = signed_in("AGENT")
        ask(client, late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        told = client.post(f"/calls/{call.pk}/not-dialled/", follow=True).content.decode()

        assert "still counts against the limits" in told
        assert Event.objects.get(kind="contact.not_dialled").data["still_counts"] is True
        again = client.post(f"/calls/{call.pk}/outcome/", {"outcome": "BUSY"}, follow=True).content.decode()
        assert "on record already" in again


class TestCallTask:
    @pytest.fixture
    def task(self, late):
        work = {"case": late, "kind": "CALL", "due_on": DAY, "reason": "EARLY_CALL", "rule_number": 1}
        return WorkItem.objects.create(work_id="call-task", **work)

    def finish(self, how: str, **form: str) -> tuple[str, WorkItem]:
        url = reverse("work-complete", args=["call-task"])
        page = signed_in("AGENT").post(url, {"how": how} | form, follow=True).content.decode()
        return page, WorkItem.objects.get(pk="call-task")

    @pytest.mark.parametrize(
        ("how", "note", "told"),
        [
            ("", "done", "Choose how this work ends"),
            ("DONE", "done", "Choose how this work ends"),
            ("TRIED", "rang", "No attempt is on record"),
            ("NOT_CALLED_OTHER", "", "Write a short note"),
        ],
    )
    def test_a_note_alone_does_not_close_it_past_the_gate(self, task, how, note, told):
        page, item = self.finish(how, note=note)

        assert told in page
        assert item.status == "OPEN"

    def test_without_a_call_it_ends_for_a_stated_reason_that_is_kept(self, task, late):
        page, item = self.finish("NOT_CALLED_PAID")

        assert (item.status, item.outcome) == ("DONE", "NOT_CALLED_PAID")
        assert page.count("Not called: it is paid, as they say") == 1
        assert CaseEvent.objects.get(case=late, kind="work_done").reason == "NOT_CALLED_PAID"
        assert Event.objects.get(kind="work.done").data["outcome"] == "NOT_CALLED_PAID"

    def test_it_ends_as_tried_once_a_call_is_told(self, task, late):
        client = signed_in("AGENT")
        ask(client, late)
        assert "tell its outcome first" in self.finish("TRIED")[0]
        call = Contact.objects.get(person_id="C1", channel="CALL")
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "NO_ANSWER"})
        page, item = self.finish("TRIED")

        assert (item.status, item.outcome) == ("DONE", "TRIED")
        assert "Tried, and not reached" in page

    def test_the_right_party_ends_it_by_itself(self, task, late):
        client = signed_in("AGENT")
        ask(client, late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY"})

        assert WorkItem.objects.get(pk="call-task").outcome == "RIGHT_PARTY"

    def test_nothing_below_the_page_closes_it_either(self, task):
        with pytest.raises(operations.WorkNeedsItsEnd):
            operations.complete_work(work_id="call-task", outcome="DONE", note="x", at=TEN, actor="user:1")


class TestReveal:
    def test_it_opens_for_a_purpose_and_leaves_a_trace_without_the_value(self, late, caplog):
        client = signed_in("AGENT")
        answer = open_point(client, late, reason="caller wants to know")
        page = client.get(f"/cases/{late.pk}/").content.decode()

        assert NUMBER in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert NUMBER not in page
        assert "Opened: Mobile" in page
        assert "caller wants to know" in page
        assert NUMBER[-8:] not in json.dumps(list(Event.objects.values()), default=str) + caplog.text

    def test_without_javascript_it_is_a_page_of_its_own(self, late):
        form = {"what": "POINT", "subject_id": own_point().pk, "purpose": "IDENTITY"}
        answer = signed_in("SUPERVISOR").post(f"/cases/{late.pk}/reveal/", form)

        assert answer.status_code == 200
        assert NUMBER in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("role", ["FINANCE", "ANALYST", "ADMIN", "FIELD"])
    def test_who_needs_no_identity_is_refused(self, late, role):
        answer = open_point(signed_in(role), late)

        assert answer.status_code == 403
        assert NUMBER not in answer.content.decode()

    def test_a_get_opens_nothing(self, late):
        assert signed_in("AGENT").get(f"/cases/{late.pk}/reveal/").status_code == 405

    def test_a_forged_post_opens_nothing(self, late):
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(role="AGENT"))
        assert open_point(client, late).status_code == 403

    def test_a_purpose_is_needed_and_the_limit_is_told(self, late, monkeypatch):
        strict = dataclasses.replace(reveal_sealed.policy(), an_hour={reveals.ASKED: 1, reveals.CLEARED: 1})
        monkeypatch.setattr(reveal_sealed, "policy", lambda: strict)
        client = signed_in("AGENT")
        without = open_point(client, late, purpose="").content.decode()
        assert "Choose what you need it for" in without
        assert NUMBER in open_point(client, late).content.decode()
        refused = open_point(client, late).content.decode()
        assert "as much as is allowed within an hour" in refused
        assert NUMBER not in refused

    def test_what_was_said_stands_sealed_in_the_timeline_and_opens(self, late):
        client = signed_in("AGENT")
        ask(client, late)
        call = Contact.objects.get(person_id="C1", channel="CALL")
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "CONNECTED", "note": "pays on <b>Friday</b>"})
        reply = _reply("明天还")
        page = client.get(f"/cases/{late.pk}/").content.decode()

        assert "pays on" not in page
        assert "明天还" not in page
        for contact_id, said in ((call.pk, "pays on &lt;b&gt;Friday"), (reply.pk, "明天还")):
            assert re.search(rf'value="{contact_id}"', page)
            answer = open_point(client, late, what="WORDS", subject_id=contact_id, purpose="CONVERSATION")
            assert said in answer.content.decode()

    def test_a_contact_without_a_case_opens_from_its_own_page(self, late):
        reply = _reply("明天还")
        page = signed_in("COMPLIANCE").get(f"/contacts/{reply.pk}/").content.decode()

        assert f"/cases/{late.pk}/reveal/" in page
        assert "明天还" not in page


def _reply(text: str) -> Contact:
    contact_id = "ab" * 16
    words = cipher.seal(text, context=sealed.text_context(contact_id))
    told = {"planned_for": TEN, "not_before": TEN, "expires_at": TEN, "sent_at": TEN, "as_of": DAY, "timezone": "UTC"}
    return Contact.objects.create(
        contact_id=contact_id,
        person_id="C1",
        contact_point=own_point(),
        channel="SMS",
        purpose="RESPOND",
        initiated_by="BORROWER",
        status="DONE",
        outcome="REPLIED",
        text_sealed=words,
        **told,
    )
