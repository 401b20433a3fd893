"""Who threatens our people is visited by nobody until a supervisor lifts it; who must know is told at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import cast
from tests.actions.test_hear_person import NUMBER, call, take, write

from arrears.actions import contact_call, finish_work, hear_person, lift_stop, stop_contact
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_receipts import HeardReport
from arrears.channels.sandbox import adapter
from arrears.records.audit.models import Event
from arrears.records.cases.models import CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Stranger
from arrears.records.people.models import PointKind

pytestmark = pytest.mark.django_db

THREAT = "再派人来我就拿刀捅死他"
LATER = cast.NOW + timedelta(minutes=10)


@pytest.fixture
def threatened(gate: Gate, sandbox: adapter.Sandbox) -> str:
    """A case whose person has just threatened; its identifier."""
    cast.point(cast.borrower(), "杭州市西湖区1号", kind=PointKind.ADDRESS)
    case = cast.open_case(dpd=120)
    write(sandbox, THREAT)
    assert take(gate, sandbox) == HeardReport(inbound=1, alerts=1)
    return case.case_id


def visit(gate: Gate, case_id: str, *, hours: int = 0) -> contact_call.Clearance:
    return contact_call.clear_visit(
        customer_id=cast.PAYS,
        case_id=case_id,
        contact_point_id=cast.point_id(cast.PAYS, "杭州市西湖区1号"),
        companion=f"user:{cast.supervisor().pk}",
        agreed="BY_PHONE",
        at=LATER + timedelta(hours=hours),
        actor=f"user:{cast.collector().pk}",
        gate=gate,
    )


def rules_of(clearance: contact_call.Clearance) -> set[str]:
    return {reason.rule for reason in clearance.verdict.reasons}


@pytest.mark.parametrize("text", [THREAT, "I will stab your agent"])
def test_a_message_from_a_known_number_alerts_and_holds_visits(gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
    cast.borrower()
    case = cast.open_case()
    write(sandbox, text)
    assert take(gate, sandbox) == HeardReport(inbound=1, alerts=1)
    held = {stop.reason: stop for stop in Stop.objects.all()}
    assert (held["STAFF_SAFETY"].channel, held["STAFF_SAFETY"].to_at) == ("VISIT", None)
    [work] = WorkItem.objects.filter(case=case, kind="SAFETY", status="OPEN")
    assert work.priority > 1000
    told = CaseEvent.objects.get(kind="person.heard")
    assert (told.reason, "THREAT" in told.data["signals"]) == ("STAFF_SAFETY", True)
    kept = str(list(CaseEvent.objects.values())) + str(list(Event.objects.values()))
    assert text not in kept


def test_no_visit_is_cleared_until_a_supervisor_finds_no_danger(gate: Gate, threatened: str) -> None:
    refused = visit(gate, threatened)
    assert not refused.verdict.allowed
    assert "LENDER-STAFF-SAFETY" in rules_of(refused)
    work = WorkItem.objects.get(kind="SAFETY")
    finish_work.finish_work(work_id=work.pk, how="SAFETY_HELD", note="", at=LATER, actor="user:2")
    assert "LENDER-STAFF-SAFETY" in rules_of(visit(gate, threatened, hours=1))
    [stop_id] = Stop.objects.filter(reason="STAFF_SAFETY").values_list("id", flat=True)
    lift_stop.lift_stop(stop_id=stop_id, at=LATER + timedelta(hours=2), actor="user:2", only=lift_stop.OF_SUPERVISORS)
    assert "LENDER-STAFF-SAFETY" not in rules_of(visit(gate, threatened, hours=3))


def test_that_there_is_no_danger_lifts_the_hold_and_nothing_else(gate: Gate, threatened: str) -> None:
    work = WorkItem.objects.get(kind="SAFETY")
    finish_work.finish_work(work_id=work.pk, how="SAFETY_UNFOUNDED", note="", at=LATER, actor="user:2")
    assert Stop.objects.get(reason="STAFF_SAFETY").to_at == LATER
    assert Stop.objects.get(reason="REST").to_at != LATER
    assert "LENDER-STAFF-SAFETY" not in rules_of(visit(gate, threatened, hours=1))


def test_a_supervisor_lifts_no_other_stop(threatened: str) -> None:
    stop = Stop.objects.get(reason="REST")
    with pytest.raises(lift_stop.NotTheirsToLift):
        lift_stop.lift_stop(stop_id=stop.pk, at=LATER, actor="user:2", only=lift_stop.OF_SUPERVISORS)


def test_a_relatives_threat_holds_visits_and_brings_no_rest(gate: Gate, sandbox: adapter.Sandbox) -> None:
    cast.point(cast.borrower(), "+8613900000009", relation="KIN")
    cast.open_case()
    write(sandbox, THREAT, from_="+8613900000009")
    assert take(gate, sandbox).alerts == 1
    assert list(Stop.objects.values_list("reason", flat=True)) == ["STAFF_SAFETY"]


def test_in_the_note_of_a_call_and_of_work(gate: Gate) -> None:
    cast.borrower()
    case = cast.open_case()
    call(gate, case.case_id, outcome="RIGHT_PARTY", note="客户威胁要捅外访员")
    assert WorkItem.objects.get(kind="SAFETY").status == "OPEN"
    Stop.objects.all().delete()
    hear_person.heed_note("customer threatened to shoot us", customer_id=cast.PAYS, at=LATER, actor="user:1")
    assert Stop.objects.get().reason == "STAFF_SAFETY"


def test_a_colleague_who_saw_it_puts_it_on_record_and_no_message_is_stopped(gate: Gate) -> None:
    cast.borrower()
    cast.open_case()
    stopped = stop_contact.stop_contact(customer_id=cast.PAYS, reason="STAFF_SAFETY", at=cast.NOW, actor="user:1")
    assert (stopped.is_new, stopped.contacts_cancelled) == (True, 0)
    assert Stop.objects.get().channel == "VISIT"
    assert WorkItem.objects.get(kind="SAFETY").status == "OPEN"


def test_the_work_is_due_on_the_lenders_day(gate: Gate) -> None:
    cast.borrower()
    cast.open_case()
    at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 01:00 of the next day in Shanghai
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="STAFF_SAFETY", at=at, actor="user:1")
    assert WorkItem.objects.get(kind="SAFETY").due_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["I will stab your agent", "i'll burn your branch to the ground", "我捅你两刀你就老实了"]
)
def test_a_stranger_who_threatens_alerts(gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
    write(sandbox, text, from_="+8613911112222")
    assert take(gate, sandbox) == HeardReport(strangers=1, alerts=1)
    assert (Stranger.objects.get().threatens, Stranger.objects.get().is_grave) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "you are killing me with these calls",
        "你们催收员说要打断我的腿",
        "我在听《杀死你》这首歌",
        "i'll shoot you an email",
    ],
)
def test_a_figure_a_quote_or_a_song_is_no_threat(gate: Gate, sandbox: adapter.Sandbox, text: str) -> None:
    cast.borrower()
    cast.open_case()
    write(sandbox, text, from_="+8613911112222")
    write(sandbox, text, from_=NUMBER)
    take(gate, sandbox)
    assert not Stop.objects.filter(reason="STAFF_SAFETY").exists()
    assert not WorkItem.objects.filter(kind="SAFETY").exists()
    assert not Stranger.objects.filter(threatens=True).exists()
