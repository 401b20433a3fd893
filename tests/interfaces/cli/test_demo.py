"""What the demo says when it opens: who else may sign in, and why nobody may be called now."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from arrears.actions import live_day, town_plan, wired
from arrears.decisions.lake import changing
from arrears.interfaces.cli import demo, demo_town
from arrears.kernel.errors import InvalidInput

PACK = wired.here().gate.pack


@pytest.mark.parametrize(("hour", "minute", "local"), [(22, 42, "06:42"), (14, 0, "22:00"), (23, 59, "07:59")])
def test_closed_hours_are_told_in_both_languages(hour: int, minute: int, local: str, settings) -> None:
    settings.LENDER_ZONE = "Asia/Shanghai"
    english, chinese = demo_town.hours(datetime(2026, 11, 25, hour, minute, tzinfo=UTC), PACK).split("\n")
    assert english == (
        f"It is {local} in Asia/Shanghai, where these borrowers live: the gate lets nobody call before 08:00."
    )
    assert local in chinese


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (13, 59)])
def test_open_hours_need_no_word(hour: int, minute: int, settings) -> None:
    settings.LENDER_ZONE = "Asia/Shanghai"
    assert demo_town.hours(datetime(2026, 11, 25, hour, minute, tzinfo=UTC), PACK) == ""


def test_the_other_log_ins_are_named_with_their_roles_and_place() -> None:
    line = demo_town.others(Path("var/demo/keys/demo-staff.json"))
    assert line.endswith("var/demo/keys/demo-staff.json")
    for name, (_, role) in demo_town.STAFF.items():
        assert (f"{name} {role}" in line) == (name not in demo_town.SHOWN)


@pytest.mark.django_db(transaction=True)  # the day sets its connection up, which no transaction allows
def test_a_day_that_is_refused_leaves_its_reason_for_who_watches_it(settings, tmp_path: Path) -> None:
    settings.HOME, settings.LAKE = tmp_path, tmp_path / "lake"
    town = {"gate": wired.here().gate, "zone": "Asia/Shanghai", "borrowers": 20, "seed": 7}
    live_day.Town.found(tmp_path / "town", start_on=date(2026, 11, 23), **town)
    town_plan.write(tmp_path / "town", town_plan.Plan(date(2026, 11, 23), date(2026, 11, 23)))
    with changing.alone(settings.LAKE, changing.NIGHT), pytest.raises(changing.NightIsRunning):
        demo.command(next_day=True)

    assert json.loads((tmp_path / "town" / "next-day-refused.json").read_text())["code"] == "night_is_running"


def test_a_next_day_is_audited_where_that_is_asked_for(settings, tmp_path: Path, monkeypatch) -> None:
    audited, town = [], SimpleNamespace()
    town_plan.write(tmp_path / "town", town_plan.Plan(date(2026, 11, 1), date(2026, 11, 9)))
    settings.HOME = tmp_path
    monkeypatch.setattr(demo_town.setup, "ensure_ready", lambda: None)
    monkeypatch.setattr(demo_town, "_reopened", lambda folder: town)
    monkeypatch.setattr(demo_town, "_live", lambda lived, days: days)
    monkeypatch.setattr(demo_town, "_audit", lambda *asked, one_in: audited.append((*asked, one_in)))
    demo.command(next_day=True)
    assert audited == []
    demo.command(next_day=True, audit=True)
    assert audited == [(town, town_plan.read(tmp_path / "town"), 1)]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"next_day": True, "borrowers": 5, "port": 1}, "--borrowers, --port means nothing beside --next-day"),
        ({"next_day": True, "days": 5}, "--days means nothing beside --next-day"),
        ({"next_day": True, "no_serve": True}, "--no-serve means nothing beside --next-day"),
        ({"next_day": True, "seed": 0}, "--seed means nothing beside --next-day"),
        ({"no_serve": True, "host": "0.0.0.0"}, "--host means nothing beside --no-serve"),
    ],
)
def test_what_means_nothing_together_is_refused(asked, told, monkeypatch) -> None:
    monkeypatch.setattr(demo, "_town", lambda: pytest.fail("something was done"))
    with pytest.raises(InvalidInput, match=told):
        demo.command(**asked)


def test_a_home_that_has_its_town_says_so_when_another_is_asked_for(settings, tmp_path: Path, capsys) -> None:
    settings.HOME = tmp_path
    demo_town.tell_kept(tmp_path / "town", borrowers=50, days=9, seed=1)
    town_plan.write(tmp_path / "town", town_plan.Plan(date(2026, 11, 1), date(2026, 11, 9)), borrowers=40, seed=7)
    demo_town.tell_kept(tmp_path / "town", borrowers=40, days=None, seed=7)
    assert capsys.readouterr().out == ""
    demo_town.tell_kept(tmp_path / "town", borrowers=50, days=9, seed=1)
    told = capsys.readouterr().out
    assert f"{tmp_path} keeps the town it was founded with (--borrowers 40, --seed 7)" in told


@pytest.mark.parametrize(
    ("founded_ago", "typed_ago", "opens"),
    [
        (10, None, False),
        (demo_town.PATIENCE, None, True),
        (10, demo_town.PATIENCE, True),
        (demo_town.PATIENCE, 1, True),
        (10, 11, False),
    ],
)
def test_the_wait_counts_from_the_command_or_the_founding(tmp_path, monkeypatch, founded_ago, typed_ago, opens) -> None:
    plan = town_plan.Plan(date(2026, 8, 1), date(2026, 11, 23))
    town_plan.write(tmp_path, plan)
    now = time.time()
    os.utime(town_plan.path(tmp_path), (now - founded_ago,) * 2)
    monkeypatch.delenv(demo_town.BEGAN, raising=False)
    if typed_ago:
        monkeypatch.setenv(demo_town.BEGAN, str(int(now - typed_ago)))

    assert demo_town._may_open(tmp_path, plan, date(2026, 11, 1)) == opens
    assert not demo_town._may_open(tmp_path, plan, date(2026, 8, 3))  # a week of nights is not enough to show


class TestOpenedEarly:
    """The console opens while the last days are still lived; they go on beside it, and are lived once."""

    @pytest.fixture
    def opened(self, settings, tmp_path: Path, monkeypatch) -> dict[str, list[object]]:
        settings.HOME, settings.LAKE = tmp_path, tmp_path / "lake"
        (tmp_path / "keys").mkdir()
        told: dict[str, list[object]] = {"served": [], "beside": []}
        monkeypatch.setattr(demo_town, "SHOWN_FROM_DAYS", 2)
        monkeypatch.setattr(demo_town, "PATIENCE", 0)
        monkeypatch.setattr(demo, "_kernel_made_beside", lambda: SimpleNamespace(wait=lambda: 0))
        monkeypatch.setattr(demo_town, "_pages_made_beside", lambda: None)
        monkeypatch.setattr(demo_town, "_serve", lambda host, port: told["served"].append(port))
        monkeypatch.setattr(demo_town, "_live_the_rest_beside", lambda: told["beside"].append(True))
        return told

    @pytest.mark.django_db(transaction=True)
    def test_after_enough_days_the_rest_are_lived_beside_and_audited(self, opened, tmp_path, capsys) -> None:
        demo.command(borrowers=20, days=3, seed=7, port=18_431)
        first = capsys.readouterr()
        demo.command(no_serve=True)
        rest = capsys.readouterr()

        assert opened == {"served": [18_431], "beside": [True]}
        assert "2 of 3 days are lived" in first.out
        assert "3 天中已过 2 天" in first.out
        assert "audited" not in first.err
        assert "day 1 of 1" in rest.err
        assert "audited" in rest.err
        assert demo_town.still_lived(tmp_path / "town") == ""

    @pytest.mark.django_db(transaction=True)
    def test_a_start_while_they_are_lived_only_serves(self, opened, tmp_path) -> None:
        demo.command(borrowers=20, days=3, seed=7, port=18_431)
        with town_plan.alone(tmp_path / "town"):
            demo.command(port=18_431)
            with pytest.raises(town_plan.DayIsBeingLived):
                demo.command(no_serve=True)

        assert opened == {"served": [18_431] * 2, "beside": [True]}
