"""What a night that was missed did stands in a case's story on its own day, and says when it was recorded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from tests import market, nights
from tests.interfaces.console.conftest import DAY, everyone, signed_in

from arrears.actions import reverse_payment, wired
from arrears.interfaces.ui import moment
from arrears.records.cases.models import Case, CaseEvent

PAID, BACK, TODAY = (DAY + timedelta(days=days) for days in (2, 4, 7))


@pytest.fixture
def caught_up(db, settings, tmp_path, monkeypatch) -> tuple[Case, Case]:
    """C1's case, paid by the tape on PAID and taken back by day on BACK, and the next one: nights were run on TODAY."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    tape.payment("P1", "A1", PAID, "105.00")
    nights.take(tape, tmp_path, PAID)
    reverse_payment.reverse_payment(
        reversal_id="R1",
        payment_id="P1",
        account_id="A1",
        source="API",
        as_of=BACK,
        at=nights.moment(BACK) + timedelta(hours=10),
        actor="api:1",
    )
    nights.run(TODAY)
    everyone(joined_on=DAY)
    at_ten = wired.Wired(
        now=lambda: nights.moment(TODAY) + timedelta(hours=10), gate=wired.here().gate, open_channels=dict
    )
    monkeypatch.setattr(moment.wired, "here", lambda: at_ten)
    return tuple(Case.objects.order_by("opened_on"))


def story(page: str) -> list[str]:
    """What stands in the timeline, from top to bottom: when and what."""
    heads = re.findall(r'timeline-event-title">([^<]*)</span><time class="timeline-event-at">([^<]*)<', page)
    return [f"{unescape(at)} {unescape(title)}" for title, at in heads]


class TestMissedNight:
    def test_its_events_stand_on_its_day_and_say_when_they_were_recorded(self, caught_up):
        first, second = caught_up
        assert (first.closed_on, second.opened_on) == (PAID, BACK)
        client = signed_in("SUPERVISOR")

        told = story(client.get(f"/cases/{first.pk}/").content.decode())
        again = story(client.get(f"/cases/{second.pk}/").content.decode())

        reversed_at = told.index(f"{BACK} 10:00 Payment reversed: 105.00 CNY")
        closed_at = told.index(f"{PAID} · recorded on {TODAY} 00:00 Case closed")
        assert reversed_at < closed_at < told.index(f"{DAY} 00:00 Case opened")
        opened_at = again.index(f"{BACK} · recorded on {TODAY} 00:00 Case opened")
        assert opened_at < again.index(f"{BACK} 10:00 Payment reversed: 105.00 CNY"), "it opened because of that"

    def test_the_work_that_it_gave_and_took_away_stands_on_its_day_too(self, caught_up):
        first, second = caught_up
        client = signed_in("SUPERVISOR")

        told = story(client.get(f"/cases/{first.pk}/").content.decode())
        again = story(client.get(f"/cases/{second.pk}/").content.decode())

        assert f"{PAID} · recorded on {TODAY} 00:00 Task “Call”: Cancelled" in told
        assert f"{DAY + timedelta(days=1)} · recorded on {TODAY} 00:00 Task “Call”: made" in told
        assert f"{BACK} · recorded on {TODAY} 00:00 Task “Call”: made" in again

    def test_in_chinese(self, caught_up):
        page = signed_in("SUPERVISOR").get(f"/cases/{caught_up[0].pk}/", headers={"accept-language": "zh-hans"})

        assert f"{PAID} · 记录于 {TODAY} 00:00" in page.content.decode()

    def test_the_pages_together_are_the_whole_story_by_day(self, caught_up):
        case = caught_up[1]
        CaseEvent.objects.bulk_create(
            CaseEvent(
                event_id=f"{days:032x}",
                case=case,
                at=datetime(2026, 12, 1, tzinfo=UTC),
                kind="bucket_changed",
                after=f"day {days:02d}",
                actor="night",
                data={"as_of": str(DAY - timedelta(days=days))},
            )
            for days in range(60)
        )
        client, found, address = signed_in("SUPERVISOR"), [], f"/cases/{case.pk}/"
        while address:
            answer = client.get(address).context
            found += [line for one in answer["entries"] for line in one.lines if line.startswith("day ")]
            address = f"/cases/{case.pk}/?until={answer['older']}" if answer["older"] else ""

        assert found == [f"day {days:02d}" for days in range(60)]


class TestSchedule:
    def test_of_a_case_that_is_over_says_of_which_day_it_is(self, caught_up):
        first, second = caught_up
        client = signed_in("SUPERVISOR")
        said = f"The amounts above are those that this case showed last, on {PAID}."

        assert said in client.get(f"/cases/{first.pk}/").content.decode()
        assert "this case showed last" not in client.get(f"/cases/{second.pk}/").content.decode()
