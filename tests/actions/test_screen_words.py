"""Every note that is put down about a borrower is screened in the same transaction, whatever it is a note of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast

from arrears.actions import (
    finish_work,
    place_with_agency,
    reveal_sealed,
    screen_words,
    stop_contact,
    take_legal_step,
    write_off_debt,
)
from arrears.actions.place_with_agency import PlacementWish
from arrears.actions.screen_words import Words
from arrears.actions.take_legal_step import StepWish
from arrears.records.audit.models import Event
from arrears.records.cases import operations
from arrears.records.cases.models import Case, WorkItem
from arrears.records.compliance.models import Flag, Stop
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

THREAT = "告诉他再不还就让警察抓他"
CALM = "客户同意10号还500"
AT, ON = cast.NOW, cast.TODAY


@pytest.fixture
def case() -> Case:
    cast.borrower()
    opened = cast.open_case()
    Case.objects.filter(pk=opened.case_id).update(stage="LATE", outstanding_minor=500_000)
    return Case.objects.get(pk=opened.case_id)


def finish(case: Case, note: str) -> None:
    operations.open_work(case_id=case.pk, kind="LEGAL", on=ON, priority=1, reason="LATE_LEGAL", at=AT, actor="test")
    item = WorkItem.objects.get(case=case, kind="LEGAL", status="OPEN")
    finish_work.finish_work(work_id=item.pk, how="NO_STEP_OTHER", note=note, at=AT, actor="user:1")


def place(case: Case, note: str) -> None:
    wish = PlacementWish("p1", "EXAMPLE_EAST", ON, 100_000, "R1", note)
    place_with_agency.place(case_id=case.pk, wish=wish, as_of=ON, at=AT, actor="user:1")


def end(case: Case, note: str) -> None:
    place(case, "")
    place_with_agency.end(placement_id="p1", reason="RECALLED", ended_on=ON, note=note, as_of=ON, at=AT, actor="user:1")


def step(case: Case, note: str) -> None:
    wish = StepWish("s1", "LAWYERS_LETTER", ON, "", "", None, note, None)
    take_legal_step.take(case_id=case.pk, wish=wish, as_of=ON, at=AT, actor="user:1")


def take_back(case: Case, note: str) -> None:
    step(case, "")
    take_legal_step.take_back(case_id=case.pk, step_id="s1", reason=note, at=AT, actor="user:1")


def decide(case: Case, note: str) -> None:
    WriteOff.objects.create(
        write_off_id="w1",
        case=case,
        account_id="A1",
        currency="CNY",
        reason="BAD_DEBT",
        rule_number=1,
        proposed_on=ON,
        proposed_by="night",
        **{f"{part}_minor": 1 for part in ("principal", "interest", "fee", "penalty")},
    )
    write_off_debt.approve(write_off_id="w1", note=note, at=AT, actor="user:1")


NOTES = {
    screen_words.WORK: finish,
    screen_words.PLACEMENT: place,
    screen_words.PLACEMENT_END: end,
    screen_words.STEP: step,
    screen_words.STEP_BACK: take_back,
    screen_words.WRITE_OFF: decide,
}


@pytest.mark.parametrize("said", NOTES)
class TestEveryNote:
    def test_what_may_not_be_written_is_flagged_as_its_writers(self, case: Case, said: str) -> None:
        NOTES[said](case, THREAT)
        flag = Flag.objects.get()
        assert (flag.said, flag.actor, flag.case_id, flag.customer_id) == (said, "user:1", case.pk, cast.PAYS)
        assert [one["label"] for one in flag.findings] == ["THREAT_ARREST"]
        assert THREAT not in str(flag.findings)

    def test_the_desk_opens_it_for_the_record_from_where_it_stands(self, case: Case, said: str) -> None:
        NOTES[said](case, THREAT)
        viewer, flag = cast.supervisor(), Flag.objects.get()
        opened = reveal_sealed.reveal(
            viewer=viewer,
            case_id=case.pk,
            what=said,
            subject_id=flag.subject_id,
            purpose="QUALITY",
            reason="",
            at=AT,
        )
        assert opened.value == THREAT
        assert Event.objects.get(kind="identity.revealed").data["subject_id"] == flag.subject_id
        [[start, end]] = flag.findings[0]["spans"]
        assert "警察" in opened.value[start:end]

    def test_an_ordinary_one_is_not(self, case: Case, said: str) -> None:
        NOTES[said](case, CALM)
        assert not Flag.objects.exists()


class TestTwice:
    def test_two_decisions_on_a_write_off_are_two_records(self, case: Case) -> None:
        decide(case, THREAT)
        write_off_debt.reject(write_off_id="w1", note=THREAT, at=AT + timedelta(hours=1), actor="user:1")
        assert Flag.objects.count() == 2


class TestACryForHelpInANote:
    CRY = "客户说活不下去了，想自杀"

    @pytest.mark.parametrize("note_of", [finish, place, end, step, take_back])
    def test_stops_all_and_asks_for_care(self, case: Case, note_of) -> None:
        note_of(case, self.CRY)
        assert Stop.objects.get().reason == "SELF_HARM"
        assert WorkItem.objects.get(kind="CARE").status == "OPEN"
        assert not any(self.CRY in str(row) for row in Event.objects.filter(kind="person.heard").values())

    @pytest.mark.parametrize("note_of", [finish, place, step])
    def test_lesser_troubles_are_a_colleagues_words_and_bring_no_rest(self, case: Case, note_of) -> None:
        note_of(case, "客户失业了，还在找工作")
        assert not Stop.objects.exists()

    def test_what_tells_of_the_care_asks_for_no_more_of_it(self, case: Case) -> None:
        finish(case, self.CRY)
        care = WorkItem.objects.get(kind="CARE")
        note = "客户之前说想自杀，现由家人陪伴"
        finish_work.finish_work(work_id=care.pk, how="CARED_SPOKEN", note=note, at=AT, actor="user:2")
        assert not WorkItem.objects.filter(kind="CARE", status="OPEN").exists()


@pytest.mark.parametrize("reason", ["BANKRUPT", "CEASED", "DISPUTED", "REPRESENTED", "SELF_HARM"])
def test_what_is_written_to_whoever_is_left_alone_is_held_against_why(case: Case, reason: str) -> None:
    letter = "请您今天下午五点前把这笔钱还上。"
    words = Words(screen_words.ANSWER, "a" * 32, cast.PAYS, case.pk, "LETTER", "SELF")
    before = {one["label"] for one in screen_words.of_letter(letter, words=words, at=AT)}
    stop_contact.stop_contact(customer_id=cast.PAYS, reason=reason, at=AT, actor="user:1")
    assert "IGNORE_RIGHTS" in {one["label"] for one in screen_words.of_letter(letter, words=words, at=AT)} - before
