"""A complaint from the moment it is heard to its answer: the clock, the peace meanwhile, the words, the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import Q
from tests import cast, gatehouse

from arrears.actions import (
    contact_plan,
    decide_flag,
    lift_stop,
    reveal_sealed,
    stop_contact,
    subject_access,
    take_complaint,
    work_complaint,
)
from arrears.actions.contact_gate import ClosedGate
from arrears.kernel.errors import Refusal
from arrears.kernel.transitions import NoSuchTransition
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event, Words
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.complaints import operations, queries, statistics
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import About, Intake
from arrears.records.compliance import flags
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.models import Flag, Stop
from arrears.records.contacts.models import Contact
from arrears.records.staff.models import Team
from arrears.rules import reveals

pytestmark = pytest.mark.django_db

WORDS = "你们的人昨天给我打了八次电话，说话很难听，我的手机号是13800000001"
LATER = cast.NOW + timedelta(days=3)


def intake(**changes: object) -> Intake:
    """What Pei complained of on the phone."""
    given = {
        "complaint_id": "1" * 32,
        "customer_id": cast.PAYS,
        "case_id": "",
        "intake": "PHONE",
        "complainant": "SELF",
        "kind": "CONDUCT",
        "text": WORDS,
    }
    return Intake(**(given | changes))


@pytest.fixture
def take(gate):
    """Take a complaint of Pei, who has a case, in."""
    cast.borrower()
    cast.open_case()

    def taken(at=cast.NOW, **changes: object) -> take_complaint.Taken:
        return take_complaint.take(intake=intake(**changes), at=at, actor="user:1", gate=gate)

    return taken


def answer(complaint_id: str = "1" * 32, *, at=LATER, actor: str = "user:2", turn: int | None = None, **changes: str):
    given = {
        "outcome": "UPHELD",
        "root_cause": "OWN_STAFF",
        "remedy": "APOLOGY",
        "text": "我们核实了通话录音，确有不当之处，向您道歉，已对当事人培训。",
    }
    return work_complaint.answer(complaint_id=complaint_id, turn=turn, at=at, actor=actor, **(given | changes))


def holding(reason: str = "COMPLAINT", *, at=LATER) -> int:
    return sum(1 for stop in Stop.objects.filter(reason=reason) if stop.to_at is None or stop.to_at > at)


class TestOfNobodyKnown:
    """Whose a complaint is, found out later."""

    def attach(self, whose: str = cast.PAYS, *, at=LATER, actor: str = "user:2") -> bool:
        return work_complaint.attach(complaint_id="1" * 32, turn=None, whose=whose, at=at, actor=actor)

    def test_once_it_is_known_they_are_left_alone_and_its_clock_runs_as_it_ran(self, take):
        take(customer_id="", intake="REGULATOR", regulator="金融监管局", reference="R-7")
        before = queries.access("1" * 32, within=Q())
        assert not Stop.objects.exists()
        self.attach(at=cast.NOW + timedelta(hours=1))
        after = queries.access("1" * 32, within=Q())

        assert (after.customer_id, after.case_id) == (cast.PAYS, cast.open_case().pk)
        assert (after.due_on, after.answer_due_on, after.terms) == (before.due_on, before.answer_due_on, before.terms)
        assert after.status == before.status
        assert holding() == 1
        event = Event.objects.get(kind="complaint.attached")
        assert (event.subject_id, event.actor, event.data) == ("1" * 32, "user:2", {"customer_id": cast.PAYS})
        assert CaseEvent.objects.filter(kind="complaint.attached").exists()
        assert answer()
        assert holding() == 0

    def test_what_was_written_of_it_before_goes_with_their_notes(self, take):
        take(customer_id="")
        work_complaint.withdraw(complaint_id="1" * 32, turn=None, note="said so on the phone", at=LATER, actor="user:2")
        work_complaint.reopen(
            complaint_id="1" * 32, turn=None, note="told again", at=LATER, actor="user:2", gate=gatehouse.shipped_gate()
        )
        assert set(Words.objects.values_list("customer_id", flat=True)) == {None}
        self.attach()
        assert set(Words.objects.values_list("customer_id", flat=True)) == {cast.PAYS}
        [facts] = trail.told([Event.objects.get(kind="complaint.withdrawn")])
        assert facts["note"] == "said so on the phone"

    def test_words_of_danger_are_heard_once_it_is_known_whose_they_are(self, take):
        take(customer_id="", text="我不想活了，想自杀")
        assert self.attach()

    @pytest.mark.parametrize("whose", ["", "nobody", "13912345678"])
    def test_who_is_not_found_is_not_attached(self, take, whose):
        take(customer_id="")
        with pytest.raises(work_complaint.NobodyFound):
            self.attach(whose)
        assert not Stop.objects.exists()

    def test_two_of_one_number_are_told_apart_by_hand(self, take):
        number = "+8613700000009"
        take(customer_id="")
        cast.point(cast.borrower(), number)
        cast.point(cast.borrower(cast.PROMISES), number)
        with pytest.raises(work_complaint.SeveralFound):
            self.attach("13700000009")

    def test_it_is_not_moved_from_one_person_to_another_nor_given_once_it_has_ended(self, take):
        take()
        cast.borrower(cast.PROMISES)
        with pytest.raises(operations.PersonKnownAlready):
            self.attach(cast.PROMISES)
        take(customer_id="", complaint_id="2" * 32, text="另一件事")
        work_complaint.withdraw(complaint_id="2" * 32, turn=None, note="said so on the phone", at=LATER, actor="user:2")
        with pytest.raises(NoSuchTransition):
            work_complaint.attach(complaint_id="2" * 32, turn=None, whose=cast.PAYS, at=LATER, actor="user:2")
        assert holding() == 1


class TestTaking:
    def test_it_is_on_record_with_its_days_and_their_sources(self, take):
        taken = take()
        row = queries.access(taken.complaint_id, within=Q())

        assert (row.status, row.kind, row.received_on) == ("RECEIVED", "CONDUCT", cast.TODAY)
        assert (row.acknowledge_due_on, row.answer_due_on) == (date(2026, 11, 25), date(2026, 12, 8))
        assert row.due_on == row.acknowledge_due_on
        assert {term["rule"] for term in row.terms} == {
            "CN-COMPLAINT20",
            "LENDER-COMPLAINT-ACK",
            "LENDER-COMPLAINT-ANSWER",
        }
        assert row.case_id
        assert Event.objects.get(kind="complaint.received").subject_id == taken.complaint_id
        assert CaseEvent.objects.get(kind="complaint.received").reason == "COMPLAINT_CONDUCT"

    def test_collection_rests_and_what_was_planned_is_let_go(self, take, gate):
        cast.borrower()
        contact_plan.plan([gatehouse.draft()], at=cast.NOW, actor="test", gate=gate)
        take()

        assert Contact.objects.get().status == "CANCELLED"
        assert Stop.objects.get().reason == "COMPLAINT"
        assert Stop.objects.get().to_at is None

    def test_the_words_are_sealed_and_opened_only_on_record(self, take):
        taken = take()
        kept = Complaint.objects.get()
        viewer = cast.supervisor()
        opened = reveal_sealed.reveal_complaint(
            viewer=viewer, complaint_id=taken.complaint_id, what="COMPLAINT", at=cast.NOW
        )

        assert "电话".encode() not in bytes(kept.text_sealed)
        assert opened.value == WORDS
        assert WORDS not in repr(opened) + repr(intake())
        assert Event.objects.get(kind="identity.revealed").data["purpose"] == "COMPLAINT"
        assert "13800000001" not in "".join(str(data) for data in Event.objects.values_list("data", flat=True))

    def test_the_limit_of_what_is_opened_holds_here_too(self, take, monkeypatch):
        taken = take()
        few = replace(reveal_sealed.policy(), an_hour={"asked": 1, "cleared": 1})
        monkeypatch.setattr(reveal_sealed, "policy", lambda: few)
        viewer, at = cast.supervisor(), cast.NOW
        reveal_sealed.reveal_complaint(viewer=viewer, complaint_id=taken.complaint_id, what="COMPLAINT", at=at)
        with pytest.raises(reveal_sealed.RevealLimitReached):
            reveal_sealed.reveal_complaint(viewer=viewer, complaint_id=taken.complaint_id, what="COMPLAINT", at=at)
        assert Event.objects.filter(kind="identity.reveal_refused").count() == 1

    def test_the_same_again_is_one_complaint_also_after_it_was_worked(self, take):
        assert take().is_new
        work_complaint.classify(
            complaint_id="1" * 32, turn=None, kind="SERVICE", about=About(), at=LATER, actor="user:2"
        )
        assert not take().is_new
        assert (Complaint.objects.count(), Event.objects.filter(kind="complaint.received").count()) == (1, 1)

    def test_other_words_under_the_same_identifier_are_refused(self, take):
        take()
        with pytest.raises(operations.ComplaintDiffers):
            take(text="别的话")

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"text": " \n"}, "nothing_complained"),
            ({"text": "投" * 10_001}, "nothing_complained"),
            ({"kind": "RUDE"}, "unknown_complaint_word"),
            ({"intake": "FAX"}, "unknown_complaint_word"),
            ({"complainant": "CAT"}, "unknown_complaint_word"),
            ({"intake": "REGULATOR"}, "regulator_missing"),
            ({"intake": "REGULATOR", "regulator": "王女士 13800000001"}, "reason_holds_identity"),
            ({"contact_ids": ("nobody's",)}, "not_their_contact"),
            ({"customer_id": "NOBODY"}, "complaint_of_nobody"),
        ],
    )
    def test_what_is_no_complaint_is_refused_and_nothing_is_half_done(self, take, changes, code):
        with pytest.raises(Refusal) as refused:
            take(**changes)
        assert refused.value.code == code
        assert (Complaint.objects.count(), Stop.objects.count(), Event.objects.count()) == (0, 0, 0)

    def test_of_somebody_unknown_it_is_heard_all_the_same(self, take):
        taken = take(customer_id="", intake="REGULATOR", regulator="示例监管局", complainant="THIRD_PARTY")

        assert queries.access(taken.complaint_id, within=Q()).customer_id == ""
        assert Stop.objects.count() == 0
        assert answer() is False

    def test_words_that_show_a_risk_to_life_ask_for_care_at_once(self, take):
        taken = take(text="天天被你们催，我真的不想活了")

        assert taken.alerted
        assert {stop.reason for stop in Stop.objects.all()} == {"COMPLAINT", "SELF_HARM"}
        assert WorkItem.objects.get().kind == "CARE"
        assert CaseEvent.objects.get(kind="person.heard").data["complaint_id"] == taken.complaint_id
        answer()
        assert (holding("COMPLAINT"), holding("SELF_HARM")) == (0, 1)

    def test_a_risk_to_the_life_of_somebody_unknown_is_told_to_whoever_takes_it(self, take):
        taken = take(customer_id="", case_id="", text="天天被你们催，我真的不想活了")
        assert (taken.alerted, taken.of_nobody_known) == (False, True)
        assert not take(customer_id="", case_id="", complaint_id="2" * 32).of_nobody_known

    def test_without_any_usable_law_it_is_heard_and_due_at_once(self, take):
        cast.borrower()
        taken = take_complaint.take(intake=intake(), at=cast.NOW, actor="user:1", gate=ClosedGate("broken"))
        assert taken.answer_due_on == cast.TODAY


class TestAnswering:
    def test_it_says_what_why_and_what_is_done_and_ends_the_peace(self, take):
        take()
        work_complaint.acknowledge(complaint_id="1" * 32, turn=0, at=cast.NOW, actor="user:2")
        assert queries.access("1" * 32, within=Q()).due_on == date(2026, 12, 8)
        assert answer(turn=1) is True
        row = queries.access("1" * 32, within=Q())

        assert (row.status, row.outcome, row.due_on, row.was_late) == ("ANSWERED", "UPHELD", None, False)
        assert holding() == 0
        assert [one.kind for one in Event.objects.filter(subject_id="1" * 32).order_by("id")] == [
            "complaint.received",
            "complaint.acknowledged",
            "complaint.answered",
        ]
        assert CaseEvent.objects.get(kind="complaint.answered").reason == "COMPLAINT_UPHELD"
        opened = reveal_sealed.reveal_complaint(
            viewer=cast.supervisor(), complaint_id="1" * 32, what="ANSWER", at=LATER
        )
        assert opened.value.startswith("我们核实了")

    def test_another_open_complaint_keeps_the_peace_until_both_are_answered(self, take):
        take()
        take(at=cast.NOW + timedelta(hours=1), complaint_id="2" * 32, kind="AMOUNT", text="利息算错了")
        assert answer("1" * 32) is False
        assert holding() == 1
        assert answer("2" * 32) is True
        assert holding() == 0

    def test_what_somebody_stopped_by_hand_stays_stopped(self, take):
        cast.borrower()
        stop_contact.stop_contact(customer_id=cast.PAYS, reason="COMPLAINT", at=cast.NOW, actor="user:9")
        take(at=cast.NOW + timedelta(minutes=1))
        assert answer() is False
        assert holding() == 1

    def test_a_stop_that_was_lifted_meanwhile_is_no_trouble(self, take):
        take()
        compliance.lift(stop_id=Stop.objects.get().pk, at=cast.NOW + timedelta(hours=1), actor="user:9")
        assert answer() is False

    def test_an_answer_at_the_moment_it_came_in_ends_the_peace_too(self, take):
        take()
        assert answer(at=cast.NOW) is True
        assert holding() == 0

    def test_the_second_is_told(self, take):
        take()
        answer()
        with pytest.raises(NoSuchTransition):
            answer()
        with pytest.raises(operations.UnableToMoveComplaint):
            answer(turn=0)

    def test_nobody_answers_what_is_said_of_themself(self, take):
        accused = cast.collector()
        take(about=take_complaint.about(f"user:{accused.pk}"))
        with pytest.raises(operations.OwnComplaint):
            answer(actor=f"user:{accused.pk}")
        with pytest.raises(operations.OwnComplaint):
            reveal_sealed.reveal_complaint(viewer=accused, complaint_id="1" * 32, what="COMPLAINT", at=LATER)
        assert not Event.objects.filter(kind="identity.revealed").exists()

    @pytest.mark.parametrize("changes", [{"outcome": ""}, {"root_cause": "FATE"}, {"remedy": "NOTHING"}])
    def test_it_wants_each_of_its_words(self, take, changes):
        take()
        with pytest.raises(operations.UnknownComplaintWord):
            answer(**changes)
        with pytest.raises(work_complaint.AnswerMissing):
            answer(text="  ")

    def test_an_answer_that_threatens_is_looked_at(self, take):
        take()
        answer(text="投诉没用，再不还就让警察抓你")
        flag = Flag.objects.get()

        assert (flag.said, flag.subject_id, flag.actor) == ("ANSWER", "1" * 32, "user:2")

    def test_and_is_not_handed_over_before(self, take):
        def handed() -> str:
            return reveal_sealed.hand_over_answer(complaint_id="1" * 32, at=LATER, actor="api:1").value

        def decide(decision: str) -> None:
            flags.decide(flag_id=Flag.objects.latest("at").pk, decision=decision, note="看过", at=LATER, actor="user:9")

        take()
        answer(text="投诉没用，再不还就让警察抓你")
        with pytest.raises(reveal_sealed.AnswerHeld):
            handed()
        assert subject_access._complaint(Complaint.objects.get())["answer"] is None
        decide("DISMISSED")
        assert handed().startswith("投诉没用")
        assert subject_access._complaint(Complaint.objects.get())["answer"] == handed()

        again = {"complaint_id": "1" * 32, "note": "再查", "actor": "user:2", "gate": ClosedGate("")}
        work_complaint.reopen(turn=None, at=LATER + timedelta(hours=1), **again)
        answer(at=LATER + timedelta(hours=2), text="投诉没用，再不还就让警察抓你")
        decide("UPHELD")
        with pytest.raises(reveal_sealed.AnswerHeld):
            handed()

        work_complaint.reopen(turn=None, at=LATER + timedelta(hours=3), **again)
        answer(at=LATER + timedelta(hours=4))
        assert handed().startswith("我们核实了")

    def test_nor_does_collection_go_on_before(self, take):
        def decide(decision: str) -> None:
            flag_id = Flag.objects.latest("at").pk
            decide_flag.decide_flag(flag_id=flag_id, decision=decision, note="看过", at=LATER, actor="user:9")

        def rests() -> bool:
            return Stop.objects.filter(reason="COMPLAINT", to_at=None).exists()

        take()
        assert answer(text="投诉没用，再不还就让警察抓你") is False
        assert rests()
        decide("UPHELD")
        assert rests()
        assert answer(at=LATER + timedelta(hours=2), text="投诉没用，再不还就让警察抓你") is False
        decide("DISMISSED")
        assert not rests()

    def test_upheld_it_was_none_and_the_clock_runs_on(self, take):
        def decide(flag_id: str, decision: str) -> None:
            decide_flag.decide_flag(flag_id=flag_id, decision=decision, note="要重写", at=LATER, actor="user:9")

        take()
        due_on = queries.access("1" * 32, within=Q()).answer_due_on
        answer(text="投诉没用，再不还就让警察抓你")
        first = Flag.objects.get()
        decide(first.pk, "UPHELD")
        row = queries.access("1" * 32, within=Q())
        assert (row.status, row.due_on, row.reopened, row.ended_at) == ("IN_REVIEW", due_on, 1, None)
        assert (row.clock_from_on, row.answer_due_on) == (cast.NOW.date(), due_on)
        [told] = [one for one in trail.events_of(["1" * 32], limit=50) if one.kind == "complaint.reopened"]
        assert (told.actor, told.before, told.data["note"]) == ("user:9", "ANSWERED", "要重写")
        assert CaseEvent.objects.filter(kind="complaint.reopened").count() == 1
        with pytest.raises(reveal_sealed.AnswerHeld):
            reveal_sealed.hand_over_answer(complaint_id="1" * 32, at=LATER, actor="api:1")

    def test_upheld_late_it_leaves_an_answer_written_since_alone(self, take):
        take()
        answer(text="投诉没用，再不还就让警察抓你")
        first = Flag.objects.get()
        again = {"complaint_id": "1" * 32, "note": "再查", "actor": "user:2", "gate": ClosedGate("")}
        work_complaint.reopen(turn=None, at=LATER + timedelta(hours=1), **again)
        decided = {"decision": "UPHELD", "note": "看过", "actor": "user:9"}
        decide_flag.decide_flag(flag_id=first.pk, at=LATER + timedelta(hours=2), **decided)
        assert queries.access("1" * 32, within=Q()).reopened == 1
        answer(at=LATER + timedelta(hours=3), text="投诉没用，再不还就让警察抓你")
        work_complaint.reopen(turn=None, at=LATER + timedelta(hours=4), **again)
        second = Flag.objects.latest("at")
        answer(at=LATER + timedelta(hours=5), text="投诉没用，再不还就让警察抓你")
        decide_flag.decide_flag(flag_id=second.pk, at=LATER + timedelta(hours=6), **decided)
        assert queries.access("1" * 32, within=Q()).status == "ANSWERED"

    def test_nor_by_another_complaint_nor_by_hand_nor_by_whom_it_is_about(self, take):
        accused = f"user:{cast.collector().pk}"
        take(about=take_complaint.about(accused))
        answer(text="投诉没用，再不还就让警察抓你")
        take(complaint_id="2" * 32)
        assert answer(complaint_id="2" * 32) is False
        stop = Stop.objects.get(reason="COMPLAINT", to_at=None)
        with pytest.raises(lift_stop.ComplaintIsOpen):
            lift_stop.lift_stop(stop_id=stop.pk, at=LATER, actor="user:9")
        flag = Flag.objects.get()
        with pytest.raises(operations.OwnComplaint):
            decide_flag.decide_flag(flag_id=flag.pk, decision="DISMISSED", note="看过", at=LATER, actor=accused)
        flag.refresh_from_db()
        assert flag.status == "OPEN"

    def test_of_somebody_nobody_knows_it_is_refused(self, take):
        take(customer_id="", case_id="")
        with pytest.raises(work_complaint.AnswerWanting):
            answer(text="投诉没用，再不还就让警察抓你")
        assert queries.access("1" * 32, within=Q()).status == "RECEIVED"
        answer()

    def test_there_is_no_such_complaint(self, take):
        with pytest.raises(operations.NoSuchComplaint):
            answer("9" * 32)


class TestGoingOn:
    def test_withdrawn_with_how_they_said_so(self, take):
        take()
        with pytest.raises(reveals.ReasonMissing):
            work_complaint.withdraw(complaint_id="1" * 32, turn=0, note=" ", at=LATER, actor="user:2")
        with pytest.raises(reveals.ReasonHoldsIdentity):
            work_complaint.withdraw(complaint_id="1" * 32, turn=0, note="13800000001 来电", at=LATER, actor="user:2")
        assert work_complaint.withdraw(complaint_id="1" * 32, turn=0, note="来电撤诉", at=LATER, actor="user:2")
        assert (queries.access("1" * 32, within=Q()).status, holding()) == ("WITHDRAWN", 0)

    def test_put_off_twice_by_the_law_and_never_a_third_time(self, take, gate):
        take()
        work_complaint.acknowledge(complaint_id="1" * 32, turn=0, at=cast.NOW, actor="user:2")
        how = {"complaint_id": "1" * 32, "note": "等待录音", "at": LATER, "actor": "user:2", "gate": gate}
        assert work_complaint.extend(turn=1, **how) == date(2026, 12, 23)
        with pytest.raises(operations.UnableToMoveComplaint):
            work_complaint.extend(turn=1, **how)
        assert work_complaint.extend(turn=2, **how) == date(2027, 1, 22)
        with pytest.raises(work_complaint.NoLongerTerm):
            work_complaint.extend(turn=3, **how)
        assert queries.access("1" * 32, within=Q()).due_on == date(2027, 1, 22)

    def test_opened_again_its_clock_and_the_peace_begin_anew(self, take, gate):
        take()
        answer()
        again = LATER + timedelta(days=5)
        work_complaint.reopen(complaint_id="1" * 32, turn=1, note="不认可答复", at=again, actor="user:2", gate=gate)
        row = queries.access("1" * 32, within=Q())

        assert (row.status, row.reopened, row.clock_from_on) == ("IN_REVIEW", 1, date(2026, 12, 1))
        assert (row.due_on, row.ended_on, holding(at=again)) == (date(2026, 12, 16), None, 1)
        assert answer(at=again + timedelta(days=1)) is True
        assert holding(at=again + timedelta(days=2)) == 0

    def test_before_a_regulator_the_earlier_of_its_day_and_the_laws_counts(self, take, gate):
        take()
        answer()
        how = {"complaint_id": "1" * 32, "regulator": "示例监管局", "reference": "R-1", "actor": "user:2", "gate": gate}
        with pytest.raises(work_complaint.WrongReplyDate):
            work_complaint.escalate(turn=1, reply_on=date(2026, 11, 1), at=LATER, **how)
        due = work_complaint.escalate(turn=1, reply_on=date(2026, 12, 1), at=LATER, **how)
        row = queries.access("1" * 32, within=Q())

        assert due == row.due_on == date(2026, 12, 1)
        assert (row.status, row.intake, row.regulator) == ("ESCALATED", "REGULATOR", "示例监管局")
        assert holding() == 1
        [set_day] = [term for term in row.terms if term["rule"] == "REGULATOR_DAY"]
        assert (set_day["due_on"], set_day["citation"]) == ("2026-12-01", "示例监管局")
        with pytest.raises(work_complaint.NoLongerTerm):
            work_complaint.extend(complaint_id="1" * 32, turn=2, note="等待录音", at=LATER, actor="user:2", gate=gate)
        assert answer(at=LATER + timedelta(days=1)) is True

    def test_only_contacts_of_theirs_are_linked(self, take, gate):
        take()
        cast.borrower(cast.PROMISES)
        contact_plan.plan([gatehouse.draft(), gatehouse.draft(cast.PROMISES)], at=cast.NOW, actor="test", gate=gate)
        theirs = Contact.objects.get(person_id=cast.PAYS).pk
        others = Contact.objects.get(person_id=cast.PROMISES).pk
        how = {"complaint_id": "1" * 32, "at": LATER, "actor": "user:2"}
        work_complaint.link(turn=0, contact_ids=[theirs, theirs], **how)
        assert queries.linked("1" * 32) == [theirs]
        with pytest.raises(operations.NotTheirContact):
            work_complaint.link(turn=1, contact_ids=[theirs, others], **how)
        work_complaint.link(turn=1, contact_ids=[], **how)
        assert queries.linked("1" * 32) == []

    @pytest.mark.parametrize(
        ("mine", "of_case", "counted"),
        [
            (["EAST"], None, "EAST"),
            (["EAST", "WEST"], "WEST", "WEST"),
            (["EAST"], "WEST", "EAST"),
            (["EAST", "WEST"], None, "EAST WEST"),
            ([], "WEST", "WEST"),
            ([], None, ""),
        ],
    )
    def test_it_is_counted_for_a_team_of_theirs_not_for_their_role(self, take, mine, of_case, counted):
        for code in ("EAST", "WEST"):
            Team.objects.create(code=code, name=code.title())
        accused = cast.collector()
        accused.teams.set(mine)
        take()
        Case.objects.update(team=of_case)
        about = take_complaint.about(f"user:{accused.pk}")
        take(complaint_id="2" * 32, text="另一件事", about=about)
        work_complaint.classify(complaint_id="1" * 32, turn=None, kind="CONDUCT", about=about, at=LATER, actor="user:2")

        assert set(Complaint.objects.values_list("about_team", flat=True)) == {counted}

    def test_a_colleague_of_two_teams_counts_in_each(self, take):
        for code in ("EAST", "WEST"):
            Team.objects.create(code=code, name=code.title())
        accused = cast.collector()
        accused.teams.set(["EAST", "WEST"])
        take(about=take_complaint.about(f"user:{accused.pk}"))
        found = statistics.since(cast.TODAY, on=cast.TODAY)

        assert [(code, tally.count) for code, tally in found.by["team"]] == [("EAST", 1), ("WEST", 1)]
        assert found.all.count == 1

    def test_whom_it_is_about_is_a_colleague_or_an_agency(self, take):
        take()
        accused = cast.collector()
        assert take_complaint.about(f"user:{accused.pk}") == About(f"user:{accused.pk}")
        assert take_complaint.about("agency:EXAMPLE_EAST") == About("", "", "EXAMPLE_EAST")
        for wrong in ("agency:NONE", "user:0", "user:x", "user:²", "somebody"):
            with pytest.raises(take_complaint.UnknownAbout):
                take_complaint.about(wrong)
