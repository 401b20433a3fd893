"""Who pays while the night runs is not sent the amount of before: neither between its steps nor beside its planning."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connections
from tests import market, nights

from arrears.actions import contact_gate, take_payment
from arrears.records.cases.models import Case, CaseAccount, CaseEvent, WorkItem
from arrears.records.contacts.models import Contact
from arrears.records.runs.models import Night

DAY = date(2026, 11, 23)


@pytest.fixture
def late(settings, tmp_path):
    """Two customers seven days late, for whom a message is due this morning."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    for number in (1, 2):
        tape.customer(f"C{number}", mobile=f"1380000000{number}")
        tape.account(f"A{number}", f"C{number}", first_due=DAY - timedelta(days=7))
    nights.take(tape, tmp_path, DAY)


def pay(on: date = DAY, *, amount_minor: int = 4_000) -> None:
    take_payment.take_payment(
        payment_id="P1",
        account_id="A1",
        amount_minor=amount_minor,
        currency="CNY",
        paid_on=on,
        channel="BANK",
        source="API",
        as_of=on,
        at=nights.moment(DAY) + timedelta(hours=9),
        actor="api:1",
    )


def told() -> list[tuple[str, int]]:
    planned = Contact.objects.filter(status="PLANNED").order_by("person_id")
    return [(contact.person_id, contact.facts["amount_minor"]) for contact in planned]


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["PARTITIONS", "BOOKS", "CONTACTS"])
def test_a_payment_between_two_steps(late, step):
    def pay_at(_as_of: date, name: str, done: int, _total: int) -> None:
        if (name, done) == (step, 0):
            pay()

    nights.run(DAY, progress=pay_at)

    assert told() == [("C2", 10_500)]
    assert Night.objects.get().figures["contacts"]["paid_meanwhile"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("amount_minor", "opened"), [(4_000, ["C1", "C2"]), (31_500, ["C2"])], ids=["part", "all"])
def test_a_case_that_is_paid_as_it_opens_was_never_there(late, amount_minor, opened):
    def pay_before_books(_as_of: date, name: str, done: int, _total: int) -> None:
        if (name, done) == ("BOOKS", 0):
            pay(amount_minor=amount_minor)

    report = nights.run(DAY, progress=pay_before_books)[-1]

    assert sorted(Case.objects.values_list("person_id", flat=True)) == opened
    figures, books = report.figures["cases"], (CaseAccount, WorkItem)
    assert [figures[name] for name in ("opened", "open", "cases_inserted")] == [len(opened)] * 3
    assert [figures[name] for name in ("accounts", "work_opened")] == [model.objects.count() for model in books]
    assert {*CaseEvent.objects.values_list("kind", flat=True)} == {"opened"}


@pytest.mark.django_db
def test_a_payment_by_the_day_before_leaves_a_case_of_this_night_open(settings, tmp_path):
    """By the books' clock it is still yesterday between the books of a night and its end."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=1))
    nights.take(tape, tmp_path, DAY)

    def pay_yesterday(_as_of: date, name: str, done: int, _total: int) -> None:
        if (name, done) == ("CONTACTS", 0):
            pay(DAY - timedelta(days=1))

    nights.run(DAY, progress=pay_yesterday)

    case = Case.objects.get()
    assert (case.status, case.as_of, case.overdue_minor, case.dpd_max) == ("OPEN", DAY, 10_500 - 4_000, 1)


@pytest.mark.django_db(transaction=True)
def test_a_payment_beside_the_planning(late, monkeypatch):
    judging, real = threading.Event(), contact_gate.judge

    def slow(*given, **named):
        judging.set()
        time.sleep(0.5)
        return real(*given, **named)

    monkeypatch.setattr(contact_gate, "judge", slow)

    def pay_when_judged() -> None:
        try:
            assert judging.wait(30)
            pay()
        finally:
            connections.close_all()

    thread = threading.Thread(target=pay_when_judged)
    thread.start()
    nights.run(DAY)
    thread.join()

    assert told() == [("C2", 10_500)]
