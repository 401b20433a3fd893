"""What the wiring chooses: the books' clock, the lender's own policy files, the adapters that the settings name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import cast

from arrears import policies
from arrears.actions import sign_in, wired
from arrears.channels.registry import UnknownChannel
from arrears.config import checks, speaking, wiring
from arrears.kernel import clock
from arrears.records.audit.models import Event
from arrears.records.runs.models import Night


@pytest.mark.django_db
class TestClock:
    def test_today_is_the_day_of_the_newest_finished_night(self, settings: Any) -> None:
        settings.CLOCK = "books"
        for as_of, status in [(date(2017, 2, 27), "DONE"), (date(2017, 2, 28), "DONE"), (date(2017, 3, 1), "RUNNING")]:
            Night.objects.create(as_of=as_of, status=status, started_at=cast.NOW, partitions=1)
        assert clock.business_date(wiring.now(), settings.LENDER_ZONE) == date(2017, 2, 28)

    def test_before_the_first_night_and_in_production_it_is_the_machines(self, settings: Any) -> None:
        assert isinstance(wiring.clock(), clock.SystemClock)
        Night.objects.create(as_of=date(2017, 2, 28), status="DONE", started_at=cast.NOW, partitions=1)
        settings.CLOCK = "system"
        assert isinstance(wiring.clock(), clock.SystemClock)


class TestChannels:
    def test_the_named_adapter_is_opened_and_closed(self, settings: Any, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        channels = wiring.open_channels()
        assert {name: channel.kind for name, channel in channels.items()} == {"SMS": "sandbox"}
        wired.close_channels(channels)
        wired.close_channels(channels)

    def test_one_that_nobody_speaks_is_refused(self, settings: Any) -> None:
        settings.CHANNELS = {"SMS": "pigeon_post"}
        with pytest.raises(UnknownChannel):
            wiring.open_channels()

    def test_nothing_real_is_opened_in_the_name_of_the_example(self, settings: Any, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        settings.CHANNELS = {"SMS": "sms_smpp"}
        with pytest.raises(speaking.ExampleInstitution, match=r"hotline, zh-hans\.institution") as refusal:
            wiring.open_channels()
        assert str(tmp_path / "policies" / "institution.toml") in str(refusal.value)
        assert [one.id for one in checks.institution_is_ours()] == ["arrears.E003"]
        own = tmp_path / "policies" / "institution.toml"
        own.parent.mkdir()
        shipped = (policies.folder() / "institution.toml").read_text(encoding="utf-8")
        half = shipped.replace("400-000-0000", "400-820-0001").replace("示例消费金融", "江海消费金融")
        own.write_text(half, encoding="utf-8")
        with pytest.raises(speaking.ExampleInstitution, match=r"fill in en\.institution, en\.repay_at in"):
            speaking.check()
        own.write_text(half.replace("Example Finance", "Jianghai Finance"), encoding="utf-8")
        speaking.check()
        assert checks.institution_is_ours() == []

    def test_nothing_real_is_opened_by_the_books_clock_unless_it_was_chosen(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(speaking, "check", lambda: None)
        settings.CLOCK, settings.CLOCK_IS_CHOSEN = "books", False
        speaking.check_clock()  # the sandbox reaches nobody
        settings.CHANNELS = {"SMS": "sms_smpp"}
        with pytest.raises(speaking.UnchosenClock, match=r"\(SMS by sms_smpp\) .* set ARREARS_CLOCK=system"):
            wiring.open_channels()
        assert [one.id for one in checks.clock_is_chosen()] == ["arrears.E010"]
        settings.CLOCK_IS_CHOSEN = True
        speaking.check_clock()
        settings.CLOCK, settings.CLOCK_IS_CHOSEN = "system", False
        speaking.check_clock()
        assert checks.clock_is_chosen() == []

    def test_the_sandbox_may_speak_as_the_example(self, settings: Any, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        speaking.check()

    def test_what_did_not_change_is_read_once(self) -> None:
        assert wired.here().gate is wired.here().gate


@pytest.mark.django_db
def test_who_signs_in_is_told_by_the_same_clock_as_all_else(settings: Any) -> None:
    """In a demo the books stand on another day; waits and sessions go by the machine's clock all the same."""
    settings.CLOCK = "books"
    Night.objects.create(as_of=date(2017, 2, 28), status="DONE", started_at=cast.NOW, partitions=1)
    wall = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)
    sign_in.entered(user_id=cast.collector().pk, is_proved=False, at=wall)
    at = Event.objects.get(kind="access.signed_in").at
    assert clock.business_date(at, settings.LENDER_ZONE) == date(2017, 2, 28)
    assert at.astimezone(UTC).time() == wall.time()
    settings.CLOCK = "system"
    assert wiring.told(wall) == wall
