"""What our people noted and said is screened, stands in the queue of the compliance desk, and a person decides."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests.interfaces.console.conftest import PASSWORD, TEN, signed_in
from tests.interfaces.console.test_call_desk import ask

from arrears import policies
from arrears.actions import contact_call, keep_transcript, screen_words
from arrears.policies import last_good
from arrears.records.audit.models import Event
from arrears.records.cases.models import CaseEvent
from arrears.records.compliance import flags
from arrears.records.compliance.models import Flag
from arrears.records.contacts.models import Contact, Transcript
from arrears.records.privacy import words
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db

THREAT = "周五回访。告诉他再不还就让警察抓他"
OPENED = "坐席：您好，我是示例消费金融的，工号1024，本次通话会录音，请问是王先生本人吗？"
CALM = "已说明可分期，客户同意10号还500"
TALK = "坐席：您好，这里是示例消费金融\n客户：我要杀了你\n坐席：再不还就让警察抓你\n"


def call(late, outcome: str = "RIGHT_PARTY", note: str = "") -> Contact:
    """A call that an agent was cleared for and told of."""
    client = signed_in("AGENT")
    ask(client, late)
    made = Contact.objects.get(person_id="C1", channel="CALL", status="SENDING")
    client.post(f"/calls/{made.pk}/outcome/", {"outcome": outcome, "note": note})
    made.refresh_from_db()
    assert made.status == "DONE"
    return made


def page(role: str, url: str, **extra: object) -> str:
    answer = signed_in(role).get(url, **extra)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def decide(role: str, flag: Flag, **form: str):
    form = {"decision": "UPHELD", "note": "a threat of arrest"} | form
    return signed_in(role).post(f"/quality/{flag.pk}/decide/", form, follow=True)


@pytest.fixture
def own(settings, tmp_path):
    """The lender's own folder of speech, empty yet."""
    settings.HOME = tmp_path
    folder = tmp_path / "policies" / "speech"
    folder.mkdir(parents=True)
    last_good.forget()
    yield folder
    last_good.forget()


@pytest.fixture
def flagged(late) -> Flag:
    """A note of a call that holds a threat of arrest."""
    call(late, note=THREAT)
    return Flag.objects.get()


class TestScreening:
    def test_a_note_that_is_wanting_stands_in_the_queue_with_its_law(self, flagged):
        listed = page("COMPLIANCE", "/quality/")
        found = page("SUPERVISOR", f"/quality/{flagged.pk}/")

        assert "Threat of arrest or of criminal law" in listed
        assert "CN-CRIM-196-EFFECTIVE" in listed
        assert 'href="/packs/cn/#CN-CRIM-196-EFFECTIVE"' in found
        assert "An unpaid debt is a civil matter" in found
        assert "Grave" in found

    def test_it_speaks_chinese(self, flagged):
        found = page("COMPLIANCE", f"/quality/{flagged.pk}/", headers={"accept-language": "zh-hans"})

        assert "以拘捕或刑事责任相威胁" in found
        assert "逾期还款是民事纠纷" in found

    def test_a_note_with_nothing_wanting_does_not(self, late):
        call(late, note=CALM)

        assert not Flag.objects.exists()
        assert "Nothing here" in page("COMPLIANCE", "/quality/")

    def test_without_a_note_nothing_is_screened(self, late):
        call(late)

        assert not Flag.objects.exists()

    def test_the_words_are_nowhere_but_sealed(self, flagged, caplog):
        told = json.dumps([*Event.objects.values(), *CaseEvent.objects.values(), *Flag.objects.values()], default=str)
        pages = page("COMPLIANCE", "/quality/") + page("COMPLIANCE", f"/quality/{flagged.pk}/")

        assert "警察" in THREAT
        assert "警察" not in pages + caplog.text + json.dumps(json.loads(told), ensure_ascii=False)

    def test_an_outcome_that_is_not_taken_leaves_no_flag(self, late):
        made = call(late)
        with pytest.raises(Exception, match="no longer"):
            contact_call.record_call(contact_id=made.pk, outcome="BUSY", note=THREAT, at=TEN, actor="user:1")

        assert not Flag.objects.exists()

    @pytest.mark.any_database
    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("labels.toml", "labels = nonsense"),
            ("labels.toml", "labels = 3"),
            ("labels.toml", "other = 1"),
            ("labels.toml", "[[labels]]"),
            ("notes.toml", "labels = []"),
            ("lexicon_zh.toml", 'lang = "zh"\n[shield]\npatterns = "("'),
            ("classifier.npz", "PK"),
        ],
    )
    def test_an_edit_that_cannot_be_used_changes_nothing_and_says_so(self, late, own, name, written):
        (own / name).write_text(written, encoding="utf-8")
        call(late, note=THREAT)

        assert [finding["label"] for finding in Flag.objects.get().findings] == ["THREAT_ARREST"]
        assert "the last good rules stay in force" in page("COMPLIANCE", "/quality/")

    @pytest.mark.any_database
    def test_the_lenders_own_words_are_obeyed_and_kept_when_a_later_edit_is_bad(self, late, own):
        shipped = (policies.folder() / "speech" / "notes.toml").read_text(encoding="utf-8")
        (own / "notes.toml").write_text(shipped.replace("(老赖|", "(铁公鸡|老赖|"), encoding="utf-8")
        call(late, note="铁公鸡一个")
        assert [finding["label"] for finding in Flag.objects.get().findings] == ["ABUSE_INSULT"]
        assert "the last good rules" not in page("COMPLIANCE", "/quality/")

        (own / "notes.toml").write_text("nonsense", encoding="utf-8")
        last_good.forget()
        assert screen_words.of_note("铁公鸡一个") != []
        assert "the last good rules" in page("COMPLIANCE", "/quality/")


class TestTranscript:
    def keep(self, role: str, made: Contact, text: str = TALK) -> str:
        return signed_in(role).post(f"/contacts/{made.pk}/transcript/", {"text": text}, follow=True).content.decode()

    def test_our_side_of_it_is_screened_and_theirs_is_not(self, late):
        made = call(late)
        told = self.keep("AGENT", made)
        flag = Flag.objects.get()

        assert "the compliance desk will look at it" in told
        labels = [finding["label"] for finding in flag.findings]
        assert (flag.said, flag.severity, labels) == (
            "TRANSCRIPT",
            3,
            ["THREAT_ARREST", "UNSAID_AGENT", "UNSAID_RECORDING"],
        )
        [[start, end]] = flag.findings[0]["spans"]
        assert "警察" in TALK[start:end]
        assert TALK[:start].count("\n") == 2

    def test_a_calm_one_is_kept_and_not_flagged(self, late):
        made = call(late)
        told = self.keep("AGENT", made, OPENED + "\n客户：是的\n坐席：可以分期还款")

        assert "The transcript is kept." in told
        assert not Flag.objects.exists()
        assert "可以分期".encode() not in bytes(Transcript.objects.get().text_sealed)

    def test_a_debt_told_before_it_is_known_whom_is_flagged_with_its_place(self, late):
        text = "坐席：您好，我是示例消费金融的工号1024\n客户：什么事\n坐席：您的借款逾期了30天"
        self.keep("AGENT", call(late), text)
        finding = Flag.objects.get().findings[0]

        assert (finding["label"], finding["severity"], finding["rule"]) == ("THIRD_PARTY_DISCLOSURE", 3, "CN-CC11-68")
        [[start, end]] = finding["spans"]
        assert (text[:start].count("\n"), "借款" in text[start:end]) == (2, True)

    @pytest.mark.parametrize(
        "text",
        [
            OPENED + "\n客户：是的\n坐席：您的借款逾期了30天",
            "客户：我想问一下我的贷款逾期怎么还\n" + OPENED + "您的借款逾期了30天，可以分期",
            "坐席：您的借款逾期了30天",
        ],
    )
    def test_not_once_it_is_known_nor_where_nobody_knows_what_they_said(self, late, text):
        self.keep("AGENT", call(late), text)
        assert not Flag.objects.exists()

    @pytest.mark.parametrize(
        ("opening", "missing"),
        [
            ("您好，请问是王先生本人吗？", ["AGENT", "INSTITUTION", "RECORDING"]),
            ("您好，我是示例消费金融的，工号1024，请问是王先生本人吗？", ["RECORDING"]),
            ("您好，本次通话会录音，我叫李敏，请问是王先生本人吗？", ["INSTITUTION"]),
            ("示例消费金融提醒您，本次通话会录音，请问是王先生本人吗？", ["AGENT"]),
        ],
    )
    def test_what_was_left_unsaid_is_flagged_with_its_law_and_place(self, late, opening, missing):
        text = f"坐席：{opening}\n客户：是的\n坐席：您的借款逾期了30天"
        told = self.keep("AGENT", call(late), text)
        flag = Flag.objects.get()

        assert "the compliance desk will look at it" in told
        assert sorted(one["label"] for one in flag.findings) == [f"UNSAID_{code}" for code in missing]
        assert {text[slice(*one["spans"][0])] for one in flag.findings} == {opening}
        assert flag.severity == 1
        shown = page("COMPLIANCE", f"/quality/{flag.pk}/")
        assert flag.findings[0]["rule"] in shown
        assert "中国银行业协会" in shown

    @pytest.mark.parametrize("outcome", ["WRONG_PARTY", "NO_ANSWER"])
    def test_not_to_somebody_else_nor_where_one_side_alone_is_written_down(self, late, outcome):
        text = "坐席：您好，麻烦请他回个电话\n客户：好的" if outcome == "WRONG_PARTY" else "坐席：您好，请问是王先生吗"
        self.keep("AGENT", call(late, outcome), text)
        assert not Flag.objects.exists()

    def test_it_is_kept_once(self, late):
        made = call(late)
        self.keep("AGENT", made)

        assert "never changed" in self.keep("SUPERVISOR", made, "坐席：您好")
        assert Event.objects.filter(kind="contact.transcribed").count() == 1
        assert Flag.objects.count() == 1

    @pytest.mark.parametrize("text", [" ", "x" * 100_001], ids=["blank", "endless"])
    def test_no_words_or_too_many_are_refused(self, late, text):
        assert "A transcript has words" in self.keep("AGENT", call(late), text)
        assert not Transcript.objects.exists()

    def test_a_call_that_is_not_told_and_a_message_have_none(self, late):
        ask(signed_in("AGENT"), late)
        made = Contact.objects.get(person_id="C1", channel="CALL")

        assert "outcome is on record" in self.keep("AGENT", made)
        assert "Word for word" not in page("AGENT", f"/contacts/{made.pk}/")

    def test_an_agent_keeps_their_own_alone(self, late):
        made = call(late)
        other = User.objects.create_user(username="a2", role="AGENT", display_name="A2", password=PASSWORD)
        client = Client(headers={"accept-language": "en"})
        client.force_login(other)

        assert client.post(f"/contacts/{made.pk}/transcript/", {"text": TALK}).status_code == 404
        assert "Word for word" not in client.get(f"/contacts/{made.pk}/").content.decode()
        assert "Word for word" in page("COMPLIANCE", f"/contacts/{made.pk}/")

    @pytest.mark.parametrize("role", ["ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_the_outsider_is_refused(self, late, role):
        made = call(late)

        assert signed_in(role).post(f"/contacts/{made.pk}/transcript/", {"text": TALK}).status_code == 403

    def test_hostile_text_is_kept_and_shown_as_text(self, late):
        made = call(late)
        keep_transcript.keep_transcript(
            contact_id=made.pk,
            text="坐席：<script>alert(1)</script>再不还就让警察抓你\x00\u202e",
            at=TEN,
            actor="user:1",
        )
        flag = Flag.objects.get()
        opened = signed_in("COMPLIANCE").post(f"/quality/{flag.pk}/open/").content.decode()

        assert "&lt;script&gt;" in opened
        assert "<script>alert" not in opened


class TestOpening:
    def test_the_words_open_with_their_places_marked_and_leave_an_audit_row(self, flagged):
        answer = signed_in("COMPLIANCE").post(f"/quality/{flagged.pk}/open/", headers={"hx-request": "true"})
        text = answer.content.decode()
        revealed = Event.objects.filter(kind="identity.revealed").order_by("id")
        event = next(one for one in revealed if one.data["purpose"] == "QUALITY")

        assert "<html" not in text
        marked = text.split("<mark")[1].split("</mark>")[0]
        assert "警察" in marked
        assert "周五" not in marked
        assert "no-store" in answer.headers["Cache-Control"]
        assert event.data["what"] == "NOTE"

    def test_without_scripts_it_is_the_same_page_with_the_words(self, flagged):
        text = signed_in("SUPERVISOR").post(f"/quality/{flagged.pk}/open/").content.decode()

        assert "<html" in text
        assert "<mark" in text

    def test_a_get_opens_nothing(self, flagged):
        assert signed_in("COMPLIANCE").get(f"/quality/{flagged.pk}/open/").status_code == 405

    def test_above_the_limit_of_an_hour_it_is_refused(self, flagged):
        client = signed_in("COMPLIANCE")
        for _ in range(40):
            client.post(f"/quality/{flagged.pk}/open/", headers={"hx-request": "true"})
        refused = client.post(f"/quality/{flagged.pk}/open/", headers={"hx-request": "true"}).content.decode()

        assert "within an hour" in refused
        assert "警察" not in refused


class TestDecision:
    @pytest.mark.parametrize(("decision", "told"), [("UPHELD", "Upheld"), ("DISMISSED", "Not a violation")])
    def test_it_is_on_record_everywhere_at_once(self, flagged, late, decision, told):
        answer = decide("COMPLIANCE", flagged, decision=decision)
        event = Event.objects.get(kind="quality.decided")

        assert "The decision is on record." in answer.content.decode()
        assert (event.before, event.after, event.subject_id) == ("OPEN", decision, flagged.pk)
        assert CaseEvent.objects.get(case=late, kind="quality.decided").after == decision
        assert "Quality check of what was said" in page("SUPERVISOR", f"/cases/{late.pk}/")
        assert "a threat of arrest" in page("SUPERVISOR", f"/quality/{flagged.pk}/")
        assert told in page("COMPLIANCE", f"/quality/?status={decision}")
        assert "Nothing here" in page("COMPLIANCE", "/quality/")

    def test_the_second_decision_is_refused(self, flagged):
        decide("COMPLIANCE", flagged)
        answer = decide("COMPLIANCE", flagged, decision="DISMISSED", note="changed my mind")
        flagged.refresh_from_db()

        assert "decided this already" in answer.content.decode()
        assert (flagged.status, words.opened(flagged, "note_sealed")) == ("UPHELD", "a threat of arrest")
        assert Event.objects.filter(kind="quality.decided").count() == 1

    @pytest.mark.parametrize(
        ("form", "told"),
        [
            ({"note": " "}, "Write the reason out."),
            ({"note": "call 13800000001"}, "must not hold a number"),
            ({"decision": "OPEN"}, "Choose how it is decided."),
            ({"decision": ""}, "Choose how it is decided."),
        ],
        ids=["blank", "number", "open", "none"],
    )
    def test_a_decision_without_its_why_is_none(self, flagged, form, told):
        assert told in decide("COMPLIANCE", flagged, **form).content.decode()
        flagged.refresh_from_db()
        assert flagged.status == "OPEN"
        assert not CaseEvent.objects.filter(kind="quality.decided").exists()

    def test_nobody_decides_on_their_own_words(self, flagged):
        Flag.objects.update(actor=f"user:{User.objects.get(role='COMPLIANCE').pk}")

        assert "your own words" in decide("COMPLIANCE", flagged).content.decode()
        flagged.refresh_from_db()
        assert flagged.status == "OPEN"

    def test_who_only_reads_does_not_decide(self, flagged):
        assert decide("SUPERVISOR", flagged).status_code == 403
        assert "The compliance desk decides." in page("SUPERVISOR", f"/quality/{flagged.pk}/")

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_the_outsider_is_refused(self, flagged, role):
        client = signed_in(role)
        for url in ("/quality/", f"/quality/{flagged.pk}/"):
            assert client.get(url).status_code == 403
        assert client.post(f"/quality/{flagged.pk}/open/").status_code == 403
        assert decide(role, flagged).status_code == 403

    def test_what_is_not_there_is_not_there(self, flagged):
        client = signed_in("COMPLIANCE")

        assert client.get("/quality/nothing/").status_code == 404
        assert client.post("/quality/nothing/open/").status_code == 404
        assert client.post("/quality/nothing/decide/", {"decision": "UPHELD", "note": "x"}).status_code == 404


class TestQueue:
    def test_the_gravest_stand_first_and_pages_follow_one_another(self, late, monkeypatch):
        for number in range(65):
            found = {"label": "ABUSE_INSULT" if number % 2 else "MISREP_AMOUNT", "severity": number % 4, "spans": []}
            flags.raise_flag(
                subject_id=f"contact-{number}",
                case_id="",
                customer_id="C1",
                channel="CALL",
                said="NOTE",
                findings=[found | {"rule": ""}],
                at=TEN,
                actor="test",
            )
        client, seen, after = signed_in("COMPLIANCE"), [], ""
        while True:
            shown = client.get(f"/quality/?after={after}").context
            seen += [row.flag_id for row, _findings, _by in shown["rows"]]
            if not (after := shown["later"]):
                break

        assert len(seen) == len(set(seen)) == 65
        graves = [Flag.objects.get(pk=flag_id).severity for flag_id in seen]
        assert graves == sorted(graves, reverse=True)
        chosen = client.get("/quality/?label=ABUSE_INSULT").context["rows"]
        assert {row.findings[0]["label"] for row, _findings, _by in chosen} == {"ABUSE_INSULT"}
