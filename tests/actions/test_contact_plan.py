"""Planning judges, keeps the verdict, and puts into the outbox only what may go, for the moment when it may."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_plan
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_plan import Draft, PlanReport
from arrears.records.audit.models import Event
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.models import Grounds, Stop, Verdict
from arrears.records.contacts import operations as contacts
from arrears.records.contacts.models import Contact, ContactEvent, ContactStatus
from arrears.records.people.models import ContactPoint

pytestmark = pytest.mark.django_db


def plan(gate: Gate, *drafts: Draft, at: datetime = cast.NOW) -> PlanReport:
    return contact_plan.plan(drafts, at=at, actor="night:2026-11-23", gate=gate)


class TestPlan:
    def test_planning_twice_is_planning_once(self, gate: Gate) -> None:
        cast.borrower()
        assert plan(gate, draft(), draft()) == PlanReport(planned=1, known=1)
        before = list(Contact.objects.values())
        assert plan(gate, draft()) == PlanReport(known=1)
        assert list(Contact.objects.values()) == before
        assert (Verdict.objects.count(), ContactEvent.objects.count()) == (1, 1)
        assert Event.objects.filter(kind="contacts.planned").count() == 1

    def test_what_an_earlier_version_planned_is_not_planned_again(
        self, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cast.borrower()
        with monkeypatch.context() as patched:
            patched.setattr(Draft, "contact_id", Draft.former_id)
            assert plan(gate, draft()) == PlanReport(planned=1)
        assert plan(gate, draft()) == PlanReport(known=1)

    def test_what_was_cancelled_is_not_planned_again(self, gate: Gate) -> None:
        cast.borrower()
        plan(gate, draft())
        contacts.cancel(customer_id=cast.PAYS, reason="CURED", at=cast.NOW, actor="test")
        assert plan(gate, draft()) == PlanReport(known=1)
        assert Contact.objects.get().status == ContactStatus.CANCELLED

    def test_a_reminder_meant_for_the_night_is_held_until_morning(self, gate: Gate) -> None:
        cast.borrower()
        late = datetime.fromisoformat("2026-11-23T23:10:00+08:00")
        assert plan(gate, draft(planned_for=late)).held == 1
        contact = Contact.objects.get()
        assert (contact.status, contact.planned_for) == (ContactStatus.PLANNED, late)
        assert contact.not_before == datetime.fromisoformat("2026-11-24T08:00:00+08:00")
        verdict = Verdict.objects.get()
        assert (verdict.phase, verdict.allowed, verdict.not_before) == ("PLAN", False, contact.not_before)
        assert [reason["rule"] for reason in verdict.reasons] == ["CN-GBT45251-HOURS", "CN-CBA26-HOURS"]

    def test_the_same_reasons_are_kept_once_however_many_are_told_them(self, gate: Gate) -> None:
        cast.borrower()
        late = datetime.fromisoformat("2026-11-23T23:10:00+08:00")
        plan(gate, draft(planned_for=late), draft(template="EARLY_D7", planned_for=late))
        plan(gate, draft(template="WARN_T1", planned_for=late))
        assert Verdict.objects.count() == 3
        assert Grounds.objects.count() == 1
        told = [[reason["rule"] for reason in verdict.reasons] for verdict in Verdict.objects.all()]
        assert told == [["CN-GBT45251-HOURS", "CN-CBA26-HOURS"]] * 3

    def test_one_that_could_only_go_when_it_has_lost_its_sense_expires(self, gate: Gate) -> None:
        cast.borrower()
        late = datetime.fromisoformat("2026-11-23T23:10:00+08:00")
        assert plan(gate, draft(planned_for=late, expires_at=late + timedelta(hours=2))).expired == 1

    def test_the_night_of_a_borrower_far_away_is_theirs(self, gate: Gate) -> None:
        cast.borrower(timezone="America/New_York")  # half past eight in the evening there
        assert plan(gate, draft()).planned == 1
        later = cast.NOW + timedelta(hours=2)
        assert plan(gate, draft(template="EARLY_D7", planned_for=later)).held == 1

    def test_third_parties_are_refused(self, gate: Gate) -> None:
        kin = cast.point(cast.borrower(), "+8613900000009", relation="KIN")
        assert plan(gate, draft(contact_point_id=kin.contact_point_id)).refused == 1
        contact = Contact.objects.get()
        assert (contact.status, contact.reason) == (ContactStatus.REFUSED, "CN-GBT45251-TARGET")
        assert contact.closed_at == cast.NOW

    def test_somebody_elses_number_is_not_a_borrowers_own(self, gate: Gate) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES)
        report = plan(gate, draft(contact_point_id=cast.own_point(cast.PROMISES)))
        assert report.refused == 1
        assert Contact.objects.get().reason == "GATE-UNKNOWN-RELATION"

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"contact_point_id": None}, "GATE-UNKNOWN-RELATION"),
            ({"purpose": "FLATTER"}, "GATE-UNKNOWN-PURPOSE"),
            ({"channel": "PIGEON"}, "no_template"),
        ],
    )
    def test_what_is_not_known_is_refused(self, gate: Gate, changes: dict[str, str | None], reason: str) -> None:
        cast.borrower()
        assert plan(gate, draft(**changes)).refused == 1
        assert Contact.objects.get().reason == reason
        assert not Verdict.objects.get().allowed

    def test_a_text_that_lacks_a_fact_is_refused_when_planned(self, gate: Gate) -> None:
        cast.borrower()
        assert plan(gate, draft(facts={"days": 3})).refused == 1
        assert Contact.objects.get().reason == "unable_to_render"

    def test_a_person_who_is_not_in_the_books_refuses_the_whole_plan(self, gate: Gate) -> None:
        cast.borrower()
        with pytest.raises(contact_plan.NoSuchBorrower):
            plan(gate, draft(), replace(draft(), customer_id="NOBODY"))
        assert not Contact.objects.exists()

    def test_an_invalid_number_is_no_number(self, gate: Gate) -> None:
        cast.borrower()
        ContactPoint.objects.update(invalid_since=cast.NOW)
        assert plan(gate, draft()).refused == 1


class TestStopList:
    @pytest.mark.parametrize(
        ("stop", "refused"),
        [
            ({"reason": "CEASED"}, 1),
            ({"reason": "OPTED_OUT", "channel": "SMS"}, 1),
            ({"reason": "OPTED_OUT", "channel": "EMAIL"}, 0),
            ({"reason": "WRONG_NUMBER", "contact_point_id": "another"}, 0),
            ({"reason": "COMPLAINT", "to_at": cast.NOW + timedelta(days=5)}, 1),
        ],
    )
    def test_it_stops_what_it_concerns(self, gate: Gate, stop: dict[str, object], refused: int) -> None:
        cast.borrower()
        compliance.stop(customer_id=cast.PAYS, at=cast.NOW, actor="test", **stop)  # type: ignore[arg-type]
        assert plan(gate, draft()).refused == refused

    def test_the_same_stop_twice_is_one_and_a_lifted_one_lets_go(self, gate: Gate) -> None:
        cast.borrower()
        given = {"customer_id": cast.PAYS, "reason": "DISPUTED", "actor": "test"}
        assert compliance.stop(at=cast.NOW - timedelta(hours=2), **given)
        assert not compliance.stop(at=cast.NOW - timedelta(hours=1), **given)
        stop = Stop.objects.get()
        compliance.lift(stop_id=stop.id, at=cast.NOW, actor="test")
        with pytest.raises(compliance.UnableToLift):
            compliance.lift(stop_id=stop.id, at=cast.NOW, actor="test")
        assert plan(gate, draft()).planned == 1

    def test_nobody_cannot_be_stopped(self) -> None:
        with pytest.raises(compliance.UnableToStop):
            compliance.stop(customer_id="NOBODY", reason="CEASED", at=cast.NOW, actor="test")


class TestCancel:
    def test_a_cured_case_lets_go_of_its_contacts_alone(self, gate: Gate) -> None:
        cast.borrower()
        case = cast.open_case()
        plan(gate, draft(case_id=case.case_id), draft(template="EARLY_D7"))
        cancel = {"case_ids": [case.case_id], "reason": "CURED", "at": cast.NOW, "actor": "test"}
        assert contacts.cancel_of_cases(**cancel) == 1
        assert contacts.cancel_of_cases(**cancel) == 0
        cancelled = Contact.objects.get(status=ContactStatus.CANCELLED)
        assert (cancelled.case_id, cancelled.closed_at) == (case.case_id, cast.NOW)
        assert cancelled.events.last().reason == "CURED"
