"""Nights and tapes on the page, and the demo's next day begun from it."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import pytest

from arrears.actions import finish_work, town_plan
from arrears.interfaces.console.nights import next_day
from arrears.interfaces.ui import refused_day
from arrears.records.cases.models import Case
from arrears.records.runs.models import Night, TapeIngest

pytestmark = pytest.mark.django_db
#: The books of these tests have come to 20 November.
PLAN = town_plan.Plan(date(2026, 11, 1), date(2026, 11, 30))


def a_day(evening: Path, *, code: int) -> tuple[str, ...]:
    """A process that lives until the file is there, and ends with the code."""
    waits = f"while not pathlib.Path({str(evening)!r}).exists(): time.sleep(0.01)"
    lives = f"import pathlib, sys, time\n{waits}\nsys.exit({code})"
    return sys.executable, "-c", lives


def wait_until_over() -> next_day.Watch:
    for _ in range(100):
        watch = next_day.watch()
        if watch is not None and not watch.is_running and watch.exit_code is not None:
            return watch
        time.sleep(0.05)
    raise AssertionError("the day never ended")


class TestHalfDone:
    @pytest.mark.parametrize("status", ["RUNNING", "FAILED"])
    def test_a_night_between_books_and_contacts_is_told_on_every_page(self, enter, status):
        client = enter("ANALYST")
        assert "is not finished" not in client.get("/").content.decode()
        newest = Night.objects.order_by("-as_of").first()
        Night.objects.filter(pk=newest.pk).update(status=status, step="CONTACTS", finished_at=None)

        for page in ("/", "/nights/"):
            assert "is not finished: cases show that day already" in client.get(page).content.decode()

    def test_one_that_has_not_reached_the_books_changes_nothing_yet(self, enter):
        client = enter("ANALYST")
        newest = Night.objects.order_by("-as_of").first()
        Night.objects.filter(pk=newest.pk).update(status="FAILED", step="PARTITIONS", finished_at=None)

        assert "is not finished" not in client.get("/nights/").content.decode()


class TestReport:
    def test_every_figure_is_named_and_none_is_dropped(self, enter):
        page = enter("ANALYST").get("/nights/2026-11-20/").content.decode()

        for said in ("Cases opened", "41", "Accounts set aside", "Plan contacts", "24,000"):
            assert said in page

    def test_a_tape_tells_what_was_set_aside_and_why(self, enter):
        page = enter("ANALYST").get("/nights/").content.decode()
        tape = page.partition('href="/tapes/')[2].partition("/")[0]
        report = enter("ANALYST").get(f"/tapes/{tape}/").content.decode()

        assert "the amount is below zero" in report
        assert "Columns kept aside: memo" in report

    def test_a_tape_tells_of_money_that_was_perhaps_told_twice(self, enter):
        tape = TapeIngest.objects.first()
        assert "Perhaps the same money twice" not in enter("ANALYST").get(f"/tapes/{tape.pk}/").content.decode()
        tape.report |= {"perhaps_told_twice": [{"own_id": "console-1", "tape_id": "BANK-7", "account_id": "A1"}]}
        tape.save()

        report = enter("ANALYST").get(f"/tapes/{tape.pk}/").content.decode()

        table = report.partition("Perhaps the same money twice")[2]
        assert "console-1" in table
        assert "BANK-7" in table

    @pytest.mark.parametrize("address", ["/nights/2001-01-01/", "/nights/2026-02-31/", "/tapes/999999/"])
    def test_what_is_not_there_is_not_found(self, enter, address):
        assert enter("ANALYST").get(address).status_code == 404

    def test_it_is_polled_while_it_runs_and_no_longer(self, enter):
        client = enter("ANALYST")
        Night.objects.filter(as_of="2026-11-20").update(status="RUNNING", partitions_done=3, step="PARTITIONS")
        running = client.get("/nights/2026-11-20/").content.decode()
        Night.objects.filter(as_of="2026-11-20").update(status="DONE")
        done = client.get("/nights/2026-11-20/").content.decode()

        assert "every 1s" in running
        assert "3 of 8 partitions decided" in running
        assert "every 1s" not in done

    def test_whoever_watches_it_is_told_that_it_is_done(self, enter):
        polled = {"hx-request": "true", "hx-target": "night-progress"}
        page = enter("ANALYST").get("/nights/2026-11-20/", headers=polled).content.decode()

        assert "is done." in page
        assert "every 1s" not in page


class TestNextDay:
    def test_without_a_town_there_is_no_button_and_no_day(self, enter, settings, tmp_path):
        settings.HOME = tmp_path
        client = enter("SUPERVISOR")

        assert "Live the next day" not in client.get("/nights/").content.decode()
        assert "no demo lender" in client.post("/nights/next/", follow=True).content.decode()

    @pytest.mark.parametrize(("code", "told"), [(0, "has been lived"), (3, "stopped before its end")])
    def test_it_is_watched_to_its_end(self, enter, settings, tmp_path, monkeypatch, code, told):
        settings.HOME = tmp_path
        town_plan.write(tmp_path / "town", PLAN)
        monkeypatch.setattr(next_day, "COMMAND", a_day(tmp_path / "evening", code=code))
        client = enter("SUPERVISOR")
        running = client.post("/nights/next/", follow=True).content.decode()
        second = client.post("/nights/next/", follow=True).content.decode()
        (tmp_path / "evening").touch()
        watch = wait_until_over()

        assert "every 1s" in running
        assert "already being lived" in second
        assert watch.exit_code == code
        over = client.get("/nights/next/", headers={"hx-request": "true", "hx-target": "day-progress"})
        assert told in over.content.decode()
        assert over.headers["HX-Refresh"] == "true"

    def test_a_refused_day_says_why_and_leads_to_the_case(self, enter, settings, tmp_path, monkeypatch):
        settings.HOME = tmp_path
        town_plan.write(tmp_path / "town", PLAN)
        monkeypatch.setattr(next_day, "COMMAND", a_day(tmp_path / "evening", code=1))
        client = enter("SUPERVISOR")
        case = Case.objects.first()
        client.post("/nights/next/")
        refused_day.note(finish_work.ContactNotTold(kind="CALL", case_id=case.pk))
        running = client.get("/nights/next/").content.decode()
        (tmp_path / "evening").touch()
        wait_until_over()
        over = client.get("/nights/next/").content.decode()
        client.post("/nights/next/")
        again = client.get("/nights/next/").content.decode()
        wait_until_over()

        sentence = "A call or visit of this case is open: tell its outcome first."
        assert sentence in over
        assert f"/cases/{case.pk}/" in over
        assert sentence not in running + again

    def test_while_the_first_days_are_lived_the_console_says_how_far_they_are(self, enter, settings, tmp_path):
        settings.HOME = tmp_path
        town_plan.write(tmp_path / "town", PLAN)
        client = enter("SUPERVISOR")
        with town_plan.alone(tmp_path / "town"):
            pages = [client.get(page).content.decode() for page in ("/", "/nights/")]
            watched = client.get("/nights/next/").content.decode()
            refused = client.post("/nights/next/", follow=True).content.decode()
        free = client.get("/nights/").content.decode()

        for page in pages:
            assert "still living its first days: 20 of 30" in page
            assert "Live the next day" not in page
        assert "every 1s" in watched
        assert "already being lived" in refused
        assert "Live the next day" in free

    def test_an_agent_does_not_begin_one(self, enter):
        assert enter("AGENT").post("/nights/next/").status_code == 403
