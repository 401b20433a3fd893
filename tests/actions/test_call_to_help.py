"""Whoever was asked to help a person may call them though collection rests: by the gate, on record, for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast
from tests.actions.test_dial_call import Board

from arrears.actions import contact_call, contact_under_way, dial_call, finish_work, hear_person, stop_contact
from arrears.actions.contact_call import Clearance
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_need import HelpIsStopped, NoHelpAskedFor
from arrears.records.cases import operations
from arrears.records.cases.models import Case, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts import untold
from arrears.records.contacts.models import Contact
from arrears.records.staff.models import Role, User
from arrears.rules.cases import HELPING

pytestmark = pytest.mark.django_db

HARDSHIP, CRY = "我爸住院了，钱都给医院了，我也失业了", "我不想活了"
LATER = cast.NOW + timedelta(minutes=5)


@pytest.fixture
def case() -> Case:
    cast.borrower()
    return cast.open_case()


def tell(text: str) -> None:
    for heard in hear_person.listen([text]):
        hear_person.act(customer_id=cast.PAYS, heard=heard, at=cast.NOW, actor="sms")


def stop(reason: str, **rest: object) -> None:
    stop_contact.stop_contact(customer_id=cast.PAYS, reason=reason, at=LATER, actor="user:9", **rest)  # type: ignore[arg-type]


def clear(gate: Gate, case: Case, who: User, *, purpose: str = HELPING, hours: int = 0) -> Clearance:
    return contact_call.clear_call(
        customer_id=cast.PAYS,
        case_id=case.case_id,
        contact_point_id=cast.own_point(cast.PAYS),
        at=LATER + timedelta(hours=hours),
        actor=f"user:{who.pk}",
        gate=gate,
        purpose=purpose,
    )


def dial(cleared: Clearance, who: User, board: Board) -> str:
    return dial_call.dial(contact_id=cleared.contact_id, dialler=board, at=LATER, actor=f"user:{who.pk}").what


def show(gate: Gate, cleared: Clearance, who: User) -> Clearance:
    at, actor = LATER + timedelta(minutes=1), f"user:{who.pk}"
    return contact_under_way.show_again(
        contact_id=cleared.contact_id, reason="the line is bad", at=at, actor=actor, gate=gate
    )


def finish(kind: str, how: str, who: User) -> None:
    [work] = WorkItem.objects.filter(kind=kind, status="OPEN")
    finish_work.finish_work(work_id=work.work_id, how=how, note="", at=LATER, actor=f"user:{who.pk}")


def rules(cleared: Clearance) -> list[str]:
    return [reason.rule for reason in cleared.verdict.reasons]


class TestWhileCollectionRests:
    @pytest.mark.parametrize(
        ("text", "kind", "role", "rule"),
        [
            (HARDSHIP, "HARDSHIP", Role.AGENT, "LENDER-RESTING"),
            ("这钱不是我借的，我没有签过合同", "DISPUTE", Role.LEGAL, "LENDER-RESTING"),
            (CRY, "CARE", Role.SUPERVISOR, "LENDER-SELF-HARM-RISK"),
        ],
    )
    def test_who_was_asked_to_help_calls_and_nobody_collects(
        self, gate: Gate, case: Case, text: str, kind: str, role: Role, rule: str
    ) -> None:
        Case.objects.update(stage="LATE")
        tell(text)
        who = cast._user("helper", role)
        assert WorkItem.objects.get(status="OPEN").kind == kind
        assert rules(refused := clear(gate, case, who, purpose="COLLECT")) == [rule]
        assert not refused.allowed

        cleared = clear(gate, case, who, hours=1)
        assert cleared.allowed
        board = Board()
        assert dial(cleared, who, board) == dial_call.PLACED
        assert len(board.asked) == 1
        made = Contact.objects.get(contact_id=cleared.contact_id)
        assert (made.case_id, made.purpose, made.status) == (case.case_id, HELPING, "SENDING")

    def test_it_is_told_like_any_call_and_ends_no_work_to_collect(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        operations.open_work(
            case_id=case.case_id, kind="CALL", on=cast.TODAY, priority=1, reason="EARLY", at=cast.NOW, actor="test"
        )
        who = cast.collector()
        cleared = clear(gate, case, who)
        told = {"at": LATER, "actor": f"user:{who.pk}", "note": "谈了分期"}
        contact_call.record_call(contact_id=cleared.contact_id, outcome="RIGHT_PARTY", **told)
        assert Contact.objects.get(contact_id=cleared.contact_id).outcome == "RIGHT_PARTY"
        assert WorkItem.objects.get(kind="CALL").status == "OPEN"
        assert untold.attempts(case.case_id, "CALL", since=cast.TODAY) == 0
        finish("HARDSHIP", "HARDSHIP_AGREED", who)
        assert WorkItem.objects.get(kind="HARDSHIP").status == "DONE"

    def test_our_own_cap_on_calls_counts_it(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        who = cast.collector()
        for hours in range(3):
            cleared = clear(gate, case, who, hours=hours)
            at = LATER + timedelta(hours=hours, minutes=1)
            contact_call.record_call(contact_id=cleared.contact_id, outcome="CONNECTED", at=at, actor=f"user:{who.pk}")
        assert rules(clear(gate, case, who, hours=3)) == ["CN-GBT45251-VOICE-3"]


class TestOnlyForHelpThatWasAskedFor:
    def test_without_open_work_nobody_calls_under_the_name_of_help(self, gate: Gate, case: Case) -> None:
        supervisor = cast.supervisor()
        with pytest.raises(NoHelpAskedFor):
            clear(gate, case, supervisor)
        tell(HARDSHIP)
        finish("HARDSHIP", "HARDSHIP_MISHEARD", supervisor)
        with pytest.raises(NoHelpAskedFor):
            clear(gate, case, supervisor)
        assert not Contact.objects.exists()

    def test_work_of_another_queue_is_not_theirs_unless_they_have_it(self, gate: Gate, case: Case) -> None:
        tell(CRY)
        collector = cast.collector()
        for who in (collector, cast.outsider(), cast._user("field", Role.FIELD)):
            with pytest.raises(NoHelpAskedFor):
                clear(gate, case, who)
        WorkItem.objects.filter(kind="CARE").update(assigned_to=collector)
        assert clear(gate, case, collector).allowed

    def test_who_works_here_no_more_calls_nobody(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        User.objects.filter(pk=(gone := cast.collector()).pk).update(is_active=False)
        with pytest.raises(NoHelpAskedFor):
            clear(gate, case, gone)

    def test_neither_does_a_visit_go_under_it(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        with pytest.raises(NoHelpAskedFor):
            contact_call.clear_visit(
                customer_id=cast.PAYS,
                case_id=case.case_id,
                contact_point_id=cast.own_point(cast.PAYS),
                companion="",
                agreed="",
                at=LATER,
                actor=f"user:{cast.supervisor().pk}",
                gate=gate,
                purpose=HELPING,
            )


class TestWhatHoldsIt:
    @pytest.mark.parametrize("reason", ["OPTED_OUT", "CEASED", "REPRESENTED", "COMPLAINT", "RESTRICTED"])
    def test_another_stop_does_before_it_is_cleared_and_after(self, gate: Gate, case: Case, reason: str) -> None:
        tell(HARDSHIP)
        who, board = cast.collector(), Board()
        cleared = clear(gate, case, who)
        stop(reason)
        with pytest.raises(dial_call.StoppedSince):
            dial(cleared, who, board)
        with pytest.raises(HelpIsStopped):
            show(gate, cleared, who)
        assert board.asked == []
        contact_call.declare_never_made(contact_id=cleared.contact_id, channel="CALL", at=LATER, actor="user:9")
        with pytest.raises(HelpIsStopped):
            clear(gate, case, who, hours=1)

    def test_a_stop_of_calls_or_of_the_number_does_and_one_of_texts_does_not(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        who = cast.collector()
        stop("OPTED_OUT", channel="SMS")
        assert dial(clear(gate, case, who), who, Board()) == dial_call.PLACED
        Contact.objects.update(status="DONE")
        stop("OPTED_OUT", channel="CALL")
        with pytest.raises(HelpIsStopped):
            clear(gate, case, who, hours=1)

    def test_the_night_does(self, gate: Gate, case: Case) -> None:
        tell(CRY)
        refused = clear(gate, case, cast.supervisor(), hours=13)
        assert not refused.allowed
        assert "CN-GBT45251-HOURS" in rules(refused)

    def test_a_danger_heard_since_does_not(self, gate: Gate, case: Case) -> None:
        tell(HARDSHIP)
        who = cast.collector()
        cleared = clear(gate, case, who)
        stop("SELF_HARM")
        assert dial(cleared, who, Board()) == dial_call.PLACED
        point = show(gate, cleared, who).point
        assert point is not None
        assert point.value == cast.MOBILES[cast.PAYS]

    def test_nor_does_care_that_ended_meanwhile(self, gate: Gate, case: Case) -> None:
        tell(CRY)
        who = cast.supervisor()
        cleared = clear(gate, case, who)
        finish("CARE", "CARED_SPOKEN", who)
        assert Stop.objects.get().reason == "SELF_HARM"
        assert dial(cleared, who, Board()) == dial_call.PLACED
        assert show(gate, cleared, who).allowed


def test_a_call_that_collects_is_held_by_the_same_stops_as_before(gate: Gate, case: Case) -> None:
    who = cast.collector()
    for number, reason in enumerate(("REST", "SELF_HARM", "DISPUTED")):
        cleared = clear(gate, case, who, purpose="COLLECT", hours=number)
        assert cleared.allowed
        stop(reason)
        with pytest.raises(dial_call.StoppedSince):
            dial(cleared, who, Board())
        Contact.objects.update(status="DONE")
        Stop.objects.all().delete()
