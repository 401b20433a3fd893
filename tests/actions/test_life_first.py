"""Who may harm themselves is left alone everywhere and by everybody, until somebody has cared for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast
from tests.actions.test_dial_call import Board
from tests.actions.test_hear_person import call, planned_contact

from arrears.actions import (
    contact_call,
    dial_call,
    finish_work,
    keep_transcript,
    lift_stop,
    stop_contact,
    take_legal_step,
)
from arrears.actions.contact_gate import Gate
from arrears.actions.take_legal_step import StepWish
from arrears.exchange import decisions_in
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event
from arrears.records.cases import heard
from arrears.records.cases import operations as cases
from arrears.records.cases.models import Case, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.matters.models import LegalStep
from arrears.records.people.models import ContactPoint

pytestmark = pytest.mark.django_db

LATER = cast.NOW + timedelta(minutes=10)


@pytest.fixture
def case() -> Case:
    cast.borrower()
    return cast.open_case(dpd=120)


def stop(**narrower: object) -> None:
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="SELF_HARM", at=cast.NOW, actor="user:1", **narrower)


def step(case: Case, kind: str, *, days_ago: int = 0) -> bool:
    Case.objects.filter(pk=case.pk).update(stage="LATE")
    taken_on = cast.TODAY - timedelta(days=days_ago)
    wish = StepWish("s1", kind, taken_on, "上海法院", "", None, "", None)
    return take_legal_step.take(case_id=case.pk, wish=wish, as_of=cast.TODAY, at=LATER, actor="user:2")


class TestTheStop:
    @pytest.mark.parametrize(
        "narrower", [{"channel": "SMS"}, {"to_at": LATER}, {"contact_point_id": "own"}], ids=["channel", "end", "point"]
    )
    def test_is_of_everything_whatever_was_asked(self, gate: Gate, case: Case, narrower: dict[str, object]) -> None:
        if "contact_point_id" in narrower:
            narrower = {"contact_point_id": cast.own_point(cast.PAYS)}
        planned_contact(gate)
        cases.open_work(case_id=case.pk, kind="CALL", on=cast.TODAY, priority=1, reason="", at=cast.NOW, actor="user:1")
        stop(**narrower)
        [held] = Stop.objects.all()
        assert (held.channel, held.contact_point_id, held.to_at) == ("", "", None)
        assert Contact.objects.get().status == ContactStatus.CANCELLED
        assert [(one.kind, one.status) for one in WorkItem.objects.order_by("kind")] == [
            ("CALL", "CANCELLED"),
            ("CARE", "OPEN"),
        ]

    def test_is_lifted_once_somebody_has_cared(self, case: Case) -> None:
        stop()
        held, care = Stop.objects.get(), WorkItem.objects.get(kind="CARE")
        with pytest.raises(lift_stop.CareIsOpen):
            lift_stop.lift_stop(stop_id=held.pk, at=LATER, actor="user:2")
        finish_work.finish_work(work_id=care.pk, how="CARED_SPOKEN", note="", at=LATER, actor="user:2")
        lift_stop.lift_stop(stop_id=held.pk, at=LATER, actor="user:2")
        held.refresh_from_db()
        assert held.to_at == LATER

    @pytest.mark.parametrize(("reason", "kind"), [("SELF_HARM", "CARE"), ("STAFF_SAFETY", "SAFETY")])
    def test_what_it_asks_for_is_finished_and_never_cancelled(self, case: Case, reason: str, kind: str) -> None:
        stop_contact.stop_contact(customer_id=cast.PAYS, reason=reason, at=cast.NOW, actor="user:1")
        work = WorkItem.objects.get(kind=kind)
        with pytest.raises(finish_work.OnlyFinished):
            finish_work.cancel_work(work_id=work.pk, note="x", at=LATER, actor="user:2")
        work.refresh_from_db()
        assert work.status == "OPEN"

    def test_what_it_asks_for_outlives_the_case(self, case: Case) -> None:
        """A night that closes a case, for it was paid, says nothing of the person."""
        assert {"CARE", "SAFETY"}.isdisjoint(decisions_in.ENDS_WITH_CASE)
        stop()
        decisions_in._cancel_work([case.pk], decisions_in.ENDS_WITH_CASE, "case closed", cast.TODAY, LATER, "night")
        assert WorkItem.objects.get(kind="CARE").status == "OPEN"


class TestWithoutACase:
    """Somebody who was only reminded, or wrote before anything was late."""

    @pytest.mark.parametrize(("reason", "kind"), [("SELF_HARM", "CARE"), ("STAFF_SAFETY", "SAFETY")])
    def test_what_could_be_asked_nowhere_is_asked_in_the_first_case_that_opens(self, reason: str, kind: str) -> None:
        cast.borrower()
        stop_contact.stop_contact(customer_id=cast.PAYS, reason=reason, at=cast.NOW, actor="user:1")
        assert not WorkItem.objects.exists()
        case = cast.open_case()
        for _ in range(2):  # a night that runs again
            stop_contact.ask_in_new_cases([case.pk], at=LATER, actor="night")
        assert [(one.kind, one.status) for one in WorkItem.objects.all()] == [(kind, "OPEN")]
        [row] = heard.heard(cast.supervisor(), since=cast.NOW, size=5)
        assert row.is_at_risk == (kind == "CARE")

    def test_whoever_lifts_their_stop_says_what_was_done(self) -> None:
        cast.borrower()
        stop()
        held, by = Stop.objects.get(), {"at": LATER, "actor": "user:2"}
        for blank in ("", " \u200b"):
            with pytest.raises(lift_stop.CareNotTold):
                lift_stop.lift_stop(stop_id=held.pk, note=blank, **by)
        lift_stop.lift_stop(stop_id=held.pk, note="their doctor and their sister are with them", **by)
        [facts] = trail.told(Event.objects.filter(kind="compliance.lifted"))
        assert facts["note"] == "their doctor and their sister are with them"

    def test_whoever_was_cared_for_is_not_asked_about_again(self, case: Case) -> None:
        stop()
        care = WorkItem.objects.get(kind="CARE")
        finish_work.finish_work(work_id=care.pk, how="CARED_SPOKEN", note="", at=LATER, actor="user:2")
        stop_contact.ask_in_new_cases([case.pk], at=LATER, actor="night")
        assert WorkItem.objects.count() == 1


class TestLegalSteps:
    @pytest.mark.parametrize("kind", ["LAWYERS_LETTER", "MEDIATION", "PAYMENT_ORDER", "SUIT_FILED", "ENFORCEMENT"])
    def test_none_is_taken_against_them(self, case: Case, kind: str) -> None:
        stop()
        with pytest.raises(take_legal_step.PersonAtRisk, match="from 2026-11-23 on"):
            step(case, kind)
        assert not LegalStep.objects.exists()

    @pytest.mark.parametrize(("kind", "days_ago"), [("SUIT_FILED", 1), ("JUDGMENT", 0), ("ENDED", 0)])
    def test_what_was_before_and_what_others_decide_is_recorded(self, case: Case, kind: str, days_ago: int) -> None:
        stop()
        assert step(case, kind, days_ago=days_ago)

    def test_another_stop_forbids_none(self, case: Case) -> None:
        stop_contact.stop_contact(customer_id=cast.PAYS, reason="DISPUTED", at=cast.NOW, actor="user:1")
        assert step(case, "SUIT_FILED")


class TestTranscripts:
    """Whoever said it: a person may be in danger."""

    @pytest.mark.parametrize(
        "text",
        [
            "我不想活了",
            "Speaker 1: hello\nSpeaker 2: I want to die, I took pills",
            "坐席：请问本人在吗\n客户妻子：他昨天割腕了，在医院",
            "坐席：您是不是想自杀？\n客户：是的",
            "Agent: Are you thinking of suicide?\nCustomer: yes, every day",
            "坐席：您有过轻生的念头吗\n客户：嗯",
            "坐席：您好，这里是某某金融。客户：我今晚就自杀，不想活了。坐席：那您先把钱还了。",
            "坐席：您好 客户：我不想活了",
            "Agent: Hello. Customer: I am going to kill myself tonight. Agent: Please pay first.",
            "Agent: hello\rCustomer: I want to die",
            "坐席：您好\u2028客户：我不想活了",
            "坐席：您想过轻生吗？\n坐席：您可以告诉我。\n客户：（沉默）\n客户：嗯",
            "Agent: Did you think of suicide?\nCustomer: ....\nCustomer: I did.",
        ],
    )
    def test_a_danger_is_heard(self, gate: Gate, case: Case, text: str) -> None:
        call(gate, case.pk, outcome="WRONG_PARTY", note="")
        contact_id = Contact.objects.get().pk
        keep_transcript.keep_transcript(contact_id=contact_id, text=text, at=LATER, actor="user:1")
        assert Stop.objects.filter(reason="SELF_HARM").count() == 1
        assert WorkItem.objects.filter(kind="CARE", status="OPEN").count() == 1

    @pytest.mark.parametrize(
        "text",
        [
            "坐席：您是不是想自杀？\n客户：不是，我就是随口抱怨",
            "坐席：您是不是想自杀？\n客户：对不起，没有",
            "Agent: Are you thinking of suicide?\nCustomer: no, I am fine",
            "坐席：您什么时候能还？\n客户：是下周五",
            "坐席：您是不是想自杀？\n客户：（叹气）没有\n坐席：那就好。\n客户：嗯",
            "我们下周五之前还清\n好的，谢谢",
        ],
    )
    def test_a_no_and_other_answers_are_none(self, gate: Gate, case: Case, text: str) -> None:
        call(gate, case.pk, outcome="RIGHT_PARTY", note="")
        contact_id = Contact.objects.get().pk
        keep_transcript.keep_transcript(contact_id=contact_id, text=text, at=LATER, actor="user:1")
        assert not Stop.objects.filter(reason="SELF_HARM").exists()


class TestSharedNumber:
    """Two customers with one telephone: whoever answers may be the one at risk."""

    def call(self, gate: Gate, *, minutes: int = 10) -> tuple[bool, list[str]]:
        at = cast.NOW + timedelta(minutes=minutes)
        point = ContactPoint.objects.get(person_id=cast.PAYS)
        whom = {"customer_id": cast.PAYS, "case_id": None, "contact_point_id": point.pk}
        clearance = contact_call.clear_call(**whom, at=at, actor="user:1", gate=gate)
        return clearance.allowed, [reason.rule for reason in clearance.verdict.reasons]

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_it_is_not_rung_for_the_other(self, gate: Gate, relation: str) -> None:
        cast.borrower()
        ContactPoint.objects.update(relation=relation)
        cast.borrower(cast.PROMISES, mobile=cast.MOBILES[cast.PAYS])
        stop_contact.stop_contact(customer_id=cast.PROMISES, reason="SELF_HARM", at=cast.NOW, actor="user:1")
        allowed, rules = self.call(gate)
        assert not allowed
        assert "LENDER-STOP-LIST" in rules
        assert "LENDER-SELF-HARM-RISK" not in rules  # that is nobody's business but theirs

    def test_what_was_cleared_before_is_not_dialled(self, gate: Gate) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES, mobile=cast.MOBILES[cast.PAYS])
        assert self.call(gate, minutes=0)[0]
        [contact] = Contact.objects.all()
        stop_contact.stop_contact(customer_id=cast.PROMISES, reason="SELF_HARM", at=LATER, actor="user:1")
        with pytest.raises(dial_call.StoppedSince):
            dial_call.dial(contact_id=contact.pk, dialler=Board(), at=LATER, actor="user:1")

    def test_another_number_another_stop_and_one_that_is_lifted_hold_nothing(self, gate: Gate) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES, mobile=cast.MOBILES[cast.PAYS])
        cast.borrower(cast.DISPUTES)
        stop_contact.stop_contact(customer_id=cast.DISPUTES, reason="SELF_HARM", at=cast.NOW, actor="user:1")
        stop_contact.stop_contact(customer_id=cast.PROMISES, reason="OPTED_OUT", at=cast.NOW, actor="user:1")
        stop_contact.stop_contact(customer_id=cast.PROMISES, reason="SELF_HARM", at=cast.NOW, actor="user:1")
        held = Stop.objects.get(person_id=cast.PROMISES, reason="SELF_HARM")
        lift_stop.lift_stop(stop_id=held.pk, note="their sister is with them", at=LATER, actor="user:2")
        assert self.call(gate, minutes=11) == (True, [])
