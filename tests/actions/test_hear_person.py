"""What a person's words tell is acted upon as they are kept: a cry for help stops all, lesser troubles bring a rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_call, contact_plan, contact_receipts, forget_strangers
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_receipts import HeardReport
from arrears.channels.sandbox import adapter
from arrears.records.audit.models import Event
from arrears.records.cases import operations
from arrears.records.cases.models import CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts import strangers
from arrears.records.contacts.models import Contact, ContactStatus, Stranger

pytestmark = pytest.mark.django_db

NUMBER = "+8613800000001"


def write(sandbox: adapter.Sandbox, text: str, *, from_: str = NUMBER) -> None:
    sandbox.write_in(from_=from_, to="", text=text, at=cast.NOW)


def take(gate: Gate, sandbox: adapter.Sandbox, *, minutes: int = 5) -> HeardReport:
    at = cast.NOW + timedelta(minutes=minutes)
    return contact_receipts.take(at=at, channels={"SMS": sandbox}, worker="w1", gate=gate)


def call(gate: Gate, case_id: str, *, outcome: str, note: str) -> None:
    """A call that was cleared, and noted some minutes later."""
    clearance = contact_call.clear_call(
        customer_id=cast.PAYS,
        case_id=case_id,
        contact_point_id=cast.own_point(cast.PAYS),
        at=cast.NOW,
        actor="user:1",
        gate=gate,
    )
    at = cast.NOW + timedelta(minutes=3)
    contact_call.record_call(contact_id=clearance.contact_id, outcome=outcome, at=at, actor="user:1", note=note)


def planned_contact(gate: Gate) -> None:
    later = cast.NOW + timedelta(days=1)
    wish = draft(planned_for=later, expires_at=later + timedelta(hours=5))
    assert contact_plan.plan([wish], at=cast.NOW, actor="test", gate=gate).planned == 1


class TestACryForHelp:
    @pytest.mark.parametrize("text", ["你们别打了，我不想活了", "i'm going to kill myself tonight"])
    def test_all_stops_and_a_colleague_is_asked_to_care(self, gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
        cast.borrower()
        case = cast.open_case()
        operations.open_work(
            case_id=case.case_id, kind="CALL", on=cast.TODAY, priority=1, reason="EARLY", at=cast.NOW, actor="test"
        )
        planned_contact(gate)
        write(sandbox, text)
        assert take(gate, sandbox) == HeardReport(inbound=1, alerts=1)

        stop = Stop.objects.get()
        assert (stop.reason, stop.channel, stop.to_at) == ("SELF_HARM", "", None)
        assert not Contact.objects.filter(initiated_by="COLLECTOR", status=ContactStatus.PLANNED).exists()
        work = {item.kind: item for item in WorkItem.objects.filter(case=case)}
        assert (work["CALL"].status, work["CARE"].status) == ("CANCELLED", "OPEN")
        assert work["CARE"].priority > 1000
        assert CaseEvent.objects.get(kind="person.heard").reason == "LIFE_FIRST"
        assert Event.objects.filter(kind="person.heard", subject_id=cast.PAYS).count() == 1
        kept = str(list(CaseEvent.objects.values())) + str(list(Event.objects.values()))
        assert "不想活" not in kept
        assert "kill" not in kept
        tomorrow = cast.NOW + timedelta(days=1)
        again = draft(template="EARLY_D7", planned_for=tomorrow, expires_at=tomorrow + timedelta(hours=5))
        assert contact_plan.plan([again], at=tomorrow, actor="test", gate=gate).refused == 1

    def test_the_same_message_twice_is_one_and_a_second_cry_is_answered_again(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        cast.borrower()
        cast.open_case()
        write(sandbox, "不想活了")
        take(gate, sandbox)
        assert take(gate, sandbox, minutes=6) == HeardReport()
        [care] = WorkItem.objects.filter(kind="CARE")
        at = cast.NOW + timedelta(hours=1)
        operations.complete_work(work_id=care.work_id, outcome="CARED_SPOKEN", note="", at=at, actor="user:1")
        write(sandbox, "我在楼顶，再见了")
        assert take(gate, sandbox, minutes=90).alerts == 1
        assert sorted(WorkItem.objects.filter(kind="CARE").values_list("status", flat=True)) == ["DONE", "OPEN"]
        assert Stop.objects.count() == 1

    def test_from_a_relatives_number_too_and_after_the_case_has_closed(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        person = cast.borrower()
        cast.point(person, "+8613900000009", relation="KIN")
        case = cast.open_case()
        type(case).objects.update(status="CLOSED", closed_on=cast.TODAY, close_reason="CURED")
        write(sandbox, "他说要从楼上跳下去", from_="+8613900000009")
        assert take(gate, sandbox).alerts == 1
        assert WorkItem.objects.get(kind="CARE").case_id == case.case_id

    def test_in_the_note_of_a_call_whoever_was_reached(self, gate: Gate) -> None:
        cast.borrower()
        case = cast.open_case()
        call(gate, case.case_id, outcome="CONNECTED", note="接电话的人说客户要自杀")
        assert Stop.objects.get().reason == "SELF_HARM"
        assert WorkItem.objects.get(kind="CARE").status == "OPEN"


class TestSomebodyNobodyKnows:
    STRANGER = "+8613911112222"

    @pytest.mark.parametrize("text", ["你们别打了，我不想活了", "i'm going to kill myself tonight"])
    def test_a_cry_for_help_alerts_and_keeps_the_number_sealed(
        self, gate: Gate, sandbox: adapter.Sandbox, text: str
    ) -> None:
        write(sandbox, text, from_=self.STRANGER)
        assert take(gate, sandbox) == HeardReport(strangers=1, alerts=1)
        row = Stranger.objects.get()
        assert (row.is_grave, row.card, row.opened_at) == (True, "LIFE_FIRST", None)
        assert "SELF_HARM" in row.signals
        kept = str(list(Stranger.objects.values())) + str(list(Event.objects.values()))
        assert text not in kept
        assert "13911112222" not in kept
        told = strangers.open_message(row.pk, at=cast.NOW, actor="user:1")
        assert told == strangers.Message(self.STRANGER, text)
        assert Stranger.objects.get().opened_by == "user:1"

    @pytest.mark.parametrize(
        "text", ["你们再打电话我就拿刀捅死你们的人", "call once more and i will find you and stab you"]
    )
    def test_a_threat_to_somebodys_life_alerts_too(self, gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
        write(sandbox, text, from_=self.STRANGER)
        assert take(gate, sandbox).alerts == 1
        assert Stranger.objects.get().threatens

    def test_of_lesser_troubles_what_was_heard_is_kept_and_no_word(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        write(sandbox, "我失业了，还在找工作", from_=self.STRANGER)
        assert take(gate, sandbox) == HeardReport(strangers=1)
        row = Stranger.objects.get()
        assert (row.is_grave, row.signals, row.text_sealed, row.from_sealed) == (False, ["JOB_LOSS"], None, None)

    @pytest.mark.parametrize("text", ["T", "好的", "你打错了", "谁呀", "ok thanks"])
    def test_a_plain_reply_alerts_nobody(self, gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
        write(sandbox, text, from_=self.STRANGER)
        assert take(gate, sandbox) == HeardReport(strangers=1)
        assert not Stranger.objects.filter(is_grave=True).exists()

    def test_each_of_several_is_heard_for_itself(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        cast.open_case()
        write(sandbox, "我不想活了", from_=self.STRANGER)
        write(sandbox, "好的")
        write(sandbox, "我要拿刀捅死你们", from_="+8613911113333")
        assert take(gate, sandbox) == HeardReport(inbound=1, strangers=2, alerts=2)
        assert sorted(Stranger.objects.values_list("threatens", flat=True)) == [False, True]
        assert not Stop.objects.exists()

    def test_all_of_it_is_forgotten(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        write(sandbox, "我不想活了", from_=self.STRANGER)
        take(gate, sandbox)
        write(sandbox, "我失业了，还在找工作", from_=self.STRANGER)
        take(gate, sandbox, minutes=10)
        on = cast.TODAY
        at_90, at_91 = (cast.NOW + timedelta(days=days) for days in (90, 91))
        assert forget_strangers.forget(on=on, gate=gate, at=at_90, actor="test") == 0
        assert not Event.objects.filter(kind="strangers.forgotten").exists()
        assert forget_strangers.forget(on=on, gate=gate, at=at_91, actor="test") == 2
        assert not Stranger.objects.exists()
        told = Event.objects.get(kind="strangers.forgotten")
        assert told.after == "LENDER-RETENTION-STRANGERS"
        assert told.data == {"messages": 2, "grave": 1, "unopened": 1}

    def test_where_no_rule_says_how_long_nothing_is_deleted(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        write(sandbox, "我不想活了", from_=self.STRANGER)
        take(gate, sandbox)
        pack = gate.pack
        law_alone = replace(gate, pack=replace(pack, duties=tuple(one for one in pack.duties if one.author == "law")))
        years = cast.NOW + timedelta(days=3000)
        assert forget_strangers.forget(on=cast.TODAY, gate=law_alone, at=years, actor="test") == 0
        assert Stranger.objects.exists()


class TestLesserTroubles:
    @pytest.mark.parametrize(
        ("text", "card", "days"),
        [("我爸住院了，钱都给医院了", "ILL", 7), ("stop calling me all day, i'm sick of it", "ANGRY", 3)],
    )
    def test_the_person_is_left_in_peace_for_as_long_as_the_card_says(
        self, gate: Gate, sandbox: adapter.Sandbox, text: str, card: str, days: int
    ) -> None:
        cast.borrower()
        cast.open_case()
        write(sandbox, text)
        assert take(gate, sandbox) == HeardReport(inbound=1)
        stop = Stop.objects.get()
        assert stop.to_at is not None
        assert (stop.reason, stop.to_at - stop.from_at) == ("REST", timedelta(days=days))
        assert CaseEvent.objects.get(kind="person.heard").reason == card
        assert not WorkItem.objects.filter(kind="CARE").exists()

    @pytest.mark.parametrize(
        "text", ["累死了，下班就还", "气死我了，手机又坏了，明天还", "this interest is killing me", "好的，周五还"]
    )
    def test_a_figure_of_speech_alerts_nobody(self, gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
        cast.borrower()
        cast.open_case()
        write(sandbox, text)
        assert take(gate, sandbox).alerts == 0
        assert not Stop.objects.filter(reason="SELF_HARM").exists()

    def test_another_persons_words_and_a_wrong_number_bring_no_rest(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        person = cast.borrower()
        cast.point(person, "+8613900000009", relation="KIN")
        cast.open_case()
        write(sandbox, "你打错了，我不认识他", from_="+8613900000009")
        assert take(gate, sandbox) == HeardReport(inbound=1)
        assert not Stop.objects.exists()
        assert not CaseEvent.objects.filter(kind="person.heard").exists()
