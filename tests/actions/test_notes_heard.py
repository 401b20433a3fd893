"""What a colleague notes of a person, wherever there is room for it, and what a person writes to us, is heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests import cast

from arrears.actions import (
    contact_call,
    contact_overrule,
    evidence,
    finish_work,
    hold_person,
    mark_contact_point,
    reveal_sealed,
    stop_contact,
    take_back_consent,
    take_complaint,
    take_request,
    work_complaint,
    work_request,
)
from arrears.actions.contact_gate import Gate
from arrears.records.cases import operations as cases
from arrears.records.cases.models import Case, WorkItem
from arrears.records.complaints.operations import Intake as Complained
from arrears.records.compliance import consents, flags
from arrears.records.compliance.consents import Given
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Stranger
from arrears.records.rights.holds import Wanted
from arrears.records.rights.requests import Intake as Asked
from arrears.rules import reveals

pytestmark = pytest.mark.django_db

TOLD = "客户说他不想活了，今晚就跳楼"
OWN = "我不想活了，今晚就跳楼"
BY = {"at": cast.NOW, "actor": "user:1"}
LATER = cast.NOW + timedelta(minutes=10)
ID = "a" * 32


def complain(gate: Gate, text: str = "说话难听", *, customer_id: str = cast.PAYS) -> take_complaint.Taken:
    intake = Complained(ID, customer_id, "", "PORTAL", "SELF", "CONDUCT", text)
    return take_complaint.take(intake=intake, gate=gate, **BY)


def ask(gate: Gate, kind: str = "EXPLANATION", text: str = "为什么？") -> take_request.Taken:
    intake = Asked(ID, cast.PAYS, kind, "PHONE", "CALL_BACK", text)
    return take_request.take(intake=intake, gate=gate, **BY)


def _task() -> str:
    cases.open_work(case_id=Case.objects.get().pk, kind="CALL", on=cast.TODAY, priority=1, reason="", **BY)
    return WorkItem.objects.get(status="OPEN").pk


def _cancelled(gate: Gate) -> None:
    finish_work.cancel_work(work_id=_task(), note=TOLD, **BY)


def _complaint_withdrawn(gate: Gate) -> None:
    complain(gate)
    work_complaint.withdraw(complaint_id=ID, turn=None, note=TOLD, **BY)


def _complaint_put_off(gate: Gate) -> None:
    complain(gate)
    work_complaint.acknowledge(complaint_id=ID, turn=None, **BY)
    work_complaint.extend(complaint_id=ID, turn=None, note=TOLD, gate=gate, **BY)


def _complaint_open_again(gate: Gate) -> None:
    complain(gate)
    work_complaint.withdraw(complaint_id=ID, turn=None, note="taken back", **BY)
    work_complaint.reopen(complaint_id=ID, turn=None, note=TOLD, gate=gate, **BY)


def _request(gate: Gate) -> None:
    assert ask(gate, "ACCESS", OWN).alerted


def _request_withdrawn(gate: Gate) -> None:
    ask(gate)
    work_request.withdraw(request_id=ID, turn=None, note=TOLD, **BY)


def _request_refused(gate: Gate) -> None:
    ask(gate)
    work_request.refuse(request_id=ID, turn=None, reason="NOT_PROVEN", note=TOLD, **BY)


def _request_put_off(gate: Gate) -> None:
    ask(gate)
    work_request.extend(request_id=ID, turn=None, note=TOLD, gate=gate, **BY)


def _decision_reviewed(gate: Gate) -> None:
    ask(gate)
    work_request.explain(request_id=ID, turn=None, **BY)
    work_request.review(request_id=ID, turn=None, outcome="UPHELD", note=TOLD, at=cast.NOW, actor="user:2")


def _consent_taken_back(gate: Gate) -> None:
    consents.give(Given(ID, cast.PAYS, "SMS", "WRITTEN", "R-1", "P-1"), **BY)
    take_back_consent.take_back(consent_id=ID, note=TOLD, **BY)


def _held(gate: Gate) -> None:
    hold_person.put(Wanted(ID, cast.PAYS, "LITIGATION", TOLD), **BY)


def _hold_to_be_lifted(gate: Gate) -> None:
    hold_person.put(Wanted(ID, cast.PAYS, "LITIGATION", "a suit"), **BY)
    hold_person.ask(hold_id=ID, note=TOLD, **BY)


def _reaches_after_all(gate: Gate) -> None:
    where = {"customer_id": cast.PAYS, "case_id": Case.objects.get().pk}
    where["contact_point_id"] = cast.point_id(cast.PAYS, cast.MOBILES[cast.PAYS])
    mark_contact_point.mark_invalid(**where, reason="OUT_OF_SERVICE", **BY)
    mark_contact_point.mark_valid(**where, reason=TOLD, **BY)


def _shown(gate: Gate) -> None:
    where = {"what": reveal_sealed.POINT, "subject_id": cast.own_point(cast.PAYS), "purpose": "IDENTITY"}
    case_id = Case.objects.get().pk
    reveal_sealed.reveal(viewer=cast.collector(), case_id=case_id, reason=TOLD, at=cast.NOW, **where)


def _shown_for_a_call(gate: Gate) -> None:
    whom = {"customer_id": cast.PAYS, "case_id": None, "contact_point_id": cast.own_point(cast.PAYS)}
    cleared = contact_call.clear_call(**whom, gate=gate, **BY)
    reveal_sealed.reveal_cleared(contact_id=cleared.contact_id, reason=TOLD, **BY)


def _evidence(gate: Gate) -> None:
    case_id = Case.objects.get().pk
    evidence.export(case_id=case_id, purpose="OTHER", reason=TOLD, with_identity=False, verified=None, **BY)


def _overruled(gate: Gate) -> None:
    contact_overrule.keep(customer_id=cast.PAYS, contact_id="c1", rules=["R"], why=TOLD, **BY)


def _other_danger_over(gate: Gate) -> None:
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="STAFF_SAFETY", **BY)
    task = WorkItem.objects.get(kind="SAFETY")
    finish_work.finish_work(work_id=task.pk, how="SAFETY_UNFOUNDED", note=TOLD, at=LATER, actor="user:2")


@pytest.mark.parametrize(
    "note",
    [
        *(_shown, _shown_for_a_call, _evidence, _overruled, _other_danger_over),
        *(_cancelled, _complaint_withdrawn, _complaint_put_off, _complaint_open_again),
        *(_request, _request_withdrawn, _request_refused, _request_put_off, _decision_reviewed),
        *(_consent_taken_back, _held, _hold_to_be_lifted, _reaches_after_all),
    ],
)
def test_a_danger_told_there_stops_everything_and_asks_for_care(gate: Gate, note: Callable[[Gate], None]) -> None:
    cast.borrower()
    cast.open_case()
    note(gate)
    assert "SELF_HARM" in set(Stop.objects.values_list("reason", flat=True))
    assert WorkItem.objects.filter(kind="CARE", status="OPEN").count() == 1


def test_a_threat_told_in_the_note_of_care_holds_visits() -> None:
    cast.borrower()
    cast.open_case()
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="SELF_HARM", **BY)
    care = WorkItem.objects.get(kind="CARE")
    note = "他说再上门就砍死我们的人"
    finish_work.finish_work(work_id=care.pk, how="CARED_SPOKEN", note=note, **BY)
    assert set(Stop.objects.values_list("reason", "channel")) == {("SELF_HARM", ""), ("STAFF_SAFETY", "VISIT")}


def test_a_note_of_work_not_needed_passes_the_screen(gate: Gate) -> None:
    cast.borrower()
    cast.open_case()
    task = _task()
    with pytest.raises(finish_work.NoteMissing):
        finish_work.cancel_work(work_id=task, note="", **BY)
    finish_work.cancel_work(work_id=task, note="告诉他再不还就打断他的腿", **BY)
    assert flags.holds("WORK", task, since=cast.NOW)


def test_a_danger_in_a_complaint_of_nobody_known_is_told_on_every_page(gate: Gate) -> None:
    taken = complain(gate, OWN, customer_id="")
    assert (taken.alerted, taken.of_nobody_known) == (False, True)
    kept = Stranger.objects.get()
    assert (kept.channel, kept.is_grave, kept.opened_at) == ("APP", True, None)
    told = reveal_sealed.reveal_stranger(viewer=cast.supervisor(), message_id=kept.pk, at=cast.NOW)
    assert told.value == ID  # its words are opened where it is worked
    assert complain(gate, OWN, customer_id="").is_new is False
    assert Stranger.objects.count() == 1


def test_of_other_complaints_of_nobody_known_nothing_is_told_there(gate: Gate) -> None:
    assert complain(gate, customer_id="").of_nobody_known is False
    assert not Stranger.objects.exists()


UNSEEN = "\u200b\u2060 \u200d"


def test_words_that_nobody_sees_are_none(gate: Gate) -> None:
    cast.borrower()
    cast.open_case()
    with pytest.raises(take_complaint.NothingComplained):
        complain(gate, UNSEEN)
    complain(gate)
    found = {"outcome": "UPHELD", "root_cause": "OWN_STAFF", "remedy": "APOLOGY", "text": UNSEEN}
    with pytest.raises(work_complaint.AnswerMissing):
        work_complaint.answer(complaint_id=ID, turn=None, **found, **BY)
    with pytest.raises(reveals.ReasonMissing):
        work_complaint.withdraw(complaint_id=ID, turn=None, note=UNSEEN, **BY)
    with pytest.raises(finish_work.NoteMissing):
        finish_work.cancel_work(work_id=_task(), note=UNSEEN, **BY)
