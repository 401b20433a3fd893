"""What people may ask about their data: a clock for each, done or refused with the reason, never half of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from tests import cast, gatehouse, market, nights

from arrears.actions import (
    contact_plan,
    erase_person,
    hand_over_copy,
    house,
    retain,
    subject_access,
    take_complaint,
    take_payment,
    take_request,
    verify_audit,
    wired,
    work_request,
)
from arrears.actions.contact_gate import ClosedGate
from arrears.exchange import lake_holdings
from arrears.interfaces.ui import copy_files
from arrears.kernel.transitions import NoSuchTransition
from arrears.records.audit import operations as audit
from arrears.records.audit.models import Event
from arrears.records.cases import operations as cases
from arrears.records.cases.models import Case, WorkItem
from arrears.records.complaints.operations import Intake as Complained
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact
from arrears.records.people import operations
from arrears.records.people import queries as people
from arrears.records.people import sealed as identity
from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher, words
from arrears.records.promises import operations as promises
from arrears.records.rights import holds, requests
from arrears.records.rights.models import SubjectRequest
from arrears.records.rights.requests import Intake
from arrears.records.staff.models import User
from arrears.rules import reveals
from arrears.rules.compliance.retention_terms import Row

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
AT = nights.moment(DAY) + timedelta(hours=10)
WORDS = "我想知道你们有我的哪些信息，我的电话是13800000001"
OF_KIN = "+8613911112222"


@pytest.fixture(scope="module")
def town(shared_rows, tmp_path_factory):
    """PAID has settled what they owed; LATE owes; NEW never owed anything."""
    folder = tmp_path_factory.mktemp("requests")
    tape = market.Tape()
    for customer_id, number in (("PAID", 1), ("LATE", 2), ("NEW", 3)):
        facts = {"monthly_income": f"{number}000.00", "since_on": f"202{number}-03-04"}
        tape.customer(customer_id, mobile=f"1380000000{number}", name=f"真名{customer_id}", **facts)
        tape.spent(customer_id, DAY - timedelta(days=3), f"{number}.50", "FOOD")
    tape.spent("LATE", DAY - timedelta(days=2), "4.00", "DINING")
    for customer_id in ("PAID", "LATE"):
        tape.account(f"A-{customer_id}", customer_id, first_due=DAY - timedelta(days=9), instalments=1)
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY - timedelta(days=1))
        nights.run(DAY - timedelta(days=1))
        case = Case.objects.get(person_id="PAID")
        take_payment.take_payment(
            payment_id="P-PAID",
            account_id="A-PAID",
            amount_minor=case.outstanding_minor,
            currency="CNY",
            paid_on=DAY - timedelta(days=1),
            channel="BANK",
            as_of=DAY - timedelta(days=1),
            at=nights.moment(DAY),
            source="API",
            actor="test",
        )
        nights.run(DAY)
        cast.point(Person.objects.get(pk="LATE"), OF_KIN, relation="KIN")
    return folder


@pytest.fixture
def lake(town, db, settings, tmp_path):
    nights.go_on_from(town, tmp_path, settings, partitions=2)


def take(kind: str, customer_id: str = "LATE", *, at: datetime = AT, **changes: Any) -> take_request.Taken:
    given = {"request_id": "1" * 32, "customer_id": customer_id, "kind": kind, "intake": "PHONE", "proof": "CALL_BACK"}
    intake = Intake(**(given | {"text": WORDS} | changes))
    return take_request.take(intake=intake, at=at, actor="user:1", gate=wired.here().gate)


def asked(request_id: str = "1" * 32, *, actor: str = "user:2", turn: int | None = None) -> dict[str, Any]:
    return {"request_id": request_id, "turn": turn, "at": AT, "actor": actor}


def delete(**changes: Any) -> work_request.Answer:
    return work_request.answer_deletion(**(asked() | changes), place=house.here(), gate=wired.here().gate)


def contact(contact_id: str, **changes: Any) -> None:
    """A call to LATE that was made."""
    given = {"contact_id": contact_id, "person_id": "LATE", "channel": "CALL", "purpose": "RELAY", "status": "DONE"}
    times = dict.fromkeys(("planned_for", "not_before", "expires_at", "sent_at"), AT)
    Contact.objects.create(**(given | times | {"as_of": DAY, "timezone": "Asia/Shanghai"} | changes))


def row() -> SubjectRequest:
    return SubjectRequest.objects.get()


def names_of(customer_id: str) -> dict[str, str]:
    return identity.open_person(customer_id)


class TestTaking:
    def test_it_has_its_day_with_the_law_behind_it(self, lake):
        taken = take("ACCESS")

        assert (row().received_on, taken.answer_due_on) == (DAY, date(2026, 12, 8))
        assert {term["rule_id"] for term in row().terms} == {"CN-GBT35273-8-7", "LENDER-REQUEST"}
        assert all(term["citation"] and term["confidence"] for term in row().terms)
        assert "电话".encode() not in bytes(row().text_sealed)
        assert "13800000001" not in str(Event.objects.get(kind="request.received").data)

    def test_told_again_later_it_is_answered_by_the_same_day(self, lake):
        first = take("ACCESS")
        again = take("ACCESS", at=AT + timedelta(days=3))
        assert (again.is_new, again.answer_due_on) == (False, first.answer_due_on)

    def test_told_twice_it_is_one_and_told_otherwise_it_is_refused(self, lake):
        take("ACCESS")
        assert not take("ACCESS").is_new
        with pytest.raises(requests.RequestDiffers):
            take("DELETION")
        assert SubjectRequest.objects.count() == 1

    def test_without_a_pack_it_is_due_at_once(self, lake):
        intake = Intake("1" * 32, "LATE", "ACCESS", "PHONE", "CALL_BACK")
        taken = take_request.take(intake=intake, at=AT, actor="user:1", gate=ClosedGate("broken"))
        assert taken.answer_due_on == DAY

    def test_it_is_put_off_once_and_no_further_than_every_rule_allows(self, lake):
        take("ACCESS")
        gate = wired.here().gate
        assert work_request.extend(**asked(), note="many calls to look through", gate=gate) == date(2026, 12, 23)
        with pytest.raises(work_request.AlreadyExtended):
            work_request.extend(**asked(), note="again", gate=gate)

    def test_of_two_at_once_one_is_told(self, lake):
        take("ACCESS")
        work_request.extend(**asked(turn=0), note="busy", gate=wired.here().gate)
        with pytest.raises(requests.UnableToMoveRequest):
            work_request.refuse(**asked(turn=0), reason="EXCESSIVE", note="third this month")

    def test_a_refusal_wants_its_reason_written_out_without_identity(self, lake):
        take("ACCESS")
        with pytest.raises(reveals.ReasonMissing):
            work_request.refuse(**asked(), reason="NOT_PROVEN", note=" ")
        with pytest.raises(reveals.ReasonHoldsIdentity):
            work_request.refuse(**asked(), reason="NOT_PROVEN", note="called from 13800000009")
        work_request.refuse(**asked(), reason="NOT_PROVEN", note="nobody answered at the number on record")
        with pytest.raises(NoSuchTransition):
            work_request.withdraw(**asked(), note="by phone")
        assert (row().status, row().reason, row().due_on) == ("REFUSED", "NOT_PROVEN", None)


class TestDeletion:
    def test_it_is_refused_while_anything_is_owed(self, lake):
        take("DELETION")
        answer = delete()

        assert not answer.is_done
        assert {one.code for one in answer.kept} >= {"DEBT_LIVE", "SOMETHING_OPEN"}
        assert (row().status, row().reason) == ("REFUSED", "DEBT_LIVE")
        assert names_of("LATE")["name"] == "真名LATE"

    def test_under_legal_hold_it_is_refused_with_that_reason_and_nothing_is_half_done(self, lake):
        holds.put(holds.Wanted("h" * 32, "NEW", "LITIGATION", "court asks"), at=AT, actor="user:1")
        take("DELETION", "NEW")
        answer = delete()

        assert (answer.is_done, answer.kept[0].code) == (False, "LEGAL_HOLD")
        assert (row().status, row().reason) == ("REFUSED", "LEGAL_HOLD")
        assert names_of("NEW")["name"] == "真名NEW"
        assert ContactPoint.objects.filter(person_id="NEW").exists()
        assert not Event.objects.filter(kind="person.erased").exists()

    def test_who_never_owed_is_deleted_from_the_books_and_told_what_the_lake_keeps(self, lake, tmp_path):
        take("DELETION", "NEW")
        answer = delete()

        assert (answer.is_done, {one.code for one in answer.kept}) == (True, {"IN_LAKE"})
        assert [one.kind for one in answer.kept] == ["LAKE_FACTS", "LAKE_SPENDING"]
        assert row().result["kept"] == [one.as_dict() for one in answer.kept]
        assert names_of("NEW") == {}
        assert people.matching("真名NEW") == set()
        assert row().status == "DONE"
        assert Event.objects.get(kind="person.erased").data["request_id"] == row().pk
        assert verify_audit.verify(tmp_path).findings == ()

    def test_the_words_of_the_request_itself_go_with_the_rest(self, lake):
        take("DELETION", "NEW")
        answer = delete()
        assert (answer.erased["COMPLAINTS"], row().text_sealed) == (1, None)

    def test_where_a_law_keeps_the_words_of_the_request_that_is_told_with_its_day(self, lake, monkeypatch):
        duty = Row("COMPLAINTS", 3, "LAST_ACTIVITY", "T-RET", "§ 1", "SURE", "", "", is_duty=True)
        monkeypatch.setattr(retain, "schedule", lambda _gate, *, on: (duty,))
        contact("old", person_id="NEW")
        take("DELETION", "NEW")
        answer = delete()
        assert row().text_sealed is not None
        assert ("COMPLAINTS", date(2029, 11, 23)) in {(one.kind, one.until) for one in answer.kept}

    def test_what_a_law_keeps_is_kept_and_told_with_its_day_and_the_rest_goes(self, lake):
        take("DELETION", "PAID")
        answer = delete()

        kept = {one.kind: one for one in answer.kept}
        assert answer.is_done
        assert kept["IDENTITY"].code == "RETENTION_DUTY"
        assert {one.kind for one in answer.kept if one.code == "IN_LAKE"} >= {
            "LAKE_FACTS",
            "LAKE_SPENDING",
            "LAKE_CREDIT",
        }
        assert (kept["IDENTITY"].rule_id, kept["IDENTITY"].until) == ("CN-AML-RET", date(2036, 11, 22))
        assert "CONTACT_POINTS" in answer.erased
        assert names_of("PAID")["name"] == "真名PAID"
        assert not ContactPoint.objects.filter(person_id="PAID").exists()

    def test_where_a_law_keeps_all_that_there_is_it_is_refused(self, lake):
        erase_person.erase(customer_id="PAID", kinds=["CONTACT_POINTS"], rules=[], on=DAY, at=AT, actor="test")
        Contact.objects.filter(person_id="PAID").update(text_sealed=None)
        take("DELETION", "PAID")

        assert not delete().is_done
        assert (row().status, row().reason) == ("REFUSED", "RETENTION_DUTY")

    def test_before_the_first_night_nobody_knows_and_it_is_refused(self, lake, settings, tmp_path):
        settings.LAKE = tmp_path / "none"
        take("DELETION", "NEW")
        assert not delete().is_done
        assert row().reason == "DEBT_UNKNOWN"


class TestCorrection:
    def correct(self, field: str = "", value: str = "", *, point: str = "") -> None:
        work_request.correct(**asked(), field=field, contact_point_id=point, value=value)

    def test_the_new_value_stands_and_is_found_and_the_old_one_is_not(self, lake):
        take("CORRECTION")
        self.correct("name", "林 跃")

        assert names_of("LATE")["name"] == "林 跃"
        assert people.matching("林 跃") == {"LATE"}
        assert people.matching("真名LATE") == set()
        event = Event.objects.get(kind="person.corrected")
        assert event.data["field"] == "name"
        assert "林" not in str(event.data)
        assert "真名" not in str(event.data)

    def test_own_points_are_to_be_checked_again_when_it_was_perhaps_somebody_else(self, lake):
        ContactPoint.objects.filter(person_id="LATE").update(verified_on=DAY)
        take("CORRECTION")
        self.correct("id_number", "310101199001011234")
        assert ContactPoint.objects.get(person_id="LATE", relation="SELF").verified_on is None

    def test_a_tape_that_repeats_the_wrong_value_changes_nothing_and_a_third_one_is_believed(self, lake, tmp_path):
        take("CORRECTION")
        self.correct("name", "林跃")
        for name, expected in (("真名LATE", "林跃"), ("林越", "林越")):
            tape = market.Tape()
            tape.customer("LATE", mobile="13800000002", name=name)
            tape.account("A-LATE", "LATE", first_due=DAY - timedelta(days=9), instalments=1)
            nights.take(tape, tmp_path / name, DAY + timedelta(days=1 + (name == "林越")))
            assert names_of("LATE")["name"] == expected

    def test_a_number_is_put_in_the_place_of_the_wrong_one_and_not_verified_yet(self, lake):
        take("CORRECTION")
        old = cast.own_point("LATE")
        self.correct(value="139 1234 5678", point=old)

        assert people.matching("13912345678") == {"LATE"}
        assert ContactPoint.objects.get(pk=old).invalid_since == AT
        assert ContactPoint.objects.get(person_id="LATE", invalid_since=None, relation="SELF").verified_on is None

    def test_only_another_correction_brings_the_old_number_back(self, lake):
        old = cast.own_point("LATE")
        take("CORRECTION")
        self.correct(value="139 1234 5678", point=old)
        with pytest.raises(operations.PointReplaced):
            operations.mark_valid(customer_id="LATE", contact_point_id=old, reason="heard so", at=AT, actor="user:7")
        assert ContactPoint.objects.get(pk=old).verified_on is None

    def test_the_tape_gives_the_corrected_number_the_same_identifier(self, lake, tmp_path):
        take("CORRECTION")
        self.correct(value="13912345678", point=cast.own_point("LATE"))
        tape = market.Tape()
        tape.customer("LATE", mobile="13912345678", name="真名LATE")
        tape.account("A-LATE", "LATE", first_due=DAY - timedelta(days=9), instalments=1)
        nights.take(tape, tmp_path, DAY + timedelta(days=1))
        assert ContactPoint.objects.filter(person_id="LATE", relation="SELF").count() == 2

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *[("name", " "), ("name", "真名LATE"), ("name", "x" * 300)],
            *[("birth_on", "the first of May"), ("birth_on", "2999-01-01"), ("birth_on", "1899-12-31")],
            *[("id_number", "not an id"), ("id_number", "310101199001011235"), ("id_number", "张三")],
        ],
    )
    def test_what_is_no_new_value_is_refused_and_changes_nothing(self, lake, field, value):
        take("CORRECTION")
        with pytest.raises(Exception, match="no new value"):
            self.correct(field, value)
        assert row().status == "RECEIVED"
        assert names_of("LATE")["name"] == "真名LATE"

    @pytest.mark.parametrize(
        ("field", "value", "kept"),
        [
            ("birth_on", "1990-05-01", "1990-05-01"),
            ("birth_on", DAY.isoformat(), DAY.isoformat()),
            ("id_number", "A123456(7)", "A123456(7)"),
            ("id_number", "E1234 5678", "E12345678"),
        ],
    )
    def test_a_sound_date_and_documents_of_other_places_are_taken(self, lake, field, value, kept):
        take("CORRECTION")
        self.correct(field, value)
        assert names_of("LATE")[field] == kept

    def test_another_persons_number_is_not_theirs_to_correct(self, lake):
        take("CORRECTION")
        kin = ContactPoint.objects.get(person_id="LATE", relation="KIN").pk
        with pytest.raises(Exception, match="own"):
            self.correct(value="13912345678", point=kin)


class TestRestriction:
    def test_nobody_contacts_them_and_what_was_planned_is_let_go(self, lake):
        gate = gatehouse.shipped_gate()
        draft = gatehouse.draft("LATE", contact_point_id=cast.own_point("LATE"), as_of=DAY, planned_for=AT)
        contact_plan.plan([draft], at=AT, actor="test", gate=gate)
        take("RESTRICTION")
        work_request.restrict(**asked())

        assert Stop.objects.get(person_id="LATE").reason == "RESTRICTED"
        assert not Contact.objects.filter(person_id="LATE", status="PLANNED").exists()
        assert row().status == "DONE"

    def test_an_objection_stops_one_channel(self, lake):
        take("OBJECTION")
        with pytest.raises(work_request.UnknownChannel):
            work_request.object_to(**asked(), channel="DRONE")
        work_request.object_to(**asked(), channel="SMS")
        assert Stop.objects.values_list("reason", "channel").get() == ("OPTED_OUT", "SMS")


class TestExplanation:
    def test_it_tells_the_rule_that_fired_in_both_languages_and_the_facts(self, lake):
        take("EXPLANATION")
        work_request.explain(**asked())
        [told] = row().result["explained"]

        assert told["stage_rule"]["number"] > 0
        assert told["stage_rule"]["zh"]
        assert told["stage_rule"]["en"]
        assert told["facts"]["dpd_max"] == 9 + 0
        assert told["score"]["reason"]
        assert any(one["rule"]["zh"] for one in told["treatments"])
        assert "真名" not in json.dumps(row().result)

    def test_somebody_else_reviews_it_with_a_reason(self, lake):
        take("EXPLANATION")
        work_request.explain(**asked(actor="user:2"))
        with pytest.raises(work_request.OwnReview):
            work_request.review(**asked(actor="user:2"), outcome="UPHELD", note="right")
        with pytest.raises(reveals.ReasonMissing):
            work_request.review(**asked(actor="user:3"), outcome="UPHELD", note="")
        work_request.review(**asked(actor="user:3"), outcome="UPHELD", note="the stage follows from the days")
        assert (row().status, row().result["review"]) == ("DONE", "UPHELD")
        assert not Stop.objects.exists()

    def test_overturned_no_machine_acts_on_it(self, lake):
        take("EXPLANATION")
        work_request.explain(**asked(actor="user:2"))
        work_request.review(**asked(actor="user:3"), outcome="OVERTURNED", note="income was misread")
        assert Stop.objects.get().reason == "RESTRICTED"


class TestCopy:
    def hand_over(self, **changes: Any) -> hand_over_copy.Copy:
        return hand_over_copy.hand_over(**(asked() | changes), gate=wired.here().gate)

    def test_all_that_is_held_on_the_person_is_in_it(self, lake):
        complained = Complained("2" * 32, "LATE", "", "PHONE", "SELF", "CONDUCT", "说话难听")
        take_complaint.take(intake=complained, at=AT, actor="user:1", gate=wired.here().gate)
        contact("own", text_sealed=cipher.seal("您好", context="contacts.contact.text:own"))
        take("ACCESS")
        document = json.loads(self.hand_over().text)

        assert document["identity"]["name"] == "真名LATE"
        assert [point["value"] for point in document["contact_points"]] == ["+8613800000002"]
        assert [account["account_id"] for account in document["accounts"]] == ["A-LATE"]
        assert document["complaints"][0]["text"] == "说话难听"
        assert [one["text"] for one in document["requests"]] == [WORDS]
        assert "您好" in [one["text"] for one in document["contacts"]]
        assert document["decisions"][0]["stage_rule"]["zh"]
        assert document["kept_until"]
        assert row().status == "DONE"

    def test_what_the_lake_holds_is_in_it_and_no_index_by_which_a_number_is_found(self, lake):
        take("ACCESS")
        text = self.hand_over().text.decode()
        held = json.loads(text)["lake"]
        tables = held["tables"]

        assert [(one["monthly_income_minor"], one["since_on"]) for one in tables["customers"]] == [
            (200000, "2022-03-04")
        ]
        assert [(one["amount_minor"], one["category"]) for one in tables["spending"]] == [
            (250, "FOOD"),
            (400, "DINING"),
        ]
        assert {one["customer_id"] for rows in tables.values() for one in rows} == {"LATE"}
        assert {one["relation"] for one in tables["contact_points"]} == {"SELF"}
        assert tables["standings"][0]["stage"]
        assert (held["tape_on"], held["night_on"], held["currency"]) == ("2026-11-22", "2026-11-23", "CNY")
        assert "value_index" not in text

    def test_whoever_reads_it_finds_income_and_each_day_of_spending(self, lake):
        take("ACCESS")
        pages = copy_files.files(self.hand_over())
        page, chinese = (pages[f"personal-data.{language}.html"].decode() for language in ("en", "zh-hans"))
        assert "2,000.00" in page
        assert "FOOD" in page
        assert ("Eating out" in page, "DINING" in page + chinese) == (True, False)
        assert (WORDS in page, WORDS in chinese) == (True, True)

    def test_what_the_lake_holds_counts_towards_the_limit(self, lake):
        held = sum(lake_holdings.counts("LATE", lake=house.here().lake).values())
        assert held > 5
        assert subject_access.count("LATE") >= held + Event.objects.filter(subject_id="LATE").count()

    def test_nobody_elses_data_is_in_it_and_no_colleagues_name(self, lake):
        point = ContactPoint.objects.get(person_id="LATE", relation="KIN")
        agent = cast.collector()
        sealed = cipher.seal("她嫂子说不在", context="contacts.contact.text:kin")
        contact("kin", contact_point=point, relation="KIN", actor=f"user:{agent.pk}", text_sealed=sealed)
        contact("own", actor=f"user:{agent.pk}")
        take("ACCESS")
        text = self.hand_over().text.decode()

        assert OF_KIN not in text
        assert "她嫂子" not in text
        assert f"user:{agent.pk}" not in text
        assert json.loads(text)["others"] == {"contact_points": {"KIN": 1}, "contacts": 1}
        assert "AGENT" in text

    def test_colleagues_stand_as_their_role_however_deep_and_machines_and_partners_in_words(self, lake):
        agent, case = cast.collector(), Case.objects.get(person_id="LATE")
        them = f"user:{agent.pk}"
        cases.assign(case_id=case.pk, user_id=agent.pk, at=AT, actor="user:demo-chief")
        told = {"made_on": DAY, "due_on": DAY, "paid_before_minor": 0, "at": AT, "actor": them, "currency": "CNY"}
        promises.make(promise_id="p" * 32, case_id=case.pk, channel="CALL", amount_minor=1, **told)
        contact("visit", channel="VISIT", actor=them, facts={"companion": them, "went": [them]})
        for actor in ("cli", "api:7", "user:demo-chief"):
            audit.record("identity.revealed", subject="LATE", actor=actor, at=AT, what="NAME", purpose="LEGAL")
        take("ACCESS")
        copy = self.hand_over()
        document, pages = json.loads(copy.text), copy_files.files(copy)

        assert re.findall(r"(?:user|api):[^\"]*", copy.text.decode()) == []
        [told_of] = document["cases"]
        assert [one["made_by"] for one in told_of["promises"]] == ["AGENT"]
        assert [one["after"] for one in told_of["history"] if one["kind"] == "assigned"] == ["AGENT"]
        assert [one["facts"] for one in document["contacts"] if one["contact_id"] == "visit"] == [
            {"companion": "AGENT", "went": ["AGENT"]}
        ]
        page = BeautifulSoup(pages["personal-data.en.html"], "html.parser")
        cells = {cell.get_text() for cell in page.find_all("td")}
        assert {"the command line", "a partner of the lender, through the API", "a colleague"} <= cells
        assert cells & {"cli", "api", "STAFF"} == set()

    def test_what_colleagues_noted_names_no_colleague_and_nobodys_number(self, lake):
        User.objects.create_user(username="lin.mei", role="AGENT", display_name="林梅")
        User.objects.create_user(username="al", role="AGENT", display_name="Al")
        take("OBJECTION", request_id="9" * 32)
        work_request.refuse(
            **asked("9" * 32), reason="EXCESSIVE", note="also told Lin.Mei; see Alma；已转给lin.mei处理"
        )
        case = Case.objects.get(person_id="LATE", status="OPEN")
        note = "问了林梅，其兄电话13800660007"
        WorkItem.objects.create(
            work_id="w" * 32, case=case, kind="LEGAL", due_on=DAY, priority=1, rule_number=1, status="DONE",
            note_sealed=words.seal(WorkItem, "note_sealed", "w" * 32, note),
        )  # fmt: skip
        take("ACCESS")
        told = json.loads(self.hand_over().text)
        assert [one["note"] for one in told["requests"] if one["note"]] == ["also told ***; see Alma；已转给***处理"]
        notes = [one["note"] for one in told["cases"][0]["work"] if one["work_id"] == "w" * 32]
        assert notes == ["问了***，其兄电话138****0007"]

    def test_on_paper_a_refusal_has_its_reason_and_a_third_partys_complaint_says_whose_it_is(self, lake):
        complained = Complained("2" * 32, "LATE", "", "PHONE", "THIRD_PARTY", "CONDUCT", "说话难听")
        take_complaint.take(intake=complained, at=AT, actor="user:1", gate=wired.here().gate)
        take("OBJECTION", request_id="9" * 32)
        work_request.refuse(**asked("9" * 32), reason="EXCESSIVE", note="third this month")
        take("ACCESS")
        copy = self.hand_over()
        document, page = json.loads(copy.text), copy_files.files(copy)["personal-data.en.html"].decode()

        assert document["complaints"] == [
            {"complaint_id": "2" * 32, "received_on": "2026-11-23", "complainant": "THIRD_PARTY"}
        ]
        assert "complaint.received" not in {one["kind"] for one in document["cases"][0]["history"]}
        assert "Asked again and again without reason. third this month" in page
        assert "Somebody else complained in a matter of yours." in page
        assert "说话难听" not in page

    def test_of_several_rules_the_latest_day_is_told_once_for_all_kinds_that_they_keep(self, lake):
        take("ACCESS", "PAID")
        copy = self.hand_over()
        kept, page = json.loads(copy.text)["kept_until"], copy_files.files(copy)["personal-data.en.html"].decode()

        assert len({one["kind"] for one in kept}) == len(kept) > 1
        for one in kept:
            assert one["until"] == max(rule["until"] for rule in one["by_the_latest_of"])
        assert any(len({rule["until"] for rule in one["by_the_latest_of"]}) > 1 for one in kept)
        assert "the latest day counts" in page
        assert page.count("CN-CONSFIN24-RECORDS") < sum("CN-CONSFIN24-RECORDS" in str(one) for one in kept)

    def test_it_is_on_record_by_its_digest_and_what_is_opened_stands_in_no_event(self, lake):
        take("ACCESS")
        copy = self.hand_over()
        event = Event.objects.get(kind="copy.handed_over")

        assert event.data["sha256"] == copy.sha256 == row().result["sha256"]
        assert "真名" not in str(Event.objects.values_list("data", flat=True)) + repr(copy)

    def test_one_that_went_astray_is_made_again_on_record_and_one_that_was_refused_is_not(self, lake):
        take("ACCESS")
        self.hand_over()
        self.hand_over()
        assert Event.objects.filter(kind="copy.handed_over").count() == 2
        assert row().turn == 1
        take("ACCESS", request_id="9" * 32)
        work_request.refuse(**asked("9" * 32), reason="EXCESSIVE", note="third this month")
        with pytest.raises(NoSuchTransition):
            self.hand_over(request_id="9" * 32)

    def test_above_the_limit_it_is_refused_whole(self, lake, monkeypatch):
        take("ACCESS")
        few = replace(hand_over_copy.limits(), records_max=1)
        monkeypatch.setattr(hand_over_copy, "limits", lambda: few)
        with pytest.raises(hand_over_copy.CopyTooLarge):
            self.hand_over()
        assert row().status == "RECEIVED"
        assert not Event.objects.filter(kind="copy.handed_over").exists()

    def test_what_stands_under_a_case_and_what_was_asked_count_towards_the_limit(self, lake):
        def besides_the_trail() -> int:
            return subject_access.count("LATE") - Event.objects.filter(subject_id="LATE").count()

        before, case = besides_the_trail(), Case.objects.get(person_id="LATE")
        take("ACCESS")
        assert besides_the_trail() == before + 1
        WorkItem.objects.create(work_id="w" * 32, case=case, kind="LEGAL", due_on=DAY, priority=1, rule_number=1)
        assert besides_the_trail() == before + 2

    def test_so_many_an_hour_and_no_more(self, lake):
        limit = hand_over_copy.limits().an_hour
        for number in range(limit + 1):
            request_id = f"{number:032d}"
            take("ACCESS", request_id=request_id)
            if number < limit:
                self.hand_over(request_id=request_id)
        with pytest.raises(hand_over_copy.CopyLimitReached):
            self.hand_over(request_id=request_id)
