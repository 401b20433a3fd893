"""Malaysia: no figures could be verified, and the night is our own rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, contact

MY = Place(places.pack("my"), region="MY")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+08:00")


class TestEveryRule(places.EveryRule):
    place = MY
    examples = {"MY-HOURS": Example(TEXT, at("23T21:00:00"))}
    lifted_by = {"MY-HOURS": "HOURS"}
    channels = {"MY-HOURS": places.TIMED}
    purposes = {"MY-HOURS": places.ALWAYS}
    known = "MY-CCA25"


class TestHours:
    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_eight_to_nine_by_our_own_rule(self, channel: str, clock: str, allowed: bool) -> None:
        assert MY.judge(contact(channel), at(f"23T{clock}")).allowed is allowed

    def test_the_night_waits_a_letter_does_not(self) -> None:
        assert MY.judge(TEXT, at("23T23:00:00")).not_before == at("24T08:00:00")
        assert MY.judge(contact("LETTER"), at("23T23:00:00")).allowed
