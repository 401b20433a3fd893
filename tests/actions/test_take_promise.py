"""A promise to pay: made, left in peace for, kept or broken by what the night finds, and counted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import market, nights

from arrears.actions import take_promise
from arrears.actions.take_payment import take_payment
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.promises import queries
from arrears.records.promises.models import Promise
from arrears.records.runs.models import Night
from arrears.rules import promises

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture(scope="module")
def lived(shared_rows, tmp_path_factory) -> Path:
    """The folder of a lake whose first night is in the books."""
    folder = tmp_path_factory.mktemp("lived")
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=on(-40))
    with shared_rows(), nights.lake_in(folder, partitions=1):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def late(lived, db, settings, tmp_path) -> Case:
    """One customer forty days late with two instalments, 210.00 overdue of 315.00."""
    nights.go_on_from(lived, tmp_path, settings, partitions=1)
    return Case.objects.get()


def make(
    case: Case, *, amount_minor: int = 10_000, days: int = 5, today: int = 0, hour: int = 10, channel="CALL"
) -> bool:
    return take_promise.take(
        case_id=case.pk,
        channel=channel,
        amount_minor=amount_minor,
        due_on=on(days),
        as_of=on(today),
        at=nights.moment(on(today)) + timedelta(hours=hour),
        actor="user:1",
    )


def pay(amount_minor: int, *, days: int, payment_id: str = "P1") -> None:
    take_payment(
        payment_id=payment_id,
        account_id="A1",
        amount_minor=amount_minor,
        currency="CNY",
        paid_on=on(days),
        channel="BANK",
        source="API",
        as_of=on(days),
        at=nights.moment(on(days)) + timedelta(hours=12),
        actor="api:1",
    )


def told() -> list[tuple[str, int | None]]:
    return list(Promise.objects.order_by("made_at", "due_on").values_list("status", "paid_minor"))


class TestMade:
    def test_it_stands_in_the_case_with_who_how_much_and_by_when(self, late):
        assert make(late)
        promise = Promise.objects.get()
        assert (promise.amount_minor, promise.currency, promise.made_on, promise.due_on) == (10_000, "CNY", DAY, on(5))
        event = CaseEvent.objects.get(case=late, kind="promise.made")
        assert (event.actor, event.data["amount_minor"], event.data["due_on"]) == ("user:1", 10_000, "2026-11-28")
        assert Event.objects.get(kind="promise.made").data["promise_id"] == promise.pk

    def test_until_its_day_is_over_the_person_is_left_in_peace(self, late):
        make(late)
        stop = Stop.objects.get(person_id="C1")
        assert (stop.reason, stop.to_at) == ("REST", nights.moment(on(6)))
        assert not WorkItem.objects.filter(case=late, kind__in=["CALL", "VISIT"], status="OPEN").exists()

    def test_the_same_told_twice_is_one_and_another_replaces_it(self, late):
        assert make(late)
        assert not make(late, hour=11)
        assert make(late, days=7, hour=12)
        assert told() == [("REPLACED", None), ("OPEN", None)]

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"amount_minor": 0}, "promise_amount_wrong"),
            ({"amount_minor": -100}, "promise_amount_wrong"),
            ({"amount_minor": 31_501}, "promise_amount_wrong"),
            ({"days": -1}, "promise_day_wrong"),
            ({"days": 31}, "promise_day_wrong"),
            ({"channel": "DREAM"}, "unknown_promise_channel"),
        ],
        ids=str,
    )
    def test_what_cannot_be_promised_is_refused_and_nothing_is_kept(self, late, changes, why):
        with pytest.raises(take_promise.WrongPromise) as refusal:
            make(late, **changes)
        assert refusal.value.code == why
        assert not Promise.objects.exists()
        assert not Stop.objects.exists()

    def test_on_a_closed_case_nothing_is_promised(self, late):
        pay(31_500, days=0)
        with pytest.raises(take_promise.NothingToPromise):
            make(late)


class TestJudged:
    def test_it_is_kept_the_night_its_money_is_there(self, late):
        pay(3_000, days=0, payment_id="P0")  # before it was promised: does not count
        make(late, hour=13)
        pay(6_000, days=2)
        nights.run(on(3))
        assert told() == [("OPEN", None)]
        pay(4_000, days=4, payment_id="P2")
        nights.run(on(5))
        assert told() == [("KEPT", 10_000)]
        assert Promise.objects.get().ended_on == on(4)
        assert CaseEvent.objects.filter(case=late, kind="promise.kept").count() == 1

    def test_it_is_broken_once_its_days_of_grace_are_over_and_only_once(self, late):
        make(late)
        pay(9_999, days=2)
        nights.leap(on(8))
        assert told() == [("OPEN", None)]
        nights.run(on(9))
        assert told() == [("BROKEN", 9_999)]
        assert Night.objects.get(as_of=on(9)).figures["promises"] == {"kept": 0, "broken": 1}
        nights.run(on(10))
        assert CaseEvent.objects.filter(kind="promise.broken").count() == 1

    def test_nothing_overdue_any_more_keeps_a_promise_of_more(self, late):
        make(late, amount_minor=31_500)
        pay(21_000, days=1)
        nights.run(on(2))
        assert told() == [("KEPT", 21_000)]

    def test_kept_ones_are_counted_by_the_days_on_which_they_ended(self, late):
        make(late)
        nights.leap(on(9))
        make(late, today=9, days=12)
        pay(10_000, days=10)
        nights.run(on(11))
        assert queries.sizes(on=on(11)) == queries.Sizes(open=0, kept=1, broken=1)
        assert queries.sizes(on=on(11)).kept_share == 0.5
        assert queries.sizes(on=on(8)).kept_share is None
        assert queries.sizes(on=on(9 + queries.KEPT_OVER_DAYS)) == queries.Sizes(open=0, kept=1, broken=0)

    def test_an_edit_of_the_terms_that_cannot_be_read_changes_nothing(self, settings, tmp_path):
        settings.HOME = tmp_path
        assert not take_promise.in_force().fault
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / "promises.toml").write_text("grace_days = -1\n", encoding="utf-8")
        assert take_promise.in_force().fault
        assert take_promise.in_force().state == promises.Policy(grace_days=3, days_ahead_max=30)
