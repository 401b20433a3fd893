"""The privacy desk through its pages: holds that two lift, requests with their clocks, consents, looks, and copies."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from tests import cast
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.interfaces.console.test_agencies import EAST, place

from arrears.actions import (
    mark_contact_point,
    retain,
    reveal_sealed,
    take_complaint,
    take_request,
    wired,
    work_complaint,
)
from arrears.interfaces.console.privacy import looks
from arrears.interfaces.ui import papers
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.complaints.operations import Intake as Complained
from arrears.records.compliance.models import Consent, Stop
from arrears.records.contacts.models import Contact
from arrears.records.people import sealed as people
from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher
from arrears.records.promises import operations as promises
from arrears.records.rights.models import LegalHold, RetentionApproval, SubjectRequest
from arrears.records.rights.requests import Intake
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db
WORDS = "为什么把我转到后期？我叫王大明"


@pytest.fixture(autouse=True)
def _no_printer(monkeypatch) -> None:
    """A PDF takes its time: one test makes it."""
    monkeypatch.setattr(papers, "_printer", lambda: None)


def ask(kind: str, customer_id: str = "C1", *, days_ago: int = 0) -> str:
    """A request on record; its address."""
    request_id = f"{SubjectRequest.objects.count():032x}"
    intake = Intake(request_id, customer_id, kind, "PHONE", "CALL_BACK", WORDS)
    at = TEN - timedelta(days=days_ago)
    take_request.take(intake=intake, at=at, actor="user:1", gate=wired.here().gate)
    return f"/privacy/requests/{request_id}/"


def text_of(answer) -> str:
    return answer.content.decode()


def points_told(client) -> list[str]:
    """How the page of C1 tells each contact point."""
    page = BeautifulSoup(text_of(client.get("/privacy/people/C1/")), "html.parser")
    [title] = [one for one in page.select(".card-title") if one.get_text(strip=True) == "Contact points"]
    return [" ".join(one.get_text(" ").split()) for one in title.find_parent(class_="card").select("p.explain")]


class TestDesk:
    def test_it_shows_what_waits_the_first_due_first(self, late):
        ask("ACCESS")
        ask("DELETION", "C2", days_ago=20)
        page = text_of(signed_in("COMPLIANCE").get("/privacy/"))

        assert page.index("To delete") < page.index("To see all that is held")
        assert "5 days overdue" in page
        assert "1 past its day" in page

    def test_who_opened_much_more_than_their_team_stands_out(self, late):
        agents = [User.objects.get(role="AGENT")]
        agents += [User.objects.create_user(username=f"a{n}", role="AGENT", display_name=f"Agent {n}") for n in (1, 2)]
        case = Case.objects.get(person_id="C1")
        point = ContactPoint.objects.get(person_id="C1").pk
        for agent, times in zip(agents, (12, 2, 1), strict=True):
            for _ in range(times):
                reveal_sealed.reveal(
                    viewer=agent,
                    case_id=case.pk,
                    what="POINT",
                    subject_id=point,
                    purpose="IDENTITY",
                    reason="",
                    at=TEN - timedelta(hours=1),
                )
        first, *others = looks.since(TEN - timedelta(days=1), {f"user:{one.pk}": one.display_name for one in agents})

        assert (first.name, first.looks, first.people, first.most, first.stands_out) == ("Agent", 12, 1, 12, True)
        assert not any(one.stands_out for one in others)
        page = text_of(signed_in("COMPLIANCE").get("/privacy/"))
        assert "stands out" in page
        assert "identity of somebody who called" in page

    def test_nobody_is_told_by_name_or_number(self, late):
        ask("ACCESS")
        known = people.open_person("C1") | {"mobile": "13800000001"}
        client = signed_in("COMPLIANCE")
        for url in ("/privacy/", "/privacy/people/C1/", "/privacy/requests/", f"/privacy/requests/{0:032x}/"):
            page = text_of(client.get(url))
            assert [value for value in known.values() if value in page] == [], url
            assert WORDS not in page

    def test_a_person_is_found_by_post_so_that_the_name_stands_in_no_address(self, late):
        client = signed_in("COMPLIANCE")
        assert client.get("/privacy/find/").status_code == 405
        found = client.post("/privacy/find/", {"text": "客户C1"})
        assert (found.status_code, found.url) == (302, "/privacy/people/C1/")
        assert "Nobody was found" in text_of(client.post("/privacy/find/", {"text": "nobody"}))


class TestDeletingByNight:
    def post(self, client, verb: str, seen: str = "") -> str:
        page = text_of(client.get("/privacy/retention/"))
        found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
        given = {"seen": seen or (found.group(1) if found else "")}
        return text_of(client.post(f"/privacy/retention/{verb}/", given, follow=True))

    def test_two_people_decide_it_and_either_ends_it(self, late):
        compliance, legal = signed_in("COMPLIANCE"), signed_in("LEGAL")
        assert "two people approve the schedule first" in text_of(compliance.get("/privacy/retention/"))
        assert "It waits for a second person" in self.post(compliance, "ask")
        assert "Approve: nights delete by it" not in text_of(compliance.get("/privacy/retention/"))
        seen = RetentionApproval.objects.get().fingerprint
        assert "another person than the one who asked" in self.post(compliance, "approve", seen)
        assert "The schedule is approved" in self.post(legal, "approve")
        assert "Nights delete by this schedule" in text_of(legal.get("/privacy/retention/"))
        assert "No night deletes anything from now on" in self.post(legal, "withdraw")
        assert "two people approve the schedule first" in text_of(legal.get("/privacy/retention/"))

    def test_how_long_strangers_messages_are_kept_stands_beside_the_schedule(self, late):
        text = text_of(signed_in("COMPLIANCE").get("/privacy/retention/"))
        assert "LENDER-RETENTION-STRANGERS" in text
        assert "90 days" in text
        assert "Chosen by the lender" in text

    def test_what_was_not_seen_is_not_approved(self, late):
        assert "another one than the one you saw" in self.post(signed_in("COMPLIANCE"), "ask", "f" * 64)
        assert not RetentionApproval.objects.exists()


class TestHolds:
    def set(self, client, note: str = "court asks", hold_id: str = "a" * 32):
        return client.post(
            "/privacy/people/C1/hold/", {"id": hold_id, "reason": "LITIGATION", "note": note}, follow=True
        )

    def test_two_people_lift_it(self, late):
        compliance, legal = signed_in("COMPLIANCE"), signed_in("LEGAL")
        assert "nothing of this person is deleted" in text_of(self.set(compliance))
        compliance.post(f"/privacy/holds/{'a' * 32}/ask/", {"note": "it is over"})
        mine = compliance.post(f"/privacy/holds/{'a' * 32}/lift/", follow=True)
        assert "another person than the one who asked" in text_of(mine)
        assert LegalHold.objects.get().status == "LIFT_ASKED"
        assert "Lift it" not in text_of(compliance.get("/privacy/holds/"))
        assert "Lift it" in text_of(legal.get("/privacy/holds/"))
        legal.post(f"/privacy/holds/{'a' * 32}/lift/")
        assert LegalHold.objects.get().status == "LIFTED"

    def test_the_second_says_no_and_it_goes_on(self, late):
        self.set(signed_in("COMPLIANCE"))
        signed_in("COMPLIANCE").post(f"/privacy/holds/{'a' * 32}/ask/", {"note": "it is over"})
        signed_in("LEGAL").post(f"/privacy/holds/{'a' * 32}/keep/")
        assert LegalHold.objects.get().status == "HOLDING"

    def test_a_note_with_a_number_in_it_is_refused_and_nothing_is_set(self, late):
        page = text_of(self.set(signed_in("LEGAL"), note="call 13800000001"))
        assert "must not hold a number" in page
        assert not LegalHold.objects.exists()

    def test_a_second_click_sets_no_second_one(self, late):
        self.set(signed_in("LEGAL"))
        assert "on record already" in text_of(self.set(signed_in("LEGAL")))
        assert LegalHold.objects.count() == 1


class TestRequests:
    def test_it_is_taken_in_on_the_page_of_the_person(self, late):
        told = {"id": "b" * 32, "kind": "ACCESS", "intake": "WRITTEN", "proof": "DOCUMENT", "text": WORDS}
        page = text_of(signed_in("COMPLIANCE").post("/privacy/people/C1/request/", told, follow=True))

        assert "answered by 2026-12-08" in page or "8 Dec 2026" in page
        assert SubjectRequest.objects.get().received_on == DAY

    def test_its_words_are_opened_only_on_record(self, late):
        url = ask("EXPLANATION")
        answer = signed_in("COMPLIANCE").post(f"{url}open/", headers={"hx-request": "true"})
        event = Event.objects.get(kind="identity.revealed")

        assert WORDS in text_of(answer)
        assert (event.subject_id, event.data["purpose"]) == ("C1", "SUBJECT_REQUEST")

    def test_a_deletion_of_who_owes_shows_why_not_and_is_refused_with_it(self, late):
        url = ask("DELETION")
        client = signed_in("COMPLIANCE")
        assert "Something is still owed." in text_of(client.get(url))
        page = text_of(client.post(f"{url}delete/", {"turn": 0}, follow=True))

        assert "refused with its reasons" in page
        assert SubjectRequest.objects.get().reason == "DEBT_LIVE"
        assert people.open_person("C1")["name"] == "客户C1"

    def test_a_correction_stands_and_is_shown_masked(self, late):
        url = ask("CORRECTION")
        client = signed_in("COMPLIANCE")
        client.post(f"{url}correct/", {"turn": 0, "what": "field:name", "value": "欧阳明"})
        assert people.open_person("C1")["name"] == "欧阳明"
        assert "欧阳明" not in text_of(client.get(url)) + text_of(client.get("/privacy/people/C1/"))

    def test_a_number_that_was_corrected_is_marked_and_the_new_one_stands_beside_it(self, late):
        url, old = ask("CORRECTION"), ContactPoint.objects.get(person_id="C1")
        client = signed_in("COMPLIANCE")
        client.post(f"{url}correct/", {"turn": 0, "what": f"point:{old.pk}", "value": "13911112222"})
        rows = points_told(client)

        assert len(rows) == ContactPoint.objects.filter(person_id="C1").count() == 2
        [gone] = [row for row in rows if "not valid since" in row]
        [new] = [row for row in rows if "not valid since" not in row]
        assert "Does not reach" in gone
        assert new.endswith("Mobile · Borrower")
        assert "2222" in new
        assert "13911112222" not in text_of(client.get("/privacy/people/C1/"))

    @pytest.mark.parametrize("kind", ["MOBILE", "PHONE", "EMAIL", "ADDRESS", "WECHAT", "QQ", "APP", "LINE"])
    def test_a_point_of_every_kind_is_shown_masked_marked_and_corrected(self, late, kind):
        """A name in an app is one, and so is a kind that the lender has put into its own policies."""
        where = {"MOBILE": "+8613900001111", "PHONE": "+862139000011", "EMAIL": "ann@lee.cn"}.get(
            kind, "annlee_77北京路1号"
        )
        point = cast.point(Person.objects.get(pk="C1"), where, kind=kind)
        case, client = Case.objects.get(person_id="C1"), signed_in("SUPERVISOR")
        for page in (client.get(f"/cases/{case.pk}/"), signed_in("COMPLIANCE").get("/privacy/people/C1/")):
            assert page.status_code == 200
            assert where not in text_of(page)
        reason = mark_contact_point.reasons(kind)[0]
        told = client.post(f"/cases/{case.pk}/points/{point.pk}/invalid/", {"reason": reason}, follow=True)
        assert "is used no more" in text_of(told)
        new = {"MOBILE": "+8613900002222", "PHONE": "+862139000022", "EMAIL": "bo@lee.cn"}.get(kind, "bolee_88")
        url = ask("CORRECTION")
        signed_in("COMPLIANCE").post(f"{url}correct/", {"turn": 0, "what": f"point:{point.pk}", "value": new})
        assert ContactPoint.objects.filter(person_id="C1", kind=kind, invalid_since=None).exclude(pk=point.pk).exists()
        evidence = signed_in("COMPLIANCE").post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL", "reason": "court"})
        assert evidence["Content-Type"] == "application/zip"

    def test_an_explanation_tells_rule_and_facts_and_somebody_else_reviews_it(self, late):
        url = ask("EXPLANATION")
        compliance, legal = signed_in("COMPLIANCE"), signed_in("LEGAL")
        page = text_of(compliance.post(f"{url}explain/", {"turn": 0}, follow=True))
        assert "of the stage table" in page
        assert "somebody else reviews it" in page
        refused = compliance.post(f"{url}review/", {"turn": 1, "outcome": "UPHELD", "note": "right"})
        assert "somebody else reviews it" in text_of(refused)
        legal.post(f"{url}review/", {"turn": 1, "outcome": "OVERTURNED", "note": "income was misread"})

        assert SubjectRequest.objects.get().status == "DONE"
        assert Stop.objects.get(person_id="C1", reason="RESTRICTED").to_at is None

    def test_an_old_page_changes_nothing(self, late):
        url = ask("RESTRICTION")
        client = signed_in("COMPLIANCE")
        client.post(f"{url}extend/", {"turn": 0, "note": "busy"})
        page = text_of(client.post(f"{url}restrict/", {"turn": 0}))
        assert "Somebody else has changed this request" in page
        assert not Stop.objects.filter(reason="RESTRICTED").exists()

    def test_the_copy_is_an_archive_to_read_in_both_languages(self, late):
        url = ask("ACCESS")
        answer = signed_in("COMPLIANCE").post(f"{url}copy/", {"turn": 0})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            made = {name: archive.read(name).decode() for name in archive.namelist()}

        assert sorted(made) == ["personal-data.en.html", "personal-data.json", "personal-data.zh-hans.html"]
        assert json.loads(made["personal-data.json"])["identity"]["name"] == "客户C1"
        assert "客户C1" in made["personal-data.en.html"]
        assert "Your personal data" in made["personal-data.en.html"]
        assert "您的个人信息" in made["personal-data.zh-hans.html"]
        assert answer.headers["Cache-Control"].startswith("max-age=0")
        assert signed_in("SUPERVISOR").post(f"{url}copy/", {"turn": 0}).status_code == 403

    def test_the_copy_tells_in_words_to_whom_a_case_was_given_and_what_was_promised(self, late):
        case = Case.objects.get(person_id="C1")
        place(case, EAST)
        told = {"made_on": DAY, "due_on": DAY, "paid_before_minor": 0, "at": TEN, "actor": "user:1"}
        promises.make(promise_id="p" * 32, case_id=case.pk, channel="CALL", amount_minor=4_321, currency="CNY", **told)
        url = ask("ACCESS")
        answer = signed_in("COMPLIANCE").post(f"{url}copy/", {"turn": 0})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            page = archive.read("personal-data.en.html").decode()
        assert "Example Asset Services East" in page
        assert EAST not in page
        assert "43.21 CNY" in BeautifulSoup(page, "html.parser").get_text()

    def test_words_of_theirs_are_written_as_words_not_as_markup(self, late):
        case = Case.objects.get(person_id="C1")
        Person.objects.filter(pk="C1").update(name_sealed=None)
        sealed = cipher.seal("<script>alert(1)</script>", context="contacts.contact.text:x")
        times = dict.fromkeys(("planned_for", "not_before", "expires_at", "sent_at"), TEN)
        told = {"channel": "SMS", "purpose": "RESPOND", "initiated_by": "BORROWER", "status": "DONE", "as_of": DAY}
        Contact.objects.create(
            contact_id="x", person_id="C1", case=case, timezone="UTC", text_sealed=sealed, **told, **times
        )
        url = ask("ACCESS")
        answer = signed_in("COMPLIANCE").post(f"{url}copy/", {"turn": 0})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            page = archive.read("personal-data.en.html").decode()
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_the_form_of_a_request_speaks_of_no_complaint_in_chinese(late):
    page = signed_in("COMPLIANCE").get("/privacy/people/C1/", headers={"accept-language": "zh-hans"}).content.decode()
    form = page[page.index('id="n-kind"') : page.index('id="n-text"')]
    assert ("请求" in form, "投诉" in form) == (True, False)


class TestConsents:
    def test_one_is_put_on_record_shown_and_withdrawn(self, late):
        client = signed_in("COMPLIANCE")
        told = {
            "id": "c" * 32,
            "purpose": "HOURS",
            "proof": "RECORDED",
            "proof_ref": "call-7 20261123",
            "policy": "2026-11",
        }
        client.post("/privacy/people/C1/consent/", told)
        page = text_of(client.get("/privacy/consents/"))
        assert "to other hours" in page
        assert "call-7" in page
        assert "Said in a recorded call" in page
        client.post(f"/privacy/consents/{'c' * 32}/withdraw/", {"note": "by phone"})
        assert Consent.objects.get().withdrawn_at == TEN
        assert "No consent here" in text_of(client.get("/privacy/consents/"))
        assert "by phone" in text_of(client.get("/privacy/consents/?which=WITHDRAWN"))

    @pytest.mark.parametrize(
        "number",
        ["13800000001", "rec 138-0000-0001", "+44 20 7946 0018", "11010519900101123X", "07700 900123", "021-61234567"],
    )
    @pytest.mark.parametrize("wrong", ["proof_ref", "policy"])
    def test_neither_proof_nor_notice_is_a_telephone_number(self, late, wrong, number):
        told = {"id": "c" * 32, "purpose": "HOURS", "proof": "RECORDED", "proof_ref": "call-7", "policy": "x"}
        signed_in("COMPLIANCE").post("/privacy/people/C1/consent/", told | {wrong: number})
        assert not Consent.objects.exists()


class TestRetention:
    def test_every_row_shows_its_source_and_its_doubt(self, late):
        page = text_of(signed_in("LEGAL").get("/privacy/retention/"))
        assert "CN-AML-RET" in page
        assert "第三十四条" in page
        assert "Not checked: from knowledge, high confidence" in page
        assert "own choice" in page

    @pytest.mark.parametrize(("authors", "is_told"), [({"law", "lender"}, False), ({"lender"}, True)])
    def test_a_place_whose_law_names_no_term_is_told(self, late, monkeypatch, authors, is_told):
        gate = wired.here().gate
        rows = [row for row in retain.schedule(gate, on=DAY) if row.is_duty == ("law" in authors) or not row.is_duty]
        monkeypatch.setattr(retain, "schedule", lambda _gate, on: tuple(rows))
        page = text_of(signed_in("LEGAL").get("/privacy/retention/"))
        assert ("knows no law of its place" in page) is is_told

    def test_what_is_due_is_looked_for_when_asked(self, late):
        assert "Of 0 people something is due today" in text_of(signed_in("LEGAL").get("/privacy/retention/?find=1"))

    def test_complaints_of_nobody_known_that_are_due_are_counted(self, late):
        complaint_id, at = "a" * 32, TEN - timedelta(days=6 * 366)
        intake = Complained(complaint_id, "", "", "WRITTEN", "THIRD_PARTY", "CONDUCT", "说话难听")
        take_complaint.take(intake=intake, at=at, actor="user:1", gate=wired.here().gate)
        work_complaint.withdraw(complaint_id=complaint_id, turn=None, note="taken back", at=at, actor="user:1")
        page = text_of(signed_in("LEGAL").get("/privacy/retention/?find=1"))
        assert "1 complaint of nobody known is due as well." in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_reads_in_both_languages(late, language):
    client, url = signed_in("COMPLIANCE"), ask("DELETION")
    shelves = [f"/privacy/{name}" for name in ("", "retention/", "holds/", "consents/", "requests/", "people/C1/")]
    for address in (*shelves, url):
        page = text_of(client.get(address, headers={"accept-language": language}))
        assert ("您能做的事" in page or "隐私" in page) == (language == "zh-hans"), address
