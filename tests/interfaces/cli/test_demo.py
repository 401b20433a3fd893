"""What the demo says when it opens: who else may sign in, and why nobody may be called now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from arrears.actions import wired
from arrears.interfaces.cli import demo

PACK = wired.here().gate.pack


@pytest.mark.parametrize(("hour", "minute", "local"), [(22, 42, "06:42"), (14, 0, "22:00"), (23, 59, "07:59")])
def test_closed_hours_are_told_in_both_languages(hour: int, minute: int, local: str, settings) -> None:
    settings.LENDER_ZONE = "Asia/Shanghai"
    english, chinese = demo.hours(datetime(2026, 11, 25, hour, minute, tzinfo=UTC), PACK).split("\n")
    assert english == (
        f"It is {local} in Asia/Shanghai, where these borrowers live: the gate lets nobody call before 08:00."
    )
    assert local in chinese


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (13, 59)])
def test_open_hours_need_no_word(hour: int, minute: int, settings) -> None:
    settings.LENDER_ZONE = "Asia/Shanghai"
    assert demo.hours(datetime(2026, 11, 25, hour, minute, tzinfo=UTC), PACK) == ""


def test_the_other_log_ins_are_named_with_their_roles_and_place() -> None:
    line = demo.others(Path("var/demo/keys/demo-staff.json"))
    assert line.endswith("var/demo/keys/demo-staff.json")
    for name, (_, role) in demo.STAFF.items():
        assert (f"{name} {role}" in line) == (name not in demo.SHOWN)
