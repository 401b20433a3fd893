"""Brazil: others are not told, the night is rest, and hours are advised where no law gives any."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

BR = Place(places.pack("br"), timezone="America/Sao_Paulo")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-03:00")


NOON = at("23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = BR
    examples = {
        "BR-CDC-42-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON),
        "BR-HOURS": Example(TEXT, at("23T20:00:00")),
        "BR-CDC-71-NIGHT": Example(TEXT, at("23T22:00:00")),
    }
    presumed = "BR-CDC-42-DISCLOSURE BR-CDC-71-NIGHT"
    advised = "BR-HOURS"
    lifted_by = {"BR-CDC-42-DISCLOSURE": "THIRD_PARTY", "BR-HOURS": "HOURS", "BR-CDC-71-NIGHT": "HOURS"}
    channels = {"BR-HOURS": places.EVERY, "BR-CDC-71-NIGHT": places.TIMED}
    purposes = {
        "BR-CDC-42-DISCLOSURE": places.ALWAYS,
        "BR-HOURS": places.ALWAYS,
        "BR-CDC-71-NIGHT": places.ALWAYS,
    }
    relations = {"BR-CDC-42-DISCLOSURE": places.THIRD}
    either = "BR-CDC-42-DISCLOSURE"
    known = "BR-CDC-42 BR-CDC-71 BR-HOURS"


class TestHours:
    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "rules"),
        [("07:59:59", ["BR-HOURS"]), ("08:00:00", []), ("19:59:59", []), ("20:00:00", ["BR-HOURS"])],
    )
    def test_from_eight_to_eight_as_advice(self, channel: str, clock: str, rules: list[str]) -> None:
        verdict = BR.judge(contact(channel), at(f"23T{clock}"))
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (rules, True, None)

    @pytest.mark.parametrize("channel", places.TIMED.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("06:59:59", False), ("07:00:00", True), ("21:59:59", True), ("22:00:00", False)]
    )
    def test_the_night_is_rest_by_presumption(self, channel: str, clock: str, allowed: bool) -> None:
        verdict = BR.judge(contact(channel), at(f"23T{clock}"))
        assert verdict.allowed is allowed
        assert ("BR-CDC-71-NIGHT" in cited(verdict)) is not allowed

    def test_the_night_waits_a_letter_is_advised_against(self) -> None:
        assert BR.judge(TEXT, at("23T23:00:00")).not_before == at("24T07:00:00")
        letter = BR.judge(contact("LETTER"), at("23T23:00:00"))
        assert (cited(letter), letter.allowed) == (["BR-HOURS"], True)

    def test_where_nobody_knows_the_place_every_clock_advises(self) -> None:
        anywhere = Place(BR.pack, region="BR")
        assert cited(anywhere.judge(TEXT, at("23T09:59:59"))) == ["BR-HOURS"]  # not yet eight in Acre
        assert cited(anywhere.judge(TEXT, at("23T10:00:00"))) == []
        assert cited(anywhere.judge(TEXT, at("23T18:59:59"))) == []
        assert cited(anywhere.judge(TEXT, at("23T19:00:00"))) == ["BR-HOURS"]  # eight on Noronha


class TestPrivacy:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_third_parties_are_not_told(self, relation: str) -> None:
        verdict = BR.judge(contact("CALL", relation=relation), NOON)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (["BR-CDC-42-DISCLOSURE"], False, None)
        assert BR.judge(contact("CALL", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert BR.judge(contact("CALL", relation=relation), NOON).reasons == ()
