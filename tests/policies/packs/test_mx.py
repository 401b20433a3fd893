"""Mexico: from seven to ten by the clock of the place."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, contact

MX = Place(places.pack("mx"), timezone="America/Mexico_City")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-06:00")


class TestEveryRule(places.EveryRule):
    place = MX
    examples = {"MX-HOURS": Example(TEXT, at("23T22:00:00"))}
    channels = {"MX-HOURS": places.TIMED}
    purposes = {"MX-HOURS": places.ALWAYS}
    known = "MX-HOURS"


class TestHours:
    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("06:59:59", False), ("07:00:00", True), ("21:59:59", True), ("22:00:00", False)]
    )
    def test_from_seven_to_ten_on_any_day(self, channel: str, clock: str, allowed: bool) -> None:
        for day in range(23, 30):
            assert MX.judge(contact(channel), at(f"{day}T{clock}")).allowed is allowed

    def test_the_night_waits_a_letter_does_not(self) -> None:
        assert MX.judge(TEXT, at("23T23:00:00")).not_before == at("24T07:00:00")
        assert MX.judge(contact("LETTER"), at("23T23:00:00")).allowed

    def test_where_nobody_knows_the_place_every_clock_binds(self) -> None:
        anywhere = Place(MX.pack, region="MX")
        assert not anywhere.judge(TEXT, at("23T08:59:59")).allowed  # not yet seven in Tijuana
        assert anywhere.judge(TEXT, at("23T09:00:00")).allowed
        assert anywhere.judge(TEXT, at("23T20:59:59")).allowed
        assert anywhere.judge(TEXT, at("23T21:00:00")).not_before == at("24T09:00:00")  # ten in Cancún
