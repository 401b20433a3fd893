"""Contacts that the lender made without us, as its tape tells: they fill the caps when we plan and when we send."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import cast, market, nights
from tests.gatehouse import draft

from arrears.actions import contact_call, contact_plan, contact_send
from arrears.actions.contact_gate import Gate
from arrears.channels.sandbox import adapter
from arrears.exchange.tape_in import TapeTaken
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact, ContactStatus, OutsideContact
from arrears.records.people.models import ContactPoint

pytestmark = pytest.mark.django_db

WHO = "C1"
#: Half past nine in Shanghai is now; the lender has been busy since eight.
EARLIER = "2026-11-23T08:{minute:02d}:00"
TOMORROW = cast.NOW.replace(hour=0, minute=0) + timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> None:
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2


def take(folder: Path, *rows: tuple[str, str, str], as_of: date = cast.TODAY) -> TapeTaken:
    """A tape with one borrower of two numbers, and what the lender says it did: (at, channel, outcome)."""
    tape = market.Tape()
    tape.customer(WHO, mobile="13800000002")
    tape.rows["contact_points"].append(tape.rows["contact_points"][0] | {"value": "13800000003"})
    tape.account("A1", WHO, first_due=cast.TODAY - timedelta(days=3))
    for at, channel, outcome in rows:
        tape.contacted(WHO, at, channel, outcome)
    return nights.take(tape, folder, as_of)


def points() -> list[str]:
    return list(ContactPoint.objects.order_by("contact_point_id").values_list("contact_point_id", flat=True))


def message() -> contact_plan.Draft:
    return draft(WHO, contact_point_id=points()[0])


def call(gate: Gate, point: str) -> contact_call.Clearance:
    return contact_call.clear_call(
        customer_id=WHO, case_id=None, contact_point_id=point, at=cast.NOW, actor="test", gate=gate
    )


def rows(count: int, channel: str, outcome: str) -> list[tuple[str, str, str]]:
    return [(EARLIER.format(minute=minute), channel, outcome) for minute in range(count)]


class TestMessages:
    def test_the_lenders_own_text_of_today_holds_ours_until_tomorrow(self, gate: Gate, tmp_path: Path) -> None:
        take(tmp_path, *rows(1, "短信", "SENT"))

        report = contact_plan.plan([message()], at=cast.NOW, actor="test", gate=gate)

        assert report.held == 1
        assert Contact.objects.get().not_before == TOMORROW
        [reason] = Verdict.objects.get().reasons
        assert (reason["rule"], reason["counted"], reason["max"]) == ("LENDER-SMS-1", 1, 1)

    def test_one_that_the_lender_sent_after_we_planned_stops_ours_when_sent(self, gate: Gate, tmp_path: Path) -> None:
        take(tmp_path)
        assert contact_plan.plan([message()], at=cast.NOW, actor="test", gate=gate).planned == 1
        take(tmp_path, *rows(1, "SMS", "UNKNOWN"))

        with closing(adapter.open_channel(folder=tmp_path)) as channel:
            report = contact_send.send_due(at=cast.NOW, limit=9, channels={"SMS": channel}, worker="w", gate=gate)

        assert (report.sent, report.held) == (0, 1)
        contact = Contact.objects.get()
        assert (contact.status, contact.not_before) == (ContactStatus.PLANNED, TOMORROW)

    def test_that_of_yesterday_does_not(self, gate: Gate, tmp_path: Path) -> None:
        take(tmp_path, ("2026-11-22T23:59:59", "SMS", "SENT"))
        assert contact_plan.plan([message()], at=cast.NOW, actor="test", gate=gate).planned == 1

    def test_one_over_a_way_that_nobody_knows_counts_as_a_text_too(self, gate: Gate, tmp_path: Path) -> None:
        take(tmp_path, *rows(1, "pigeon", "SENT"))
        assert contact_plan.plan([message()], at=cast.NOW, actor="test", gate=gate).held == 1


class TestCalls:
    @pytest.mark.parametrize(("made", "allowed"), [(2, True), (3, False)])
    def test_three_connected_calls_by_the_lender_fill_the_day(
        self, gate: Gate, tmp_path: Path, made: int, allowed: bool
    ) -> None:
        take(tmp_path, *rows(made, "phone", "connected"))

        cleared = call(gate, points()[0])

        assert cleared.allowed == allowed
        if not allowed:
            assert [(r.rule, r.counted) for r in cleared.verdict.reasons] == [("CN-GBT45251-VOICE-3", 3)]

    def test_unanswered_ones_count_for_every_number_for_the_tape_does_not_say_which(
        self, gate: Gate, tmp_path: Path
    ) -> None:
        take(tmp_path, *rows(6, "CALL", "NO_ANSWER"))
        for point in points():
            cleared = call(gate, point)
            assert [(r.rule, r.counted) for r in cleared.verdict.reasons] == [("CN-CBA26-ATTEMPT-6", 6)]

    def test_an_outcome_that_nobody_knows_counts_as_connected(self, gate: Gate, tmp_path: Path) -> None:
        take(tmp_path, *rows(3, "CALL", "挂断"))
        assert not call(gate, points()[0]).allowed


class TestKeeping:
    def test_taking_the_same_tape_again_changes_nothing_and_a_later_one_corrects(self, tmp_path: Path) -> None:
        taken = take(tmp_path, *rows(2, "CALL", "NO_ANSWER"))
        assert taken.report["outside_contacts"] == {"new": 2, "changed": 0}
        before = list(OutsideContact.objects.order_by("id").values())

        assert take(tmp_path, *rows(2, "CALL", "NO_ANSWER")).was_known
        assert list(OutsideContact.objects.order_by("id").values()) == before

        later = take(tmp_path, *rows(2, "CALL", "CONNECTED"), as_of=cast.TODAY + timedelta(days=1))
        assert later.report["outside_contacts"] == {"new": 0, "changed": 2}

    def test_what_no_limit_looks_back_at_stays_in_the_lake(self, tmp_path: Path) -> None:
        take(tmp_path, ("2026-07-01T09:00:00", "CALL", "CONNECTED"), *rows(1, "CALL", "CONNECTED"))
        assert OutsideContact.objects.count() == 1
