"""Calls and visits are cleared before and recorded after; the caps count what was cleared until it is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests import cast

from arrears.actions import contact_call, contact_overrule
from arrears.actions.contact_call import Clearance
from arrears.actions.contact_gate import Gate
from arrears.kernel.errors import Refusal
from arrears.kernel.identifiers import derived_id
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event
from arrears.records.cases.models import CaseEvent, WorkItem, WorkKind, WorkStatus
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.contacts.operations import UnableToMoveContacts
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db

#: Minutes after which the lender's own advice does not speak against calling again.
APART = 31


def clear(gate: Gate, *, minutes: int = 0, case_id: str | None = None) -> Clearance:
    return contact_call.clear_call(
        customer_id=cast.PAYS,
        case_id=case_id,
        contact_point_id=cast.own_point(cast.PAYS),
        at=cast.NOW + timedelta(minutes=minutes),
        actor="user:1",
        gate=gate,
    )


def called(gate: Gate, outcome: str, *, minutes: int, case_id: str | None = None) -> Clearance:
    clearance = clear(gate, minutes=minutes, case_id=case_id)
    at = cast.NOW + timedelta(minutes=minutes + 1)
    contact_call.record_call(contact_id=clearance.contact_id, outcome=outcome, at=at, actor="user:1", note="说明")
    return clearance


class TestCalls:
    def test_the_fourth_connected_call_of_a_day_is_refused_until_tomorrow(self, gate: Gate) -> None:
        cast.borrower()
        for number in range(3):
            assert called(gate, "CONNECTED", minutes=number * 10).allowed
        refused = clear(gate, minutes=40)
        assert not refused.allowed
        assert refused.verdict.reasons[0].rule == "CN-GBT45251-VOICE-3"
        assert refused.verdict.not_before is not None
        assert Contact.objects.get(contact_id=refused.contact_id).status == ContactStatus.REFUSED
        assert Verdict.objects.filter(allowed=False).count() == 1
        with pytest.raises(UnableToMoveContacts):
            contact_call.record_call(contact_id=refused.contact_id, outcome="CONNECTED", at=cast.NOW, actor="user:1")

    def test_six_unanswered_attempts_end_the_day_for_that_number_alone(self, gate: Gate) -> None:
        other = cast.point(cast.borrower(), "+8613900000008")
        for number in range(6):
            called(gate, "NO_ANSWER", minutes=number * APART)
        assert clear(gate, minutes=6 * APART).verdict.reasons[0].rule == "CN-CBA26-ATTEMPT-6"
        elsewhere = contact_call.clear_call(
            customer_id=cast.PAYS,
            case_id=None,
            contact_point_id=other.contact_point_id,
            at=cast.NOW,
            actor="user:1",
            gate=gate,
        )
        assert elsewhere.allowed

    def test_cleared_and_not_yet_recorded_counts(self, gate: Gate) -> None:
        cast.borrower()
        assert [clear(gate, minutes=number * APART).allowed for number in range(4)] == [True, True, True, False]

    def test_who_was_cleared_and_says_it_was_never_dialled_is_counted_on(self, gate: Gate) -> None:
        cast.borrower()
        for number in range(3):
            clearance = clear(gate, minutes=number * APART)
            at = cast.NOW + timedelta(minutes=number * APART)
            assert not contact_call.declare_never_made(
                contact_id=clearance.contact_id, channel="CALL", at=at, actor="user:1"
            )
        assert not clear(gate, minutes=3 * APART).allowed
        told = Contact.objects.filter(outcome="NOT_DIALLED")
        assert {one.status for one in told} == {ContactStatus.FAILED}
        told = Event.objects.filter(kind="contact.not_dialled").values_list("data", flat=True)
        assert [data["still_counts"] for data in told].count(True) == 3

    def test_somebody_elses_word_takes_a_call_that_was_never_dialled_out_of_the_count(self, gate: Gate) -> None:
        cast.borrower()
        for number in range(3):
            clearance = clear(gate, minutes=number * APART)
        assert contact_call.declare_never_made(
            contact_id=clearance.contact_id, channel="CALL", at=cast.NOW, actor="user:2"
        )
        assert [clear(gate, minutes=number).allowed for number in (3 * APART, 4 * APART)] == [True, False]
        with pytest.raises(UnableToMoveContacts):
            contact_call.declare_never_made(
                contact_id=clearance.contact_id, channel="CALL", at=cast.NOW, actor="user:2"
            )

    def test_asking_twice_at_once_is_one_call(self, gate: Gate) -> None:
        cast.borrower()
        assert clear(gate).contact_id == clear(gate).contact_id
        assert Contact.objects.count() == 1

    def test_the_right_party_ends_the_call_task(self, gate: Gate) -> None:
        cast.borrower()
        case = cast.open_case()
        work = {"case": case, "kind": WorkKind.CALL, "due_on": cast.TODAY, "reason": "EARLY_CALL", "rule_number": 1}
        WorkItem.objects.create(work_id=derived_id("work", case.case_id), **work)
        called(gate, "NO_ANSWER", minutes=0, case_id=case.case_id)
        assert WorkItem.objects.get().status == WorkStatus.OPEN
        called(gate, "RIGHT_PARTY", minutes=APART, case_id=case.case_id)
        assert WorkItem.objects.get().status == WorkStatus.DONE
        assert CaseEvent.objects.get().reason == "RIGHT_PARTY"

    def test_a_word_that_is_no_outcome_is_refused(self, gate: Gate) -> None:
        cast.borrower()
        clearance = clear(gate)
        with pytest.raises(contact_call.UnknownOutcome):
            contact_call.record_call(contact_id=clearance.contact_id, outcome="SHOUTED", at=cast.NOW, actor="user:1")

    def test_a_number_that_is_not_theirs_is_refused(self, gate: Gate) -> None:
        cast.borrower()
        with pytest.raises(Refusal) as refusal:
            contact_call.clear_call(
                customer_id=cast.PAYS, case_id=None, contact_point_id="?", at=cast.NOW, actor="user:1", gate=gate
            )
        assert refusal.value.code == "not_your_contact_point"

    def test_who_has_somebody_on_the_line_calls_nobody_else_until_it_is_told(self, gate: Gate) -> None:
        for customer_id in (cast.PAYS, cast.PROMISES):
            cast.borrower(customer_id)
        given = {"customer_id": cast.PROMISES, "case_id": None, "contact_point_id": cast.own_point(cast.PROMISES)}

        def other(actor: str, minutes: int) -> Clearance:
            at = cast.NOW + timedelta(minutes=minutes)
            return contact_call.clear_call(**given, at=at, actor=actor, gate=gate)

        first = clear(gate)
        with pytest.raises(contact_call.CallIsOpen, match="to B-PEI is open"):
            other("user:1", 1)
        assert Contact.objects.count() == 1
        assert other("user:2", 1).allowed
        contact_call.record_call(contact_id=first.contact_id, outcome="NO_ANSWER", at=cast.NOW, actor="user:1")
        assert other("user:1", APART + 1).allowed

    def test_a_call_nobody_told_is_over_after_half_an_hour(self, gate: Gate) -> None:
        cast.borrower()
        assert clear(gate).allowed
        assert clear(gate, minutes=APART).allowed


class TestAdvice:
    """The lender's own advice: thirty minutes between two unanswered attempts (LENDER-REDIAL-30)."""

    def again(self, gate: Gate, *, actor: str, overruling: str = "", minutes: int = 5) -> Clearance:
        return contact_call.clear_call(
            customer_id=cast.PAYS,
            case_id=None,
            contact_point_id=cast.own_point(cast.PAYS),
            at=cast.NOW + timedelta(minutes=minutes),
            actor=actor,
            gate=gate,
            overruling=overruling,
        )

    def test_it_holds_a_call_back_until_it_does_not_speak_any_more(self, gate: Gate) -> None:
        cast.borrower()
        called(gate, "NO_ANSWER", minutes=0)
        held = clear(gate, minutes=5)
        assert (held.allowed, held.point, held.verdict.is_advice) == (False, None, True)
        assert held.verdict.not_before == cast.NOW + timedelta(minutes=30)
        assert Contact.objects.get(contact_id=held.contact_id).status == ContactStatus.REFUSED

    def test_a_supervisor_overrules_it_with_a_reason_that_stays_on_record(self, gate: Gate) -> None:
        cast.borrower()
        called(gate, "NO_ANSWER", minutes=0)
        chief = f"user:{cast.supervisor().pk}"
        cleared = self.again(gate, actor=chief, overruling="借款人短信要求马上回电")
        assert cleared.allowed
        event = Event.objects.get(kind="gate.overruled")
        assert (event.actor, event.subject_id) == (chief, cast.PAYS)
        [facts] = trail.told([event])
        assert facts == {
            "contact_id": cleared.contact_id,
            "rules": ["LENDER-REDIAL-30"],
            "reason": "借款人短信要求马上回电",
        }

    def test_nobody_else_does_and_no_number_stands_in_a_reason(self, gate: Gate) -> None:
        cast.borrower()
        called(gate, "NO_ANSWER", minutes=0)
        agent = User.objects.create(username="agent", role="AGENT")
        for actor in (f"user:{agent.pk}", "user:999", "system:night"):
            with pytest.raises(contact_overrule.UnableToOverrule):
                self.again(gate, actor=actor, overruling="急")
        with pytest.raises(Refusal) as refusal:
            self.again(gate, actor=f"user:{cast.supervisor().pk}", overruling="打 13800000001")
        assert refusal.value.code == "reason_holds_identity"
        assert Contact.objects.count() == 1

    def test_it_overrules_no_law_and_where_no_advice_spoke_nothing_is_recorded(self, gate: Gate) -> None:
        cast.borrower()
        chief = f"user:{cast.supervisor().pk}"
        assert self.again(gate, actor=chief, overruling="急", minutes=0).allowed
        for number in range(1, 3):
            called(gate, "CONNECTED", minutes=number * APART)
        refused = self.again(gate, actor=chief, overruling="急", minutes=3 * APART)
        assert (refused.allowed, refused.verdict.is_advice) == (False, False)
        assert not Event.objects.filter(kind="gate.overruled").exists()


class TestVisits:
    def visit(self, gate: Gate, companion: str, *, agreed: str = "BY_PHONE") -> contact_call.Clearance:
        home = cast.point(cast.borrower(), "上海市某路1号", kind="ADDRESS")
        return contact_call.clear_visit(
            customer_id=cast.PAYS,
            case_id=None,
            contact_point_id=home.contact_point_id,
            companion=companion,
            agreed=agreed,
            at=cast.NOW,
            actor=f"user:{cast.collector().pk}",
            gate=gate,
        )

    @pytest.mark.parametrize("who", [cast.collector, cast.outsider])
    def test_the_visitor_again_or_who_does_not_visit_cannot_go_along(self, gate: Gate, who: Callable[[], User]) -> None:
        with pytest.raises(contact_call.NoSuchCompanion):
            self.visit(gate, f"user:{who().pk}")
        assert not Contact.objects.exists()

    def test_nobody_is_visited_who_has_not_agreed(self, gate: Gate) -> None:
        clearance = self.visit(gate, f"user:{cast.supervisor().pk}", agreed="")
        assert [reason.rule for reason in clearance.verdict.reasons] == ["CN-CBA26-VISIT-2-ENTER"]
        assert Contact.objects.get().status == ContactStatus.REFUSED

    def test_how_they_agreed_is_of_a_closed_list_and_kept(self, gate: Gate) -> None:
        with pytest.raises(contact_call.UnknownAgreement):
            self.visit(gate, "", agreed="BY_MAGIC")
        self.visit(gate, f"user:{cast.supervisor().pk}", agreed="IN_WRITING")
        assert Contact.objects.get().facts["agreed"] == "IN_WRITING"

    @pytest.mark.parametrize("allowed", [False, True])
    def test_nobody_visits_alone(self, gate: Gate, allowed: bool) -> None:
        clearance = self.visit(gate, f"user:{cast.supervisor().pk}" if allowed else "")
        assert clearance.allowed is allowed
        if allowed:
            contact_call.record_visit(contact_id=clearance.contact_id, outcome="MET", at=cast.NOW, actor="user:1")
            assert Contact.objects.get().status == ContactStatus.DONE
        else:
            assert clearance.verdict.reasons[0].rule == "CN-CBA26-VISIT-2"
