"""What the night takes back by itself, and what it does not ask twice: work, proposals, rejected write-offs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import reverse_payment, take_payment, write_off_debt
from arrears.exchange import facts_out
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.writeoffs import queries as writeoffs
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
NEXT = DAY + timedelta(days=1)
OLD = DAY - timedelta(days=400)


@pytest.fixture
def proposed(settings, tmp_path) -> WriteOff:
    """C1 is 400 days late on one account; the night proposed to write it off."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=OLD)
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    return WriteOff.objects.get()


def pay_all(write_off: WriteOff, on: date) -> None:
    take_payment.take_payment(
        payment_id="P1",
        account_id="A1",
        amount_minor=write_off.total_minor + 1_000_000,
        currency="CNY",
        paid_on=on,
        channel="BANK",
        source="API",
        as_of=on,
        at=nights.moment(on) + timedelta(hours=10),
        actor="api:1",
    )


def open_visit(case: Case) -> WorkItem:
    return WorkItem.objects.create(
        work_id="w1", case=case, kind="VISIT", due_on=DAY, reason="LATE_VISIT", rule_number=1
    )


class TestAClosedCase:
    def test_takes_its_work_and_its_proposal_with_it_and_says_so(self, proposed):
        work = open_visit(proposed.case)
        pay_all(proposed, DAY)

        work.refresh_from_db()
        proposed.refresh_from_db()
        assert (work.status, proposed.status) == ("CANCELLED", "LAPSED")
        cancelled = CaseEvent.objects.get(kind="work_cancelled", after="VISIT")
        assert (cancelled.case_id, cancelled.after, cancelled.actor) == (proposed.case_id, "VISIT", "api:1")
        assert cancelled.data == {"work_id": "w1", "as_of": str(DAY)}
        assert cancelled.at == work.closed_at
        lapsed = CaseEvent.objects.get(kind="write_off.lapsed")
        assert (lapsed.before, lapsed.after, lapsed.reason) == ("PROPOSED", "LAPSED", "case closed")
        assert lapsed.data == {"write_off_id": proposed.pk, "account_id": "A1", "as_of": str(DAY)}

    def test_is_told_of_once_however_often_the_night_runs(self, proposed):
        open_visit(proposed.case)
        pay_all(proposed, DAY)
        events = CaseEvent.objects.count()
        nights.run(NEXT)
        nights.run(NEXT)

        assert CaseEvent.objects.count() == events

    def test_by_night_too(self, proposed, tmp_path):
        open_visit(proposed.case)
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=OLD)
        tape.payment("P1", "A1", NEXT, "315.00")
        tape.payment("P2", "A1", NEXT, "9000.00")
        nights.take(tape, tmp_path, NEXT)
        nights.run(NEXT)

        told = CaseEvent.objects.filter(kind__in=["work_cancelled", "write_off.lapsed", "closed"])
        assert sorted(set(told.values_list("kind", "actor"))) == [
            (kind, f"night:{NEXT}") for kind in ("closed", "work_cancelled", "write_off.lapsed")
        ]


class TestACaseThatIsNoLongerLate:
    def test_loses_the_work_that_only_late_collection_asks_for(self, settings, tmp_path):
        settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=400), instalments=14, product="no penalty")
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        case = Case.objects.get()
        visit = open_visit(case)
        call, _ = WorkItem.objects.get_or_create(
            case=case, kind="CALL", defaults={"work_id": "w2", "due_on": DAY, "reason": "EARLY_CALL", "rule_number": 1}
        )
        tape.payment("P1", "A1", DAY, "1365.00")
        nights.take(tape, tmp_path, NEXT)
        nights.run(NEXT)

        for row in (case, visit, call):
            row.refresh_from_db()
        assert (case.status, case.stage) == ("OPEN", "EARLY")
        assert (visit.status, call.status) == ("CANCELLED", "OPEN")
        told = CaseEvent.objects.filter(kind="work_cancelled", reason="no longer late")
        assert "VISIT" in set(told.values_list("after", flat=True)) <= {"VISIT", "AGENCY", "LEGAL"}


class TestACaseThatMovesOn:
    def test_has_its_call_for_the_reason_of_the_stage_it_is_in(self, settings, tmp_path):
        settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=60))
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        early = WorkItem.objects.get(kind="CALL")
        for _ in range(2):
            nights.run(NEXT)

        late = WorkItem.objects.get(kind="CALL")
        assert (early.reason, late.reason) == ("EARLY_CALL", "LATE_CALL")
        assert (late.pk, late.due_on, late.status) == (early.pk, DAY, "OPEN")
        renewed = CaseEvent.objects.get(kind="work_renewed")
        assert (renewed.before, renewed.after) == ("EARLY_CALL", "LATE_CALL")


class TestACaseInGrace:
    def test_loses_the_call_that_nothing_asks_for_any_more_and_stays_open(self, settings, tmp_path):
        settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=NEXT - timedelta(days=32), product="cash_loan_cn")
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        call = WorkItem.objects.get(kind="CALL", status="OPEN")
        # The first instalment with its penalty and a little of the second, which fell due two days ago.
        tape.payment("P1", "A1", NEXT, "110.00")
        nights.take(tape, tmp_path, NEXT)
        nights.run(NEXT)
        events = CaseEvent.objects.count()
        nights.run(NEXT)

        case = Case.objects.get()
        call.refresh_from_db()
        assert (case.status, case.dpd_max, case.stage) == ("OPEN", 0, "EARLY")
        assert call.status == "CANCELLED"
        assert not WorkItem.objects.filter(status="OPEN").exists()
        assert CaseEvent.objects.get(kind="work_cancelled").reason == "nothing is late"
        assert CaseEvent.objects.count() == events


class TestARejection:
    def reject(self, write_off: WriteOff) -> None:
        at = nights.moment(DAY) + timedelta(hours=9)
        write_off_debt.reject(write_off_id=write_off.pk, note="no", at=at, actor="user:1")

    def test_holds_while_its_case_is_open_by_night_and_by_day_alike(self, proposed):
        self.reject(proposed)
        nights.run(NEXT)

        assert list(writeoffs.holding_back()) == [proposed]
        assert facts_out.write_offs_of("C1").rows() == [("C1", "CNY", "A1", "REJECTED")]
        assert facts_out.gather(up_to=NEXT, zone="Asia/Shanghai")["write_offs"].rows() == [
            ("C1", "CNY", "A1", "REJECTED")
        ]
        assert list(WriteOff.objects.values_list("status", flat=True)) == ["REJECTED"]

    def test_ends_with_its_case_and_may_be_asked_anew_in_the_next(self, proposed):
        self.reject(proposed)
        pay_all(proposed, DAY)
        assert not writeoffs.holding_back().exists()
        reverse_payment.reverse_payment(
            reversal_id="R1",
            payment_id="P1",
            account_id="A1",
            source="API",
            as_of=DAY,
            at=nights.moment(DAY) + timedelta(hours=11),
            actor="api:1",
        )
        nights.run(NEXT)

        assert Case.objects.filter(status="OPEN").count() == 1
        assert sorted(WriteOff.objects.values_list("status", flat=True)) == ["PROPOSED", "REJECTED"]
