"""A small lender lives some days through the real night, gate, sandbox and desks; its auditor has no objection."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from tests import nights

from arrears.actions import audit_town, live_day, live_desk, take_payment, wired
from arrears.actions.live_day import Town
from arrears.records.cases.models import Case, CaseAccount, WorkItem
from arrears.records.contacts import counts
from arrears.records.contacts.models import Contact
from arrears.records.ledger.models import Payment
from arrears.records.matters.models import LegalStep
from arrears.records.people.models import Person
from arrears.records.runs.models import Night
from arrears.simulator.auditor import AuditorDisagrees

START, DAYS = date(2026, 11, 2), 6


def _ten_o_clock(on: date) -> datetime:
    return datetime.combine(on, time(10), ZoneInfo(settings.LENDER_ZONE))


def _pay_all(case: Case, *, on: date) -> None:
    """Pay what is overdue on each account of a case, by the API's door."""
    for owed in case.accounts.filter(dpd__gt=0):
        parts = ("principal", "interest", "fee", "penalty")
        take_payment.take_payment(
            payment_id=f"P-{owed.account_id}",
            account_id=owed.account_id,
            amount_minor=sum(getattr(owed, f"{part}_overdue_minor") for part in parts),
            currency="CNY",
            paid_on=on,
            channel="BANK",
            source="API",
            as_of=on,
            at=_ten_o_clock(on),
            actor="api:1",
        )


@pytest.fixture(scope="module")
def shared_town(shared_rows, tmp_path_factory) -> Path:
    """The folder of a town that has lived its days, and of its lake; the books know the days."""
    folder = tmp_path_factory.mktemp("lender")
    with shared_rows(), nights.lake_in(folder, partitions=0):
        town = Town.found(
            folder / "town",
            gate=wired.here().gate,
            zone=settings.LENDER_ZONE,
            borrowers=400,
            seed=11,
            start_on=START,
        )
        for _ in range(DAYS):
            live_day.live_day(town, progress=lambda step: None)
    return folder


@pytest.fixture
def town(shared_town, db, settings, tmp_path) -> Town:
    nights.go_on_from(shared_town, tmp_path, settings, partitions=0)
    return Town.open(tmp_path / "town", gate=wired.here().gate, zone=settings.LENDER_ZONE)


class TestTown:
    def test_lives_its_days_and_the_auditor_agrees(self, town):
        audited = audit_town.audit_town(town, since=START, one_in=1)
        assert Night.objects.filter(status="DONE").count() == DAYS
        assert audited.accounts > 400
        assert audited.contacts == Contact.objects.filter(sent_at__isnull=False).count() > 50

    def test_the_auditor_objects_to_a_reminder_of_nothing(self, town):
        debtors = set(Contact.objects.filter(sent_at__isnull=False).values_list("person_id", flat=True))
        stranger = Person.objects.exclude(pk__in=debtors).order_by("pk").first()
        sent = Contact.objects.filter(purpose="REMIND", sent_at__isnull=False).latest("sent_at")
        Contact.objects.filter(pk=sent.pk).update(person=stranger)
        with pytest.raises(AuditorDisagrees) as refused:
            audit_town.audit_town(town, since=START, one_in=1)
        assert refused.value.findings[0].subject == sent.pk

    def test_the_auditor_knows_what_was_paid_here_while_days_are_lived(self, town):
        """One payment before the night of the last day, and one after it, whose person waits for the next audit."""
        audited = audit_town.audit_town(town, since=START, one_in=1)
        before, after = Case.objects.filter(closed_on__isnull=True, overdue_minor__gt=0).order_by("pk")[:2]
        _pay_all(before, on=town.next_on - timedelta(days=1))
        live_day.live_day(town, progress=lambda step: None)
        _pay_all(after, on=town.next_on - timedelta(days=1))
        again = audit_town.audit_town(town, since=START, one_in=1)

        assert Case.objects.filter(pk__in=[before.pk, after.pk], status="CLOSED").count() == 2
        left_out = after.person.customer_id
        assert again.accounts >= audited.accounts - CaseAccount.objects.filter(case__person_id=left_out).count()

    def test_goes_on_where_it_was_stopped(self, town):
        assert town.next_on == START + timedelta(days=DAYS)
        live_day.live_day(town, progress=lambda step: None)
        assert audit_town.audit_town(town, since=START, one_in=1).as_of == START + timedelta(days=DAYS)

    def test_tells_of_a_day_what_the_books_count_of_it(self, town):
        day = live_day.live_day(town, progress=lambda step: None)
        told = counts.of_day(day.on)
        assert told.planned == told.sent + told.failed + told.refused + told.expired + told.cancelled + told.waiting
        assert (
            told.held
            == Contact.objects.filter(as_of=day.on, actor__startswith="demo", channel="SMS")
            .exclude(status="REFUSED")
            .count()
            > 0
        )  # the night plans at five, and nobody may be reminded before eight

    def test_a_task_to_call_is_tried_on_three_days_and_then_left_to_the_strategy(self, town):
        tried = 0
        for task in WorkItem.objects.filter(kind="CALL").exclude(status="CANCELLED"):
            until = task.closed_at or town.at(time(23))
            calls = Contact.objects.filter(
                case=task.case, channel="CALL", local_on__gte=task.due_on, sent_at__lte=until
            )
            assert calls.count() <= live_desk.TRIES["CALL"]
            tried += task.outcome == "TRIED" and calls.count() == live_desk.TRIES["CALL"]
        assert tried > 0

    def test_a_bad_debt_is_taken_through_every_step_of_the_law_that_this_lender_knows(self, town):
        debt = Case.objects.filter(closed_on__isnull=True).order_by("pk").first()
        Case.objects.filter(pk=debt.pk).update(stage="BAD_DEBT")
        of_debt, on = LegalStep.objects.filter(case=debt), town.next_on
        for taken, (_, rests) in enumerate(live_desk.LADDER):
            closed_until = on + timedelta(days=12)  # on a holiday the court is closed
            while of_debt.count() == taken and on < closed_until:
                live_desk.work(market=town.market, gate=town.gate, opens_at=_ten_o_clock(on), as_of=on)
                on += timedelta(days=1)
            on += timedelta(days=rests)
        steps = of_debt.order_by("taken_on").values_list("kind", flat=True)
        assert list(steps) == [kind for kind, _ in live_desk.LADDER]

    def test_books_only_what_the_tape_told(self, town):
        assert Payment.objects.count() == 0
