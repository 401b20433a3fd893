"""South Africa: an old debt is looked into before it is collected, and the night is our own rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

from arrears.rules.compliance import judging
from arrears.rules.compliance.facts import BorrowerFacts

ZA = Place(places.pack("za"), region="ZA")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+02:00")


NOON = at("23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = ZA
    examples = {
        "ZA-NCA-PRESCRIPTION": Example(contact("CALL"), NOON),
        "ZA-HOURS": Example(TEXT, at("23T21:00:00")),
    }
    advised = "ZA-NCA-PRESCRIPTION"
    lifted_by = {"ZA-HOURS": "HOURS"}
    channels = {"ZA-HOURS": places.TIMED}
    purposes = {"ZA-HOURS": places.ALWAYS}
    known = "ZA-NCA"


class TestPrescription:
    @pytest.mark.parametrize(
        ("dpd", "rules"),
        [(0, []), (1094, []), (1095, ["ZA-NCA-PRESCRIPTION"]), (None, ["ZA-NCA-PRESCRIPTION"])],
    )
    def test_three_years_overdue_are_looked_into(self, dpd: int | None, rules: list[str]) -> None:
        verdict = judging.judge(ZA.pack, contact("CALL"), BorrowerFacts(region="ZA", dpd=dpd), (), at=NOON)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (rules, True, None)


class TestHours:
    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_eight_to_nine_by_our_own_rule(self, channel: str, clock: str, allowed: bool) -> None:
        assert ZA.judge(contact(channel), at(f"23T{clock}")).allowed is allowed

    def test_the_night_waits_a_letter_does_not(self) -> None:
        assert ZA.judge(TEXT, at("23T23:00:00")).not_before == at("24T08:00:00")
        assert ZA.judge(contact("LETTER"), at("23T23:00:00")).allowed
