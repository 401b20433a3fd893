"""A promise that was kept by money that went back is judged again: open while its days last, broken after them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import market, nights

from arrears.actions import reverse_payment, take_promise
from arrears.actions.take_payment import take_payment
from arrears.interfaces.ui import sentences
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent
from arrears.records.promises.models import Promise

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
DUE, GRACE = 5, 3


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def tape(*payments: tuple[str, int, str, str]) -> market.Tape:
    """C1 is forty days late, 210.00 overdue of 315.00; each payment is (id, day, amount, reverses)."""
    made = market.Tape()
    made.customer("C1", mobile="13800000001")
    made.account("A1", "C1", first_due=on(-40))
    for payment_id, days, amount, reverses in payments:
        made.payment(payment_id, "A1", on(days), amount, reverses=reverses)
    return made


@pytest.fixture(scope="module")
def lived(shared_rows, tmp_path_factory) -> Path:
    """The folder of a lake whose first night is in the books."""
    folder = tmp_path_factory.mktemp("lived")
    with shared_rows(), nights.lake_in(folder, partitions=1):
        nights.take(tape(), folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def late(lived, db, settings, tmp_path) -> Case:
    nights.go_on_from(lived, tmp_path, settings, partitions=1)
    return Case.objects.get()


def make(case: Case, amount_minor: int, *, today: int = 0, due: int = DUE) -> None:
    at = nights.moment(on(today)) + timedelta(hours=10)
    told = {"channel": "CALL", "amount_minor": amount_minor, "due_on": on(due), "as_of": on(today)}
    take_promise.take(case_id=case.pk, at=at, actor="user:1", **told)


def tell(folder: Path, days: int, *payments: tuple[str, int, str, str]) -> None:
    nights.take(tape(*payments), folder, on(days))
    nights.leap(on(days))


def by_api(days: int) -> dict[str, object]:
    at = nights.moment(on(days)) + timedelta(hours=12)
    return {"account_id": "A1", "source": "API", "as_of": on(days), "at": at, "actor": "api:1"}


def pay(payment_id: str, amount_minor: int, *, days: int) -> None:
    paid = {"currency": "CNY", "paid_on": on(days), "channel": "BANK"}
    take_payment(payment_id=payment_id, amount_minor=amount_minor, **paid, **by_api(days))


def bounce(payment_id: str, *, days: int) -> None:
    reverse_payment.reverse_payment(reversal_id=f"R-{payment_id}", payment_id=payment_id, **by_api(days))


def told() -> list[tuple[str, int | None]]:
    return list(Promise.objects.order_by("made_at", "due_on").values_list("status", "paid_minor"))


class TestByDay:
    def test_money_that_bounces_in_time_leaves_it_open_and_the_story_says_so(self, late):
        make(late, 10_000)
        pay("P1", 10_000, days=2)
        nights.run(on(2))
        assert told() == [("KEPT", 10_000)]
        bounce("P1", days=3)
        assert told() == [("OPEN", 0)]
        event = CaseEvent.objects.get(case=late, kind="promise.reopened")
        assert (event.reason, event.data["amount_minor"]) == ("payment reversed", 10_000)
        assert sentences.event(event.kind) != event.kind
        assert Event.objects.get(kind="promise.reopened").data["reason"] == "payment reversed"

    def test_open_again_it_is_kept_by_other_money_or_broken(self, late):
        make(late, 10_000)
        pay("P1", 10_000, days=2)
        nights.run(on(2))
        bounce("P1", days=3)
        nights.leap(on(DUE + GRACE))
        assert told() == [("OPEN", 0)]
        nights.run(on(DUE + GRACE + 1))
        assert told() == [("BROKEN", 0)]

    def test_other_money_in_time_keeps_it(self, late):
        make(late, 10_000)
        pay("P1", 10_000, days=2)
        nights.run(on(2))
        bounce("P1", days=3)
        pay("P2", 12_000, days=4)
        nights.run(on(4))
        assert told() == [("KEPT", 12_000)]

    def test_after_its_days_it_is_broken_at_once_though_money_came_since(self, late):
        make(late, 10_000)
        pay("P1", 10_000, days=2)
        nights.leap(on(20))
        pay("P2", 10_000, days=20)
        bounce("P1", days=21)
        assert told() == [("BROKEN", 0)]
        assert Promise.objects.get().ended_on == on(21)
        assert CaseEvent.objects.get(case=late, kind="promise.broken").reason == "payment reversed"

    def test_older_money_that_bounces_is_not_what_kept_it(self, late):
        pay("P0", 5_000, days=0)
        nights.run(on(1))
        make(late, 10_000, today=1)
        pay("P1", 10_000, days=2)
        nights.run(on(2))
        bounce("P0", days=3)
        assert told() == [("KEPT", 10_000)]

    def test_a_newer_promise_stays_the_open_one(self, late):
        make(late, 5_000)
        pay("P1", 5_000, days=1)
        nights.run(on(1))
        make(late, 8_000, today=1)
        bounce("P1", days=2)
        assert [status for status, _ in told()] == ["REPLACED", "OPEN"]

    def test_one_kept_by_a_cure_is_not_kept_by_a_closed_case_alone(self, late):
        make(late, 31_500)
        pay("P1", 21_000, days=1)
        nights.run(on(2))
        assert told() == [("KEPT", 21_000)]
        bounce("P1", days=3)
        nights.run(on(3))
        nights.run(on(4))
        assert told() == [("OPEN", 0)]
        nights.leap(on(DUE + GRACE + 1))
        assert told() == [("BROKEN", 0)]
        assert CaseEvent.objects.filter(kind="promise.reopened").count() == 1


class TestByNight:
    PAID = ("P1", 2, "100.00", "")

    def test_a_reversal_that_a_tape_tells_is_found_and_told_once(self, late, tmp_path):
        make(late, 10_000)
        tell(tmp_path, 2, self.PAID)
        assert told() == [("KEPT", 10_000)]
        tell(tmp_path, 9, self.PAID, ("R1", 9, "100.00", "P1"))
        assert told() == [("BROKEN", 0)]
        nights.run(on(10))
        assert CaseEvent.objects.filter(kind="promise.broken").count() == 1
        assert Promise.objects.get().ended_on == on(9)

    def test_a_reversal_of_something_else_leaves_it_kept(self, late, tmp_path):
        make(late, 10_000)
        tell(tmp_path, 2, self.PAID)
        tell(tmp_path, 20, self.PAID, ("P2", 19, "50.00", ""), ("R2", 20, "50.00", "P2"))
        assert told() == [("KEPT", 10_000)]

    def test_what_came_in_time_beside_it_still_keeps_it(self, late, tmp_path):
        make(late, 10_000)
        tell(tmp_path, 2, self.PAID)
        tell(tmp_path, 9, self.PAID, ("P2", 7, "100.00", ""), ("R1", 9, "100.00", "P1"))
        assert told() == [("KEPT", 10_000)]
