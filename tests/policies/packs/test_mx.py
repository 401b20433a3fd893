"""Mexico: from seven to ten by the clock of the place, and nobody is asked to pay but who is liable."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

MX = Place(places.pack("mx"), timezone="America/Mexico_City")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-06:00")


NOON = at("23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = MX
    examples = {
        "MX-CONDUSEF-THIRDPARTY": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "MX-CONDUSEF-DISCLOSURE": Example(contact("CALL", "LOCATE", "KIN"), NOON),
        "MX-HOURS": Example(TEXT, at("23T22:00:00")),
    }
    lifted_by = {"MX-CONDUSEF-DISCLOSURE": "THIRD_PARTY"}
    channels = {"MX-HOURS": places.EVERY}
    purposes = {
        "MX-CONDUSEF-THIRDPARTY": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "MX-CONDUSEF-DISCLOSURE": places.ALWAYS,
        "MX-HOURS": places.ALWAYS,
    }
    relations = {"MX-CONDUSEF-THIRDPARTY": places.THIRD, "MX-CONDUSEF-DISCLOSURE": places.THIRD}
    either = "MX-CONDUSEF-DISCLOSURE"
    known = "MX-HOURS"


class TestHours:
    @pytest.mark.parametrize("channel", places.EVERY.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("06:59:59", False), ("07:00:00", True), ("21:59:59", True), ("22:00:00", False)]
    )
    def test_from_seven_to_ten_on_any_day(self, channel: str, clock: str, allowed: bool) -> None:
        for day in range(23, 30):
            assert MX.judge(contact(channel), at(f"{day}T{clock}")).allowed is allowed

    def test_the_night_waits(self) -> None:
        assert MX.judge(TEXT, at("23T23:00:00")).not_before == at("24T07:00:00")

    def test_where_nobody_knows_the_place_every_clock_binds(self) -> None:
        anywhere = Place(MX.pack, region="MX")
        assert not anywhere.judge(TEXT, at("23T08:59:59")).allowed  # not yet seven in Tijuana
        assert anywhere.judge(TEXT, at("23T09:00:00")).allowed
        assert anywhere.judge(TEXT, at("23T20:59:59")).allowed
        assert anywhere.judge(TEXT, at("23T21:00:00")).not_before == at("24T09:00:00")  # ten in Cancún


class TestThirdParties:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_are_not_asked_to_pay_nor_told(self, relation: str) -> None:
        verdict = MX.judge(contact("CALL", "COLLECT", relation, discloses_debt=False), NOON)
        assert (cited(verdict), verdict.not_before) == (["MX-CONDUSEF-THIRDPARTY"], None)
        assert cited(MX.judge(contact("CALL", "LOCATE", relation), NOON)) == ["MX-CONDUSEF-DISCLOSURE"]
        assert MX.judge(contact("CALL", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert MX.judge(contact("CALL", relation=relation), NOON).reasons == ()
