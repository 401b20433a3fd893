"""At the end of a night what was kept as long as it must be goes: once two people approved it, so many a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import cast, market, nights

from arrears.actions import approve_retention, house, retain, retain_nightly, run_night, wired
from arrears.kernel.errors import Refusal
from arrears.records.audit.models import Event
from arrears.records.people.models import ContactPoint
from arrears.records.rights import approvals, holds
from arrears.records.rights.models import Erasure, RetentionApproval
from arrears.records.runs.models import Night
from arrears.rules import rights as machines

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
LONG_AGO, LATELY = date(2018, 3, 1), DAY - timedelta(days=360)
OLD = ("C1", "C2", "C3")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def town(shared_rows, tmp_path_factory):
    """Three who paid everything long ago, one who paid it 360 days ago, one who owes; the first night is done."""
    folder = tmp_path_factory.mktemp("nightly")
    tape = market.Tape()
    for number, paid_on in enumerate((LONG_AGO, LONG_AGO, LONG_AGO, LATELY, None), start=1):
        tape.customer(f"C{number}", mobile=f"1380000000{number}")
        tape.account(f"A{number}", f"C{number}", first_due=paid_on or DAY - timedelta(days=9), instalments=1)
        if paid_on:
            tape.payment(f"P{number}", f"A{number}", paid_on, "105.00")
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def lake(town, db, settings, tmp_path):
    nights.go_on_from(town, tmp_path, settings, partitions=2)


def seen(on: date = DAY) -> str:
    return approve_retention.standing(wired.here().gate, on=on).fingerprint


def approved() -> None:
    nights.approve_retention_on(DAY)


def night(days: int) -> dict[str, object]:
    """What the night so many days later says of it."""
    [report] = nights.run(DAY + timedelta(days=days))
    return report.figures["retention"]


def reached() -> set[str]:
    return set(ContactPoint.objects.values_list("person_id", flat=True))


class TestApproval:
    def test_no_night_deletes_anything_before_two_people_approved(self, lake):
        assert night(1) == {"state": "NOT_APPROVED", "people": 0, "kinds": {}}
        approve_retention.ask(seen=seen(), gate=wired.here().gate, on=DAY, at=cast.NOW, actor="user:1")
        assert night(2)["state"] == "NOT_APPROVED"
        assert reached() >= set(OLD)
        approve_retention.approve(seen=seen(), gate=wired.here().gate, on=DAY, at=cast.NOW, actor="user:2")
        assert night(3)["people"] == len(OLD)
        assert reached() == {"C4", "C5"}

    def test_one_person_alone_approves_nothing(self, lake):
        by = {"seen": seen(), "gate": wired.here().gate, "on": DAY, "at": cast.NOW, "actor": "user:1"}
        approve_retention.ask(**by)
        with pytest.raises(approvals.ApprovedBySamePerson):
            approve_retention.approve(**by)
        with pytest.raises(approvals.AskedAlready):
            approve_retention.ask(**by | {"actor": "user:2"})
        assert night(1)["state"] == "NOT_APPROVED"

    def test_the_database_refuses_an_approval_by_one(self, lake):
        with pytest.raises(IntegrityError), transaction.atomic():
            RetentionApproval.objects.create(
                fingerprint="f", status="APPROVED", asked_at=cast.NOW, asked_by="user:1", decided_by="user:1"
            )

    def test_another_schedule_is_approved_anew(self, lake, monkeypatch):
        approved()
        rows = retain.schedule(wired.here().gate, on=DAY)
        changed = tuple(replace(row, years=row.years + 1) for row in rows)
        monkeypatch.setattr(retain, "schedule", lambda gate, on: changed)

        assert night(1)["state"] == "NOT_APPROVED"
        standing = approve_retention.standing(wired.here().gate, on=DAY)
        assert (standing.is_of_another, standing.holds) == (True, False)
        approve_retention.ask(seen=seen(), gate=wired.here().gate, on=DAY, at=cast.NOW, actor="user:1")
        assert list(RetentionApproval.objects.order_by("id").values_list("status", flat=True)) == ["LAPSED", "ASKED"]

    def test_what_was_seen_is_what_is_approved(self, lake):
        with pytest.raises(approve_retention.ScheduleDiffers):
            approve_retention.ask(seen="f" * 64, gate=wired.here().gate, on=DAY, at=cast.NOW, actor="user:1")

    def test_whoever_ends_it_ends_it_at_once(self, lake):
        approved()
        approve_retention.withdraw(at=cast.NOW, actor="user:1")
        assert night(1)["state"] == "NOT_APPROVED"
        with pytest.raises(approvals.NothingToApprove):
            approve_retention.withdraw(at=cast.NOW, actor="user:1")
        kinds = Event.objects.filter(subject_id="retention").order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["retention.asked", "retention.approved", "retention.withdrawn"]

    def test_the_machine_has_no_way_back(self):
        events = {event for _, event in machines.APPROVAL}
        for status in (machines.ENDED_BY_HAND, machines.LAPSED):
            assert not any((status, event) in machines.APPROVAL for event in events)


class TestNight:
    def test_it_tells_what_it_deleted_and_when_it_looks_again(self, lake):
        approved()
        told = night(1)
        assert told == {
            "state": "LOOKED",
            "people": 3,
            "kinds": told["kinds"],
            "held": 0,
            "left": 0,
            "next_on": (LATELY.replace(year=LATELY.year + 1) + timedelta(days=1)).isoformat(),
        }
        assert told["kinds"]["CONTACT_POINTS"] == 3

    def test_until_the_next_clock_runs_out_it_does_not_look_and_then_it_deletes_on_the_day(self, lake, monkeypatch):
        approved()
        due_on = date.fromisoformat(night(1)["next_on"])
        looked = []
        real = retain.find
        monkeypatch.setattr(retain, "find", lambda **given: looked.append(given["on"]) or real(**given))
        days = (due_on - DAY).days
        assert [night(day)["state"] for day in range(2, days)] == ["NOTHING_DUE"] * (days - 2)
        assert looked == []
        assert reached() == {"C4", "C5"}
        assert night(days)["people"] == 1
        assert looked == [due_on]
        assert reached() == {"C5"}

    def test_of_so_many_people_at_most_and_the_next_night_goes_on(self, lake, settings):
        settings.RETAIN_A_NIGHT = 2
        approved()
        assert night(1)["people"] == 2
        assert night(2)["people"] == 1
        assert night(3)["state"] == "NOTHING_DUE"

    def test_it_can_be_switched_off(self, lake, settings):
        settings.RETAIN_A_NIGHT = 0
        approved()
        assert night(1)["state"] == "OFF"
        assert reached() >= set(OLD)

    def test_a_hold_stops_it_and_the_night_after_it_is_lifted_deletes(self, lake):
        holds.put(holds.Wanted("h" * 32, "C1", "LITIGATION", "court asks"), at=cast.NOW, actor="user:1")
        approved()
        told = night(1)
        assert (told["people"], told["held"]) == (2, 1)
        assert night(2)["state"] == "NOTHING_DUE"
        holds.ask(hold_id="h" * 32, note="it is over", at=cast.NOW, actor="user:1")
        holds.lift(hold_id="h" * 32, at=cast.NOW, actor="user:2")
        assert night(3)["people"] == 1

    def test_run_twice_it_changes_no_byte_and_no_row(self, lake):
        approved()
        night(1)
        before = nights.lake_bytes(), nights.books_rows(), list(Night.objects.values()), Event.objects.count()
        [again] = nights.run(DAY + timedelta(days=1))
        assert again.was_done
        assert (nights.lake_bytes(), nights.books_rows(), list(Night.objects.values()), Event.objects.count()) == before

    @pytest.mark.parametrize("after", ["a person", "all people", "the next look is noted"])
    def test_killed_it_goes_on_to_the_same_report(self, lake, monkeypatch, after):
        approved()
        erase, look_again, erased = retain.erase_person.erase, approvals.look_again, []

        def one_and_no_more(**given: object) -> dict[str, int]:
            if erased:
                raise Killed
            erased.append(given["customer_id"])
            return erase(**given)

        def not_noted(*_: object, **__: object) -> None:
            raise Killed

        def noted(*args: object, **given: object) -> None:
            look_again(*args, **given)
            raise Killed

        place, name, dying = {
            "a person": (retain.erase_person, "erase", one_and_no_more),
            "all people": (approvals, "look_again", not_noted),
            "the next look is noted": (approvals, "look_again", noted),
        }[after]
        with monkeypatch.context() as patched:
            patched.setattr(place, name, dying)
            with pytest.raises(Killed):
                night(1)
        told = night(1)

        assert (told["state"], told["people"], told["left"]) == ("LOOKED", 3, 0)
        assert Erasure.objects.count() == Event.objects.filter(kind="person.erased").count() == 3
        assert told["kinds"]["CONTACT_POINTS"] == 3

    def test_a_night_that_was_missed_deletes_nothing_itself(self, lake):
        approved()
        missed, today = nights.run(DAY + timedelta(days=2))
        assert "retention" not in missed.figures
        assert today.figures["retention"]["people"] == 3

    def test_without_law_that_can_be_used_nothing_is_due(self, lake, monkeypatch):
        approved()
        monkeypatch.setattr(retain, "schedule", lambda gate, on: ())
        told = retain_nightly.apply(on=DAY, place=house.here(), gate=wired.here().gate, at=cast.NOW, actor="night:x")
        assert told["state"] == "NO_SCHEDULE"


def test_no_tape_comes_in_while_it_deletes(lake, monkeypatch, tmp_path):
    approved()
    tape, refused = market.Tape(), []
    tape.customer("C9")

    def meanwhile(**_: object) -> dict[str, object]:
        try:
            nights.take(tape, tmp_path, DAY + timedelta(days=1))
        except Refusal as refusal:
            refused.append(refusal.code)
        return {}

    monkeypatch.setattr(run_night.retain_nightly, "apply", meanwhile)
    night(1)
    assert refused == ["night_is_running"]
