"""`arrears privacy`: the schedule with its sources, a dry run that deletes nothing, and an application for good."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from tests import market, nights
from typer.testing import CliRunner

from arrears.actions import approve_retention, take_complaint, take_payment, wired, work_complaint
from arrears.interfaces.cli import privacy as command
from arrears.interfaces.cli import setup
from arrears.kernel.errors import Refusal
from arrears.records.cases.models import Case
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import Intake
from arrears.records.people.models import ContactPoint, Person
from arrears.records.rights import holds
from arrears.records.rights.models import Erasure

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 11, 23), date(2032, 12, 1)


@pytest.fixture
def settled(settings, tmp_path, monkeypatch):
    """C1 has paid everything; the clock stands six years later."""
    monkeypatch.setattr(setup, "ensure_ready", lambda **_: None)
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=9), instalments=1)
    with nights.lake_in(tmp_path, partitions=1):
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        take_payment.take_payment(
            payment_id="P1",
            account_id="A1",
            amount_minor=Case.objects.get().outstanding_minor,
            currency="CNY",
            paid_on=DAY,
            channel="BANK",
            as_of=DAY,
            at=nights.moment(DAY) + timedelta(hours=2),
            source="API",
            actor="test",
        )
        nights.run(DAY + timedelta(days=1))
        fixed = wired.Wired(now=lambda: nights.moment(LATER), gate=wired.here().gate, open_channels=dict)
        monkeypatch.setattr(command.wired, "here", lambda: fixed)
        yield


@pytest.fixture
def approved(settled):
    """Two people approved the schedule in force on the day that the clock stands at."""
    nights.approve_retention_on(LATER)


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(command.app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def refused(*words: str) -> str:
    """Why a command was refused; `arrears` says it in one line and ends with 1."""
    result = CliRunner().invoke(command.app, list(words))
    assert isinstance(result.exception, Refusal), result.output
    return str(result.exception)


def test_the_schedule_tells_each_row_with_source_and_doubt(settled):
    rows = json.loads(run("schedule", "--json"))
    assert {"CN-AML-RET", "CN-CONSFIN24-RECORDS", "LENDER-RETENTION-POINTS"} <= {row["rule_id"] for row in rows}
    assert all(row["citation"] and row["confidence"] for row in rows)
    assert "memory_high" in run("schedule")
    assert [(row["days"], row["confidence"]) for row in rows if row["kind"] == "STRANGERS"] == [(90, "own_choice")]
    assert "90 d from the message" in run("schedule")


def test_a_dry_run_tells_what_is_due_and_deletes_nothing(settled):
    told = json.loads(run("retain", "--dry-run", "--json"))
    assert list(told["due"]) == ["C1"]
    assert "CONTACT_POINTS" in told["due"]["C1"]
    assert "1 people have something that is due; nothing was deleted" in run("retain", "--dry-run")
    assert ContactPoint.objects.count() == 1


def test_applied_it_deletes_and_applied_again_nothing_more(approved):
    assert "1 people: something was deleted" in run("retain", "--apply")
    assert not ContactPoint.objects.exists()
    assert Person.objects.get().name_sealed  # kept for ten years by another law
    assert "0 people: something was deleted" in run("retain", "--apply")
    assert Erasure.objects.count() == 1


def test_what_two_people_did_not_approve_is_not_deleted_by_hand_either(settled):
    told = refused("retain", "--apply")
    assert told == (
        "Nothing was deleted: two people have to approve the retention schedule in force first, "
        "on the console's page Privacy, Retention."
    )
    standing = approve_retention.standing(wired.here().gate, on=LATER)
    by = {"seen": standing.fingerprint, "gate": wired.here().gate, "on": LATER, "at": nights.moment(LATER)}
    approve_retention.ask(actor="user:1", **by)
    assert refused("retain", "--apply") == told, "asked for is not approved"
    assert (ContactPoint.objects.count(), Erasure.objects.count()) == (1, 0)
    approve_retention.approve(actor="user:2", **by)
    assert "1 people: something was deleted" in run("retain", "--apply")


def test_what_will_be_due_by_a_day_is_only_looked_at(settled):
    assert "IDENTITY" in json.loads(run("retain", "--dry-run", "--as-of", "2040-01-01", "--json"))["due"]["C1"]
    run("retain", "--apply", "--as-of", "2040-01-01", code=2)
    run("retain", code=2)
    assert not Erasure.objects.exists()


def test_a_hold_is_told_and_nothing_is_deleted(approved):
    wanted = holds.Wanted("h" * 32, "C1", "REGULATOR", "asked")
    holds.put(wanted, at=nights.moment(DAY), actor="user:1")
    assert json.loads(run("retain", "--dry-run", "--json"))["held"] == ["C1"]
    assert "0 people" in run("retain", "--apply")
    assert ContactPoint.objects.exists()


def test_complaints_of_nobody_known_are_told_apart_and_go_as_well(approved):
    complaint_id, at = "a" * 32, nights.moment(DAY)
    intake = Intake(complaint_id, "", "", "WRITTEN", "THIRD_PARTY", "CONDUCT", "说话难听")
    take_complaint.take(intake=intake, at=at, actor="user:1", gate=wired.here().gate)
    work_complaint.withdraw(complaint_id=complaint_id, turn=None, note="taken back", at=at, actor="user:1")

    assert json.loads(run("retain", "--dry-run", "--json"))["complaints_of_nobody"] == [complaint_id]
    assert re.search(r"complaints of nobody known +1\n", run("retain", "--dry-run"))
    assert re.search(r"complaints of nobody known +1\n", run("retain", "--apply"))
    assert Complaint.objects.get().text_sealed is None
