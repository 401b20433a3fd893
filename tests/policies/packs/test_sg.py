"""Singapore: telling others is taken for harassment, and the night is our own rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

SG = Place(places.pack("sg"), region="SG")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+08:00")


NOON = at("23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = SG
    examples = {
        "SG-POHA-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON),
        "SG-HOURS": Example(TEXT, at("23T21:00:00")),
    }
    presumed = "SG-POHA-DISCLOSURE"
    lifted_by = {"SG-POHA-DISCLOSURE": "THIRD_PARTY", "SG-HOURS": "HOURS"}
    channels = {"SG-HOURS": places.TIMED}
    purposes = {"SG-POHA-DISCLOSURE": places.ALWAYS, "SG-HOURS": places.ALWAYS}
    relations = {"SG-POHA-DISCLOSURE": places.THIRD}
    either = "SG-POHA-DISCLOSURE"
    known = "SG-POHA SG-LICENCE"


class TestPrivacy:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_third_parties_are_not_told(self, relation: str) -> None:
        verdict = SG.judge(contact("LETTER", relation=relation), NOON)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (["SG-POHA-DISCLOSURE"], False, None)
        assert SG.judge(contact("LETTER", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert SG.judge(contact("LETTER", relation=relation), NOON).reasons == ()


class TestHours:
    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_eight_to_nine_by_our_own_rule(self, channel: str, clock: str, allowed: bool) -> None:
        assert SG.judge(contact(channel), at(f"23T{clock}")).allowed is allowed

    def test_the_night_waits_a_letter_does_not(self) -> None:
        assert SG.judge(TEXT, at("23T23:00:00")).not_before == at("24T08:00:00")
        assert SG.judge(contact("LETTER"), at("23T23:00:00")).allowed
