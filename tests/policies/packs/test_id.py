"""Indonesia: from eight to eight by the clock of the place, never on Sundays and holidays, the consumer alone."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

ID = Place(places.pack("id"), timezone="Asia/Jakarta")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+07:00")


NOON = at("11-23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = ID
    examples = {
        "ID-62-CONDUCT-THIRDPARTY": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "ID-62-CONDUCT-GUARANTOR": Example(contact("CALL", relation="GUARANTOR"), NOON),
        "ID-62-CONDUCT-DISCLOSURE": Example(contact("CALL", "RESPOND", "KIN"), NOON),
        "ID-62-HOURS": Example(TEXT, at("11-23T20:00:00")),
        "ID-62-HOURS-SUNDAY": Example(TEXT, at("11-22T12:00:00")),
        "ID-62-HOURS-HOLIDAY": Example(TEXT, at("12-25T12:00:00")),
    }
    lifted_by = {
        "ID-62-CONDUCT-DISCLOSURE": "THIRD_PARTY",
        "ID-62-HOURS": "HOURS",
        "ID-62-HOURS-SUNDAY": "HOURS",
        "ID-62-HOURS-HOLIDAY": "HOURS",
    }
    channels = {
        "ID-62-HOURS": places.EVERY,
        "ID-62-HOURS-SUNDAY": places.EVERY,
        "ID-62-HOURS-HOLIDAY": places.EVERY,
    }
    purposes = {
        "ID-62-CONDUCT-GUARANTOR": "REMIND COLLECT NEGOTIATE LOCATE RELAY",
        "ID-62-CONDUCT-DISCLOSURE": places.ALWAYS,
        "ID-62-HOURS": places.ALWAYS,
        "ID-62-HOURS-SUNDAY": places.ALWAYS,
        "ID-62-HOURS-HOLIDAY": places.ALWAYS,
    }
    relations = {
        "ID-62-CONDUCT-THIRDPARTY": places.THIRD,
        "ID-62-CONDUCT-GUARANTOR": "GUARANTOR",
        "ID-62-CONDUCT-DISCLOSURE": places.THIRD,
    }
    either = "ID-62-CONDUCT-DISCLOSURE"
    known = "ID-62-HOURS ID-62-CONDUCT"


class TestHours:
    @pytest.mark.parametrize("channel", places.EVERY.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("19:59:59", True), ("20:00:00", False)]
    )
    def test_from_eight_to_eight_from_monday_to_saturday(self, channel: str, clock: str, allowed: bool) -> None:
        for day in range(23, 29):
            assert ID.judge(contact(channel), at(f"11-{day}T{clock}")).allowed is allowed

    @pytest.mark.parametrize("moment", ["11-22T00:00:00", "11-22T12:00:00", "11-22T23:59:59"])
    def test_sunday_waits_for_monday(self, moment: str) -> None:
        assert ID.judge(TEXT, at(moment)).not_before == at("11-23T08:00:00")

    @pytest.mark.parametrize("day", ["01-01", "05-01", "08-17"])
    def test_no_holiday(self, day: str) -> None:
        assert not ID.judge(TEXT, at(f"{day}T12:00:00")).allowed

    def test_saturday_night_after_a_holiday_waits_for_monday(self) -> None:
        assert ID.judge(TEXT, at("12-25T12:00:00")).not_before == at("12-26T08:00:00")
        assert ID.judge(TEXT, at("12-26T20:00:00")).not_before == at("12-28T08:00:00")

    def test_where_nobody_knows_the_place_all_three_clocks_bind(self) -> None:
        anywhere = Place(ID.pack, region="ID")
        assert anywhere.judge(TEXT, at("11-23T08:00:00")).allowed
        assert anywhere.judge(TEXT, at("11-23T17:59:59")).allowed
        assert anywhere.judge(TEXT, at("11-23T18:00:00")).not_before == at("11-24T08:00:00")
        assert not anywhere.judge(TEXT, at("11-23T07:59:59")).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_are_not_contacted_nor_told(self, relation: str) -> None:
        verdict = ID.judge(contact("CALL", "LOCATE", relation, discloses_debt=False), NOON)
        assert (cited(verdict), verdict.not_before) == (["ID-62-CONDUCT-THIRDPARTY"], None)
        assert ID.judge(contact("CALL", "RESPOND", relation, discloses_debt=False), NOON).allowed
        assert not ID.judge(contact("CALL", "RESPOND", relation), NOON).allowed

    def test_a_guarantor_is_given_notices_alone(self) -> None:
        assert cited(ID.judge(contact("CALL", relation="GUARANTOR"), NOON)) == ["ID-62-CONDUCT-GUARANTOR"]
        assert ID.judge(contact("LETTER", "LEGAL_NOTICE", "GUARANTOR"), NOON).allowed

    def test_the_consumer_is_contacted(self) -> None:
        assert ID.judge(TEXT, NOON).reasons == ()
