"""The people heard, on the compliance desk: who is at risk first, what was heard, what rests, who cares for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast
from tests.interfaces.console.conftest import TEN, signed_in
from tests.interfaces.console.test_call_desk import ask
from tests.interfaces.console.test_calming import told

from arrears import policies
from arrears.actions import hear_person
from arrears.policies import last_good
from arrears.records.audit.models import Event
from arrears.records.cases import heard, operations
from arrears.records.cases.models import CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts import strangers
from arrears.records.contacts.models import Contact
from arrears.records.staff.models import Team

pytestmark = pytest.mark.django_db

GRAVE = "客户说活不下去了，不想活了"
JOB = "客户失业了，还在找工作"


def page(role: str = "COMPLIANCE", query: str = "", **extra: object) -> str:
    answer = signed_in(role).get(f"/heard/{query}", **extra)
    assert answer.status_code == 200
    return answer.content.decode()


def act(customer_id: str, text: str, *, hours: int = 1) -> None:
    [one] = hear_person.listen([text])
    hear_person.act(
        customer_id=customer_id, heard=one, contact_id=f"c{hours}", at=TEN + timedelta(hours=hours), actor="test"
    )


class TestEveryPage:
    def test_tells_those_who_may_act_while_somebody_waits(self, late):
        assert "waits for somebody" not in page("SUPERVISOR")
        told(late, GRAVE)
        for address in ("/", "/cases/"):
            text = signed_in("SUPERVISOR").get(address).content.decode()
            assert "1 person may harm themselves and waits" in text
            assert 'href="/heard/?risk=1"' in text
        assert "waits for somebody" not in signed_in("AGENT").get("/cases/").content.decode()
        [care] = WorkItem.objects.filter(kind="CARE")
        operations.complete_work(work_id=care.work_id, outcome="CARED_SPOKEN", note="", at=TEN, actor="user:1")
        assert "waits for somebody" not in signed_in("SUPERVISOR").get("/").content.decode()

    def test_of_somebody_who_has_no_case_too(self, late):
        CaseEvent.objects.all().delete()
        cast.borrower("NOCASE", mobile="+8613800000077")
        act("NOCASE", GRAVE, hours=0)
        assert not WorkItem.objects.filter(kind="CARE").exists()

        text = page()
        assert "1 person may harm themselves and waits" in text
        assert "May harm themselves, and have no case" in text
        assert "NOCASE" in text
        assert "At risk: 1" in text


class TestStrangers:
    """Who wrote from a number that nobody knows has no case: the message itself waits until it is opened."""

    def keep(self, text: str = "我不想活了", *, is_grave: bool = True) -> str:
        kept = {"channel": "SMS", "card": "LIFE_FIRST", "signals": ["SELF_HARM"], "threatens": False, "at": TEN}
        grave = strangers.Message("+8613911112222", text) if is_grave else None
        strangers.keep(message_id="m1", grave=grave, **kept)
        return "/heard/strangers/m1/open/"

    def test_every_page_tells_of_it_until_somebody_has_opened_it(self, late):
        address = self.keep()
        for role in ("SUPERVISOR", "COMPLIANCE"):
            assert "1 message from a number that nobody knows" in signed_in(role).get("/").content.decode()
        assert "nobody knows" not in signed_in("AGENT").get("/cases/").content.decode()
        assert "不想活" not in page()

        shown = signed_in("COMPLIANCE").post(address).content.decode()
        assert "我不想活了" in shown
        assert "+8613911112222" in shown
        assert "1 message from a number" not in page()
        assert "First opened by" in page()
        seen = Event.objects.get(kind="identity.revealed")
        assert (seen.subject_id, seen.data["purpose"], seen.data["what"]) == ("m1", "LIFE", "STRANGER")

    def test_who_may_not_and_what_is_not_kept_are_refused(self, late):
        address = self.keep(is_grave=False)
        assert signed_in("AGENT").post(address).status_code == 403
        answer = signed_in("COMPLIANCE").post(address, follow=True)
        assert "13911112222" not in answer.content.decode()
        assert not Event.objects.filter(kind="identity.revealed").exists()
        assert address not in page()


class TestList:
    def test_whoever_may_harm_themselves_is_told_with_what_rests_and_who_cares(self, late):
        told(late, GRAVE)
        text = page()

        assert "At risk: 1" in text
        assert f'href="/cases/{late.pk}/"' in text
        assert "Life first, the debt later" in text
        assert "until lifted" in text
        assert "Nobody yet" in text
        assert "不想活" not in text

    def test_it_speaks_chinese(self, late):
        told(late, GRAVE)
        text = page(headers={"accept-language": "zh-hans"})

        assert "有自伤风险" in text
        assert "先顾生命，不谈欠款" in text

    def test_reasons_and_feelings_are_named_and_found(self, late):
        told(late, JOB)
        text = page()

        assert "Lost their work" in text
        assert "Somebody who lost their work" in text
        assert "Left in peace for a while" in text
        assert str(late.pk) in page(query="?signal=JOB_LOSS")
        assert "Nobody was heard" in page(query="?signal=ANGER")
        assert "Nobody was heard" in page(query="?risk=1")
        assert str(late.pk) in page(query="?signal=NONSENSE")

    def test_only_names_of_signals_are_stored(self, late):
        told(late, JOB)
        data = CaseEvent.objects.get(kind="person.heard").data

        assert data["signals"] == ["JOB_LOSS"]
        assert set(data) == {"contact_id", "quiet_days", "route", "signals", "stops"}

    def test_the_care_that_somebody_gave_is_told(self, late):
        told(late, GRAVE)
        care = WorkItem.objects.get(kind="CARE")
        signed_in("SUPERVISOR").post(f"/work/{care.pk}/complete/", {"how": "CARED_SPOKEN", "note": ""})
        assert "they are safe" in page()
        assert "At risk: 1" in page()

    def test_who_was_misheard_stands_with_the_others(self, late):
        told(late, GRAVE)
        care = WorkItem.objects.get(kind="CARE")
        signed_in("SUPERVISOR").post(f"/work/{care.pk}/complete/", {"how": "CARED_MISHEARD", "note": ""})
        assert "At risk:" not in page()
        assert "Misheard" in page()

    def test_a_person_stands_once_with_their_last_words_and_a_risk_stays(self, late):
        act("C1", GRAVE, hours=1)
        act("C1", JOB, hours=2)
        [row] = heard.heard(cast.supervisor(), since=TEN, size=10)

        assert row.is_at_risk
        assert (row.card, row.signals) == ("LIFE_FIRST", ("SELF_HARM", "JOB_LOSS"))
        assert row.at - row.since == timedelta(hours=1)

    def test_those_at_risk_stand_first_and_pages_follow_one_another(self, late):
        others = list(type(late).objects.exclude(person_id="C1").values_list("person_id", flat=True).distinct()[:4])
        for number, customer_id in enumerate(["C1", *others]):
            act(customer_id, GRAVE if number == 0 else JOB, hours=number + 1)
        rows = heard.heard(cast.supervisor(), since=TEN, size=10)
        paged, after = [], None
        while some := heard.heard(cast.supervisor(), since=TEN, after=after, size=1)[:1]:
            paged += some
            after = heard.place_of(some[0])

        assert [row.customer_id for row in paged] == [row.customer_id for row in rows]
        assert rows[0].customer_id == "C1"
        assert [row.at for row in rows[1:]] == sorted((row.at for row in rows[1:]), reverse=True)
        assert len(rows) == 1 + len(others)

    def test_what_was_heard_long_ago_is_not_told(self, late):
        told(late, JOB)
        CaseEvent.objects.filter(kind="person.heard").update(at=TEN - timedelta(days=100))
        assert "Nobody was heard" in page()

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_it_is_closed_to_others(self, late, role):
        assert signed_in(role).get("/heard/").status_code == 403


class TestTranscript:
    def test_the_other_side_of_a_transcript_is_heard(self, late):
        client = signed_in("AGENT")
        ask(client, late)
        made = Contact.objects.get(person_id="C1", channel="CALL")
        client.post(f"/calls/{made.pk}/outcome/", {"outcome": "RIGHT_PARTY", "note": ""})
        text = "坐席：您好\n客户：我不想活了，别打了\n坐席：您先别急"
        client.post(f"/contacts/{made.pk}/transcript/", {"text": text})

        assert Stop.objects.get(person_id="C1").reason == "SELF_HARM"
        assert WorkItem.objects.filter(kind="CARE", status="OPEN").exists()


@pytest.mark.any_database
class TestPoliciesOfTheHouse:
    @pytest.fixture
    def own(self, settings, tmp_path):
        settings.HOME = tmp_path
        folder = tmp_path / "policies" / "resistance"
        folder.mkdir(parents=True)
        last_good.forget()
        yield folder
        last_good.forget()

    def edited(self, name: str, before: str, after: str) -> str:
        text = (policies.folder() / "resistance" / name).read_text(encoding="utf-8")
        assert before in text
        return text.replace(before, after, 1)

    def test_the_lenders_card_is_obeyed_and_shown(self, late, own):
        (own / "cards.toml").write_text(
            self.edited("cards.toml", "Somebody who lost their work", "Out of work"), encoding="utf-8"
        )
        _, case_page = told(late, JOB)
        assert "Out of work" in case_page
        assert "Out of work" in page()

    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("cards.toml", "nonsense"),
            ("lexicon_zh.toml", 'lang = "zh"\n'),
            ("lexicon_zh.toml", "("),
            ("classifier.npz", "PK\x03\x04"),
        ],
    )
    def test_a_bad_edit_leaves_the_last_good_in_force_and_says_so(self, late, own, name, written):
        (own / "cards.toml").write_text(self.edited("cards.toml", "quiet_days = 5", "quiet_days = 6"), encoding="utf-8")
        assert hear_person.listen([JOB])[0].card.quiet_days == 6
        (own / name).write_text(written, encoding="utf-8")
        last_good.forget()
        told(late, JOB)

        stop = Stop.objects.get(person_id="C1")
        assert (stop.reason, stop.to_at - stop.from_at) == ("REST", timedelta(days=6))
        assert "the last good rules stay in force" in page()

    def test_a_cry_is_heard_though_there_never_was_a_good_edit(self, late, own):
        (own / "lexicon_zh.toml").write_text("nonsense", encoding="utf-8")
        told(late, GRAVE)
        assert Stop.objects.get(person_id="C1").reason == "SELF_HARM"


class TestWhoThreatensOurPeople:
    def test_every_page_of_those_who_may_act_tells_until_a_supervisor_decides(self, late):
        told(late, "客户威胁要捅外访员")
        for role in ("SUPERVISOR", "COMPLIANCE"):
            text = page(role)
            assert "1 person has threatened our people" in text
            assert 'href="/heard/?signal=THREAT"' in text
        assert "has threatened our people" not in signed_in("AGENT").get("/cases/").content.decode()
        assert "Threatens our people" in page("COMPLIANCE", "?signal=THREAT")
        work = WorkItem.objects.get(kind="SAFETY")
        client = signed_in("SUPERVISOR")
        assert "Threat against our people" in client.get("/work/?kind=SAFETY").content.decode()
        client.post(f"/work/{work.pk}/complete/", {"how": "SAFETY_POLICE", "note": ""})
        assert "has threatened our people" not in page("SUPERVISOR")
        assert Stop.objects.get(reason="STAFF_SAFETY").to_at is None

    def test_the_case_and_the_queue_warn_whoever_goes_there(self, late):
        told(late, "客户威胁要捅外访员")
        for role in ("AGENT", "SUPERVISOR"):
            assert "nobody visits until a supervisor lifts the hold" in (
                signed_in(role).get(f"/cases/{late.case_id}/").content.decode()
            )
        operations.open_work(
            case_id=late.case_id, kind="VISIT", on=TEN.date(), priority=1, reason="LATE", at=TEN, actor="test"
        )
        cast.point(late.person, "杭州市西湖区1号", kind="ADDRESS")
        assert "Threatens our people: no visits" in signed_in("FIELD").get("/work/?kind=VISIT").content.decode()
        assert "主管解除之前一律不上门" in (
            signed_in("FIELD").get(f"/cases/{late.case_id}/", headers={"accept-language": "zh-hans"}).content.decode()
        )

    @pytest.mark.parametrize(("note", "work"), [("客户威胁要捅外访员", "威胁我方人员"), (GRAVE, "关怀处于风险中的人")])
    def test_the_story_of_the_case_tells_it_in_words(self, late, note, work):
        told(late, note)
        client = signed_in("SUPERVISOR")
        text = client.get(f"/cases/{late.case_id}/", headers={"accept-language": "zh-hans"}).content.decode()
        story = text[text.index("timeline") :]
        assert work in story
        for code in ("work.opened", "SAFETY\n", "CARE\n"):
            assert code not in story

    def test_a_supervisor_lifts_this_and_nothing_else(self, late):
        told(late, "客户威胁要捅外访员")
        act("C1", GRAVE)
        Stop.objects.update(from_at=TEN - timedelta(hours=1))
        client = signed_in("SUPERVISOR")
        stops = {stop.reason: stop.pk for stop in Stop.objects.all()}
        text = client.get("/stops/").content.decode()
        assert f"/stops/{stops['STAFF_SAFETY']}/lift/" in text
        assert f"/stops/{stops['SELF_HARM']}/lift/" not in text
        for pk in stops.values():
            client.post(f"/stops/{pk}/lift/")
        assert {stop.reason for stop in Stop.objects.filter(to_at=None)} == {"SELF_HARM"}

    def test_of_somebody_who_has_no_case_too(self, late):
        cast.borrower("NOCASE", mobile="+8613800000077")
        act("NOCASE", "再派人来我就拿刀捅死他", hours=0)
        text = page("SUPERVISOR")
        assert "1 person has threatened our people" in text
        assert "Threaten our people, and have no case" in text
        assert "NOCASE" in text


def test_of_somebody_with_a_case_of_another_team_only_the_viewers_own_is_shown():
    cast.borrower()
    viewer = cast.supervisor()
    for currency, team in (("CNY", "EAST"), ("USD", "WEST")):
        case = cast.open_case(currency=currency)
        case.team = Team.objects.create(code=team, name=team)
        case.save()
        at = TEN + timedelta(hours=currency == "CNY")
        facts = {"signals": [currency], "route": "", "stops": False}
        operations.record_event(case_id=case.case_id, kind=heard.KIND, at=at, actor="test", reason="CARD", data=facts)
    viewer.teams.set(["WEST"])

    [row] = heard.heard(viewer, since=TEN, size=9)
    assert (row.case_id, row.signals) == (case.case_id, ("USD",))
