"""The complaints desk through its pages: taken in on the phone or from a regulator, worked, answered, counted."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.interfaces.console.test_call_desk import ask

from arrears.actions import take_complaint, wired, work_complaint
from arrears.records.audit.models import Event
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import About, Intake
from arrears.records.compliance.models import Flag, Stop
from arrears.records.contacts.models import Contact
from arrears.records.staff.models import Team

pytestmark = pytest.mark.django_db

WORDS = "你们的人说话太难听，我姓王，电话13800000001"
DESK = ["SUPERVISOR", "COMPLIANCE"]


def page(role: str, url: str, **extra: object) -> str:
    answer = signed_in(role).get(url, **extra)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def told(late, role: str = "AGENT", **changes: str):
    """Post the form of the case page, as it was opened."""
    url = f"/cases/{late.pk}/complaint/"
    identity = re.search(r'name="id" value="(\w+)"', page(role, url))[1]
    form = {"id": identity, "intake": "PHONE", "complainant": "SELF", "kind": "CONDUCT", "about": "", "text": WORDS}
    return signed_in(role).post(url, form | changes, follow=True)


def deed(role: str, verb: str, *, turn: int | None = None, **form: object):
    one = Complaint.objects.get()
    given = {"turn": one.turn if turn is None else turn, **form}
    return signed_in(role).post(f"/complaints/{one.pk}/{verb}/", given, follow=True)


def answered(role: str = "COMPLIANCE", **changes: object):
    form = {"outcome": "UPHELD", "root_cause": "OWN_STAFF", "remedy": "APOLOGY", "text": "已核实，向您致歉。"}
    return deed(role, "answer", **(form | changes))


def made(number: int, *, days_ago: int = 0, customer_id: str = "C1", kind: str = "CONDUCT", **about: str) -> str:
    """A complaint that came in some days ago."""
    intake = Intake(f"{number:032x}", customer_id, "", "PHONE", "SELF", kind, f"投诉{number}", about=About(**about))
    at = TEN - timedelta(days=days_ago)
    return take_complaint.take(intake=intake, at=at, actor="test", gate=wired.here().gate).complaint_id


class TestIntake:
    def test_an_agent_takes_one_in_on_the_page_of_the_case(self, late):
        answer = told(late)
        text = answer.content.decode()

        assert answer.redirect_chain == [(f"/cases/{late.pk}/", 302)]
        assert "The complaint is on record and is answered by 2026-12-08" in text
        assert "Do not contact: Complaint under review" in text
        assert "Complaint received" in text
        assert "How we spoke or behaved" in text
        assert WORDS[:5] not in text
        one = Complaint.objects.get()
        assert (one.case_id, one.person_id, one.intake) == (late.pk, "C1", "PHONE")

    def test_a_second_click_puts_none_on_record_twice(self, late):
        form = {"id": "a" * 32, "intake": "PHONE", "complainant": "SELF", "kind": "AMOUNT", "text": WORDS}
        for _ in range(2):
            answer = signed_in("AGENT").post(f"/cases/{late.pk}/complaint/", form, follow=True)
        assert "nothing was put on record twice" in answer.content.decode()
        assert Complaint.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"text": "  "}, "Write down what is complained of"),
            ({"kind": ""}, "Choose one of each list"),
            ({"about": "agency:NONE"}, "Choose a colleague or an agency"),
            ({"intake": "PORTAL"}, "Choose how the complaint came in"),
            ({"intake": "REGULATOR"}, "Choose how the complaint came in"),
            ({"id": "x"}, "What was entered is not valid"),
        ],
        ids=lambda value: next(iter(value)) + str(next(iter(value.values()))) if isinstance(value, dict) else None,
    )
    def test_a_refusal_keeps_what_was_entered(self, late, changes, said):
        text = told(late, **changes).content.decode()

        assert said in text
        assert changes.get("text", WORDS) in text
        assert Complaint.objects.count() == 0

    def test_what_shows_a_risk_to_life_is_told_at_once(self, late):
        text = told(late, text="你们逼得我不想活了").content.decode()
        assert "collection is stopped, and those who may care" in text
        assert "this person may harm themselves" in text

    def test_the_compliance_desk_takes_in_what_a_regulator_sends_on(self, late):
        client = signed_in("COMPLIANCE")
        form = {
            "id": "b" * 32,
            "customer_id": "C1",
            "intake": "REGULATOR",
            "complainant": "SELF",
            "kind": "PRIVACY",
            "text": WORDS,
            "about": "agency:EXAMPLE_EAST",
        }
        refused = client.post("/complaints/new/", form)
        assert "Name the regulator" in refused.content.decode()
        assert "There is no such person" in (
            client.post("/complaints/new/", form | {"customer_id": "NO", "regulator": "示例监管局"}).content.decode()
        )
        answer = client.post("/complaints/new/", form | {"regulator": "示例监管局", "reference": "R-1"}, follow=True)
        text = answer.content.decode()

        assert answer.redirect_chain[0][0] == f"/complaints/{'b' * 32}/"
        assert "示例监管局" in text
        assert "LENDER-COMPLAINT-REGULATOR" in text
        assert "Example Asset Services East" in text
        assert Complaint.objects.get().case_id == late.pk

    def test_a_supervisor_takes_none_in_from_a_regulator(self, late):
        assert "REGULATOR" not in page("SUPERVISOR", f"/cases/{late.pk}/complaint/")
        assert signed_in("SUPERVISOR").get("/complaints/new/").status_code == 403

    def test_a_complaint_is_no_mere_stop(self, late):
        assert "Complaint under review" not in page("AGENT", f"/cases/{late.pk}/")
        signed_in("AGENT").post(f"/cases/{late.pk}/stop/", {"reason": "COMPLAINT"})
        assert Stop.objects.count() == 0


class TestList:
    def test_what_is_due_first_stands_first_with_its_clock(self, late):
        made(1, days_ago=3)
        made(2, days_ago=30)
        made(3, days_ago=14)
        work_complaint.acknowledge(complaint_id=f"{3:032x}", turn=None, at=TEN, actor="test")
        text = page("COMPLIANCE", "/complaints/")

        places = [text.index(f"/complaints/{number:032x}/") for number in (2, 1, 3)]
        assert places == sorted(places)
        assert "days overdue" in text
        assert "due in 1 day<" in text
        assert "投诉1" not in text

    def test_filters_and_tabs(self, late):
        made(1, days_ago=30, kind="AMOUNT")
        made(2, kind="PRIVACY", agency="EXAMPLE_EAST")
        one, two = (f"/complaints/{number:032x}/" for number in (1, 2))

        overdue = page("COMPLIANCE", "/complaints/?which=OVERDUE")
        assert (one in overdue, two in overdue) == (True, False)
        by_agency = page("COMPLIANCE", "/complaints/?agency=EXAMPLE_EAST")
        assert (one in by_agency, two in by_agency) == (False, True)
        by_kind = page("COMPLIANCE", "/complaints/?kind=AMOUNT")
        assert (one in by_kind, two in by_kind) == (True, False)
        assert "No complaint here" in page("COMPLIANCE", "/complaints/?status=ESCALATED")
        assert one in page("COMPLIANCE", "/complaints/?status=NONSENSE&kind=NONE&agency=X&which=Y&after=!!")
        assert "No complaint here" in page("COMPLIANCE", "/complaints/?which=ENDED")

    def test_pages_follow_one_another_and_miss_none(self, late, monkeypatch):
        monkeypatch.setattr("arrears.interfaces.console.complaints.views.PAGE_SIZE", 2)
        ids = {made(number, days_ago=number % 3) for number in range(1, 6)}
        for which, ended in (("OPEN", False), ("ENDED", True)):
            if ended:
                for complaint_id in sorted(ids):
                    work_complaint.withdraw(complaint_id=complaint_id, turn=None, note="撤回", at=TEN, actor="test")
            seen, url = [], f"/complaints/?which={which}"
            while url:
                text = page("COMPLIANCE", url)
                seen += dict.fromkeys(re.findall(r"/complaints/([0-9a-f]{32})/", text))
                following = re.search(r'rel="next" href="([^"]+)"', text)
                url = f"/complaints/{following[1].replace('&amp;', '&')}" if following else ""
            assert (len(seen), set(seen)) == (5, ids)

    def test_it_speaks_chinese(self, late):
        made(1, days_ago=30)
        text = page("COMPLIANCE", "/complaints/", headers={"accept-language": "zh-hans"})
        assert "有屈必闻" in text
        assert "超期 " in text

    def test_the_overview_counts_what_waits(self, late):
        made(1, days_ago=30)
        text = page("COMPLIANCE", "/")
        assert "Complaints to answer" in text
        assert "overdue: 1" in text


class TestOne:
    def test_it_shows_its_days_with_the_law_and_what_can_be_done(self, late):
        told(late)
        text = page("COMPLIANCE", f"/complaints/{Complaint.objects.get().pk}/")

        assert "CN-COMPLAINT20" in text
        assert "银行业保险业消费投诉处理管理办法" in text
        assert "They were told" in text
        assert "Open it again" not in text
        assert WORDS[:5] not in text

    @pytest.mark.parametrize("role", DESK)
    def test_the_words_are_opened_on_record(self, late, role):
        told(late)
        url = f"/complaints/{Complaint.objects.get().pk}/open/"
        fragment = signed_in(role).post(url, {"what": "COMPLAINT"}, headers={"hx-request": "true"})
        whole = signed_in(role).post(url, {"what": "COMPLAINT"})

        assert WORDS in fragment.content.decode()
        assert "<html" not in fragment.content.decode()
        assert WORDS in whole.content.decode()
        assert "no-cache" in whole.headers["Cache-Control"]
        assert Event.objects.filter(kind="identity.revealed").count() == 2
        assert "nothing" in signed_in(role).post(url, {"what": "ANSWER"}, follow=True).content.decode().lower()

    def test_acknowledged_answered_and_told_what_rests(self, late):
        told(late)
        assert "acknowledged" in deed("SUPERVISOR", "acknowledge").content.decode()
        text = answered().content.decode()

        assert "The answer is on record. Collection rests no longer for this complaint." in text
        assert "Complaint upheld" in text
        assert "已核实" not in text
        assert Stop.objects.get(reason="COMPLAINT").to_at == TEN + timedelta(microseconds=1)
        assert "Complaint answered" in page("AGENT", f"/cases/{late.pk}/")
        assert "Complaint upheld" in page("AGENT", f"/cases/{late.pk}/")

    def test_a_refused_answer_is_not_lost(self, late):
        told(late)
        text = answered(outcome="").content.decode()
        assert "Choose one of each list" in text
        assert "已核实，向您致歉。" in text
        assert Complaint.objects.get().status == "RECEIVED"

    def test_whoever_saw_an_older_page_is_told(self, late):
        told(late)
        deed("SUPERVISOR", "acknowledge")
        text = answered(turn=0).content.decode()
        assert "Somebody else has changed this complaint meanwhile" in text
        assert "This page is too old" in deed("COMPLIANCE", "answer", turn="x").content.decode()
        answered()
        assert "Somebody else" in answered().content.decode()
        assert Event.objects.filter(kind="complaint.answered").count() == 1

    def test_put_off_taken_to_a_regulator_taken_back_and_opened_again(self, late):
        told(late)
        deed("SUPERVISOR", "acknowledge")
        assert "due on 2026-12-23" in deed("COMPLIANCE", "extend", note="等待录音").content.decode()
        text = deed("COMPLIANCE", "withdraw", note="客户来电撤诉").content.decode()
        assert "The complaint is withdrawn" in text
        assert "客户来电撤诉" in text
        assert "open again" in deed("SUPERVISOR", "reopen", note="再次来电").content.decode()
        text = deed("COMPLIANCE", "escalate", regulator="示例监管局", reference="R-2", reply_on="2026-11-30")
        assert "the answer is due on 2026-11-30" in text.content.decode()
        assert Complaint.objects.get().due_on == date(2026, 11, 30)
        wrong = deed("COMPLIANCE", "escalate", regulator="示例监管局", reply_on="yesterday")
        assert "not a date" in wrong.content.decode()

    def test_a_reason_with_a_number_is_sent_back(self, late):
        told(late)
        assert "must not hold a number" in deed("COMPLIANCE", "withdraw", note="13800000001").content.decode()

    def test_what_and_whom_it_is_about_is_said_better(self, late):
        told(late)
        text = deed("COMPLIANCE", "classify", kind="THIRD_PARTY", about="agency:EXAMPLE_SOUTH").content.decode()
        assert "Example Credit Management South" in text
        assert Complaint.objects.get().kind == "THIRD_PARTY"

    def test_contacts_are_linked_with_how_the_gate_judged_them(self, late):
        client = signed_in("AGENT")
        ask(client, late)
        call = Contact.objects.get(person_id="C1", channel="CALL", status="SENDING")
        client.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY", "note": ""})
        told(late)
        url = f"/complaints/{Complaint.objects.get().pk}/"
        before = page("COMPLIANCE", url)
        assert f'value="{call.pk}"' in before
        assert f'value="{call.pk}" checked' not in before
        text = deed("COMPLIANCE", "contacts", contact_id=[call.pk]).content.decode()
        assert f'value="{call.pk}" checked' in text
        assert "Allowed" in text
        assert "Not every contact" in deed("COMPLIANCE", "contacts", contact_id=["other"]).content.decode()

    def test_nobody_works_what_is_said_of_them(self, late):
        told(late)
        client = signed_in("SUPERVISOR")
        supervisor = client.session["_auth_user_id"]
        deed("COMPLIANCE", "classify", kind="CONDUCT", about=f"user:{supervisor}")
        assert "This complaint is about you" in answered("SUPERVISOR").content.decode()
        url = f"/complaints/{Complaint.objects.get().pk}/open/"
        refused = client.post(url, {"what": "COMPLAINT"}, follow=True).content.decode()
        assert "This complaint is about you" in refused
        assert WORDS not in refused
        assert Complaint.objects.get().status == "RECEIVED"

    def test_the_peace_ends_with_the_answer_and_is_not_lifted_before(self, late):
        told(late)
        stop = Stop.objects.get(reason="COMPLAINT")
        Stop.objects.filter(pk=stop.pk).update(from_at=TEN - timedelta(hours=1))
        refused = signed_in("COMPLIANCE").post(f"/stops/{stop.pk}/lift/", follow=True)
        assert "complaint is open: answer it first" in refused.content.decode()
        assert Stop.objects.get(pk=stop.pk).to_at is None
        answered()
        assert Stop.objects.get(pk=stop.pk).to_at == TEN

    def test_an_answer_that_threatens_stands_in_the_queue_and_is_opened_there(self, late):
        told(late)
        answered(text="再不还就让警察抓你")
        flag = Flag.objects.get()
        text = page("COMPLIANCE", f"/quality/{flag.pk}/")
        assert "Answer to a complaint" in text
        opened = signed_in("COMPLIANCE").post(f"/quality/{flag.pk}/open/").content.decode()
        assert "<mark" in opened
        assert "警察" in opened

    def test_there_is_no_such_complaint(self, late):
        for url in ("/complaints/nosuch/", f"/complaints/{'9' * 32}/"):
            assert signed_in("COMPLIANCE").get(url).status_code == 404
        gone = signed_in("COMPLIANCE").post(f"/complaints/{'9' * 32}/acknowledge/", {"turn": 0})
        assert gone.status_code == 404


class TestOfNobodyKnown:
    def test_the_desk_says_whose_it_is_by_what_the_search_takes_and_they_are_left_alone(self, late):
        made(1, customer_id="")
        url = f"/complaints/{Complaint.objects.get().pk}/"
        assert f'action="{url}person/"' in page("COMPLIANCE", url)
        refused = deed("COMPLIANCE", "person", whose="nobody at all")
        assert "Nobody is found by this" in refused.content.decode()
        shown = deed("COMPLIANCE", "person", whose=late.person_id).content.decode()

        assert "It is on record whose complaint this is" in shown
        assert Complaint.objects.get().person_id == late.person_id
        assert Stop.objects.get(person_id=late.person_id).reason == "COMPLAINT"
        assert f'action="{url}person/"' not in shown

    def test_who_sees_a_team_alone_does_not_look_among_everybody(self, late):
        made(1, customer_id="")
        assert deed("SUPERVISOR", "person", whose=late.person_id).status_code == 403
        assert 'name="whose"' not in page("SUPERVISOR", f"/complaints/{Complaint.objects.get().pk}/")


class TestDoors:
    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_others_neither_see_nor_work_them(self, late, role):
        complaint_id = made(1)
        client = signed_in(role)
        for url in ("/complaints/", "/complaints/statistics/", "/complaints/new/", f"/complaints/{complaint_id}/"):
            assert client.get(url).status_code == 403, url
        for verb in ("open", "acknowledge", "classify", "contacts", "answer", "extend", "withdraw", "reopen"):
            assert client.post(f"/complaints/{complaint_id}/{verb}/", {"turn": 0}).status_code == 403, verb
        assert Complaint.objects.get().turn == 0

    @pytest.mark.parametrize("role", ["ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_nor_take_one_in(self, late, role):
        assert signed_in(role).post(f"/cases/{late.pk}/complaint/", {"text": WORDS}).status_code == 403


class TestStatistics:
    def test_they_count_by_kind_agency_team_and_colleague(self, late):
        agent = signed_in("AGENT").session["_auth_user_id"]
        Team.objects.create(code="HARBOUR", name="Harbour").members.set([agent])
        made(1, days_ago=20, agency="EXAMPLE_EAST")
        made(2, days_ago=10, actor=f"user:{agent}")
        made(3, days_ago=4, actor=f"user:{agent}", kind="AMOUNT")
        made(4, days_ago=60)
        for number, outcome in ((1, "UPHELD"), (2, "PARTLY"), (3, "NOT_UPHELD")):
            work_complaint.answer(
                complaint_id=f"{number:032x}",
                turn=None,
                outcome=outcome,
                root_cause="RULES",
                remedy="EXPLAINED",
                text="答复",
                at=TEN,
                actor="test",
            )
        rows = dict(rows_of(page("COMPLIANCE", "/complaints/statistics/")))

        # complaints, not answered, past their day, upheld, in part, found right, median days
        assert rows["Amount, interest or fees"] == ["1", "0", "0", "0", "0", "0.0%", "4"]
        assert rows["How we spoke or behaved"] == ["3", "1", "2", "1", "1", "100.0%", "15"]
        assert rows["Example Asset Services East"] == ["1", "0", "1", "1", "0", "100.0%", "20"]
        assert rows["Harbour"] == ["2", "0", "0", "0", "1", "50.0%", "7"]
        assert rows["Agent"] == rows["Harbour"]
        assert "Service agent" not in rows, "a role is no team"
        month = dict(rows_of(page("SUPERVISOR", "/complaints/statistics/?days=30")))
        assert month["How we spoke or behaved"][:3] == ["2", "0", "1"]

    def test_without_any_it_says_so(self, late):
        text = page("COMPLIANCE", "/complaints/statistics/?days=9999")
        assert ">None<" in text
        assert DAY - timedelta(days=90) == date(2026, 8, 25)
        assert "2026-08-25" in text


def rows_of(text: str) -> list[tuple[str, list[str]]]:
    """Each row of a table by its head."""
    found = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', text, re.S)
    return [(head, re.findall(r"<td[^>]*>([^<]*)</td>", cells)) for head, cells in found]
