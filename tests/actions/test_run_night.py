"""The night: done once, done again, done after a kill, done days late; always the same books."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import market, nights

from arrears.actions import run_night
from arrears.decisions import engines
from arrears.interfaces.console.nights import report
from arrears.records.cases.models import Case, CaseAccount, CaseEvent
from arrears.records.contacts.models import Contact
from arrears.records.runs.models import Night, RunStatus

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 3


@pytest.fixture
def taken(tmp_path):
    nights.take(market.mixed(DAY), tmp_path, DAY)


class TestANight:
    def test_opens_a_case_for_each_overdue_customer_and_no_other(self, taken):
        nights.run(DAY)

        overdue = set(CaseAccount.objects.filter(dpd__gt=0).values_list("case__person_id", flat=True))
        assert set(Case.objects.values_list("person_id", flat=True)) == overdue
        assert len(overdue) == 15

    def test_says_which_rule_put_a_case_in_its_stage(self, taken):
        nights.run(DAY)

        assert not Case.objects.filter(stage_rule=0).exists()
        opened = CaseEvent.objects.get(case__person_id="C002", kind="opened")
        assert opened.after == "EARLY"
        assert opened.reason.startswith("stage rule ")

    def test_warns_before_the_due_date_without_a_case(self, taken):
        nights.run(DAY)

        reminder = Contact.objects.get(person_id="C001")
        assert reminder.case_id is None
        assert reminder.facts["days"] == 3
        assert not Case.objects.filter(person_id="C001").exists()

    def test_plans_through_the_gate_and_holds_until_it_may_go_out(self, taken):
        nights.run(DAY)

        planned = Contact.objects.filter(status="PLANNED")
        assert planned.exists()
        assert all(contact.not_before > nights.moment(DAY) for contact in planned)

    def test_refuses_a_date_before_the_books(self, taken):
        nights.run(DAY)

        with pytest.raises(run_night.NightHasPassed):
            nights.run(DAY - timedelta(days=1))

    def test_refuses_a_lake_without_a_tape(self):
        with pytest.raises(engines.NoTape):
            nights.run(DAY)


def _paths(figures: Mapping[str, Any], under: str = "") -> Iterator[str]:
    for name, value in figures.items():
        yield f"{under}{name}"
        if isinstance(value, dict):
            yield from _paths(value, f"{under}{name}.")


class TestReportInWords:
    def test_every_figure_that_a_night_writes_has_words(self, taken):
        nights.approve_retention_on(DAY)
        nights.run(DAY)
        nights.run(DAY + timedelta(days=2))  # the day between has passed, and tells of contacts that it does not plan

        written = [night.figures for night in Night.objects.order_by("as_of")]
        assert [("day_has_passed" in one["contacts"], "retention" in one) for one in written] == [
            (False, True),
            (True, False),
            (False, True),
        ]
        for figures in written:
            told = {line.label for line in report.lines(figures)}
            assert not told & {*_paths(figures)}
            assert len(told) > 25


class TestTwice:
    def test_changes_no_byte_and_no_row(self, taken):
        nights.run(DAY)
        lake, books = nights.lake_bytes(), nights.books_rows()

        report = nights.run(DAY)[-1]

        assert report.was_done
        assert nights.lake_bytes() == lake
        assert nights.books_rows() == books

    def test_changes_nothing_when_every_step_is_run_again(self, taken):
        """As after a kill between the books' commit and its note: each step meets its own work."""
        nights.run(DAY)
        lake, books = nights.lake_bytes(), nights.books_rows()
        Night.objects.update(status=RunStatus.RUNNING, step="PARTITIONS")

        report = nights.run(DAY)[-1]

        assert not report.was_done
        assert nights.lake_bytes() == lake
        assert nights.books_rows() == books


class TestAfterAKill:
    @pytest.mark.parametrize("after", range(3))
    def test_resumes_at_the_first_unfinished_partition_and_ends_with_the_same_bytes(self, taken, after, monkeypatch):
        nights.run(DAY)
        whole, books = nights.lake_bytes(), nights.books_rows()
        forget_the_night()

        with pytest.raises(Killed):
            nights.run(DAY, progress=kill_after("PARTITIONS", after + 1))
        decided = []
        real = engines.decide
        monkeypatch.setattr(engines, "decide", lambda job, part: (decided.append(part), real(job, part)))
        nights.run(DAY)

        assert decided == list(range(after + 1, 3))
        assert nights.lake_bytes() == whole
        assert nights.books_rows() == books

    @pytest.mark.parametrize("table", ["facts", "positions", "quarantined", "manifests", "summaries"])
    def test_what_was_being_written_then_does_not_stay(self, taken, table, monkeypatch):
        nights.run(DAY)
        whole, books = nights.lake_bytes(), nights.books_rows()
        forget_the_night()

        def killed(beside: Path, path: Path) -> None:
            if table in path.parts:
                beside.rename(beside.with_suffix(".1"))  # another process will run the night again
                raise Killed
            beside.rename(path)

        with monkeypatch.context() as until_then:
            until_then.setattr(Path, "replace", killed)
            with pytest.raises(Killed):
                nights.run(DAY)
        assert nights.lake_bytes().keys() - whole.keys()
        nights.run(DAY)

        assert nights.lake_bytes() == whole
        assert nights.books_rows() == books

    @pytest.mark.parametrize("step", ["FACTS", "FIGURES", "BOOKS", "CONTACTS"])
    def test_can_be_killed_after_each_other_step(self, taken, step):
        nights.run(DAY)
        whole, books = nights.lake_bytes(), nights.books_rows()
        forget_the_night()

        with pytest.raises(Killed):
            nights.run(DAY, progress=kill_after(step, 1))
        nights.run(DAY)

        assert nights.lake_bytes() == whole
        assert nights.books_rows() == books
        assert Night.objects.get().status == RunStatus.DONE

    def test_a_failure_is_told_and_the_night_can_be_run_again(self, taken, monkeypatch):
        def broken(*_: object) -> None:
            raise OSError("the disk is full, at 欧阳槿楠 13976543218")

        monkeypatch.setattr(engines, "decide", broken)
        with pytest.raises(OSError, match="disk"):
            nights.run(DAY)
        night = Night.objects.get()
        assert night.status == RunStatus.FAILED
        kind, _, place = night.error.partition(" at ")
        assert kind == "OSError", "its own words may name somebody, so they are not kept"
        assert re.fullmatch(r"\S+\.py:\d+ broken", place)

        monkeypatch.undo()


class TestCatchingUp:
    def test_is_the_same_as_running_day_by_day(self, taken):
        for days in range(5):
            nights.run(DAY + timedelta(days=days))
        lake, books = nights.lake_bytes(), nights.books_rows(exact=False)
        forget_the_night()

        nights.run(DAY)
        reports = nights.run(DAY + timedelta(days=4))

        assert [report.as_of for report in reports] == [DAY + timedelta(days=n) for n in range(1, 5)]
        assert decisions(nights.lake_bytes()) == decisions(lake)
        for name in ("Case", "CaseAccount", "WorkItem", "WriteOff"):
            assert nights.books_rows(exact=False)[name] == books[name]

    def test_plans_no_contact_for_a_day_that_has_passed(self, taken):
        nights.run(DAY)
        nights.run(DAY + timedelta(days=3))

        assert set(Contact.objects.values_list("as_of", flat=True)) <= {DAY, DAY + timedelta(days=3)}

    def test_ages_a_missed_day_as_of_that_day(self, tmp_path):
        """The newest tape knows a payment of the day after: the missed night must not count it yet."""
        tape = market.Tape()
        tape.customer("C1")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=5))
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        tape.payment("P1", "A1", DAY + timedelta(days=2), "105.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=2))

        nights.run(DAY + timedelta(days=2))

        kinds = list(CaseEvent.objects.order_by("data__as_of").values_list("kind", "data__as_of"))
        assert kinds == [("opened", str(DAY)), ("closed", str(DAY + timedelta(days=2)))]
        assert Case.objects.get().close_reason == "CURED"


class TestABadAccount:
    def test_does_not_stop_the_night_and_is_named(self, tmp_path, monkeypatch):
        nights.take(market.mixed(DAY), tmp_path, DAY)
        break_ageing_of("A002", monkeypatch)

        report = nights.run(DAY)[-1]

        assert report.figures["quarantined"] == 1
        assert report.figures["quarantined_accounts"][0]["account_id"] == "A002"
        assert Case.objects.count() == 14
        assert not Contact.objects.filter(person_id="C002").exists()

    def test_leaves_an_open_case_as_it_stands(self, tmp_path, monkeypatch):
        nights.take(market.mixed(DAY), tmp_path, DAY)
        nights.run(DAY)
        before = Case.objects.values().get(person_id="C002")
        break_ageing_of("A002", monkeypatch)

        nights.run(DAY + timedelta(days=1))

        assert Case.objects.values().get(person_id="C002") == before


def forget_the_night() -> None:
    """Back to the morning before: the tape is in, no night was run."""
    nights.empty_books()
    nights.forget_nights()


def kill_after(step: str, count: int):
    def progress(on: date, name: str, done: int, total: int) -> None:
        if name == step and done >= count:
            raise Killed

    return progress


def break_ageing_of(account_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel meets data of one account that it cannot lay out."""
    real = engines.pipeline.isolation.ageing.age

    def age(tables, **settings):
        if account_id in tables["accounts"]["account_id"]:
            raise OverflowError(f"{account_id} does not fit")
        return real(tables, **settings)

    monkeypatch.setattr(engines.pipeline.isolation.ageing, "age", age)


def decisions(files: dict[str, str]) -> dict[str, str]:
    """Positions and standings alone: facts and actions see what the books held, manifests name those facts."""
    return {name: digest for name, digest in files.items() if name.startswith(("positions/", "standings/"))}
